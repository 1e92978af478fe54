"""Callbacks: what happens beside the training itself."""

from genodl.callbacks.backup_and_restore import BackupAndRestore
from genodl.callbacks.callback import Callback
from genodl.callbacks.callback_list import CallbackList
from genodl.callbacks.csv_logger import CSVLogger
from genodl.callbacks.early_stopping import EarlyStopping
from genodl.callbacks.history import History
from genodl.callbacks.lambda_callback import LambdaCallback
from genodl.callbacks.learning_rate_scheduler import LearningRateScheduler
from genodl.callbacks.model_checkpoint import ModelCheckpoint
from genodl.callbacks.progbar_logger import ProgbarLogger
from genodl.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from genodl.callbacks.swap_ema_weights import SwapEMAWeights
from genodl.callbacks.tensorboard import TensorBoard
from genodl.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = [
    "BackupAndRestore", "CSVLogger", "Callback", "CallbackList", "EarlyStopping", "History", "LambdaCallback",
    "LearningRateScheduler", "ModelCheckpoint", "ProgbarLogger", "ReduceLROnPlateau", "SwapEMAWeights", "TensorBoard",
    "TerminateOnNaN",
]  # fmt: skip
