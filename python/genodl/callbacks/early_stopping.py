"""Stopping when nothing improves."""

from __future__ import annotations

from genodl.callbacks import _console
from genodl.callbacks.monitor_callback import MonitorCallback


class EarlyStopping(MonitorCallback):
    """Stops training when a number of the logs has stopped improving.

    Parameters
    ----------
    monitor : str
    min_delta : float
        Smallest change that counts as an improvement.
    patience : int
        Epochs without improvement before training stops.
    verbose : int
    mode : str
        "min", "max" or "auto".
    baseline : float, optional
        Value that must be beaten within ``patience`` epochs.
    restore_best_weights : bool
        Whether the model gets its weights of the best epoch back.
    start_from_epoch : int
        Epochs to let pass before watching.

    Examples
    --------
    >>> import genodl as gd
    >>> stop = gd.callbacks.EarlyStopping(monitor="loss", patience=3, restore_best_weights=True)
    >>> stop.patience
    3
    """

    def __init__(
        self,
        monitor="val_loss",
        min_delta=0,
        patience=0,
        verbose=0,
        mode="auto",
        baseline=None,
        restore_best_weights=False,
        start_from_epoch=0,
    ):
        super().__init__(monitor, mode, min_delta=min_delta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self.on_train_begin()

    def on_train_begin(self, logs=None):
        self.wait = 0
        self.stopped_epoch = 0
        self.best = None
        self.best_epoch = 0
        self.best_weights = None

    def on_epoch_end(self, epoch, logs=None):
        self._set_monitor_op()
        current = self._current(logs)
        if current is None:
            self._missing("stopping early", logs or {})
            return
        if epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self._keep_weights(epoch)
        self.wait += 1
        if self._is_improvement(current, self.best):
            self.best = current
            self.best_epoch = epoch
            if self.restore_best_weights:
                self._keep_weights(epoch)
            if self.baseline is None or self._is_improvement(current, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        if self.stopped_epoch > 0 and self.verbose > 0:
            _console.say(f"Epoch {self.stopped_epoch + 1}: stopped, {self.monitor} no longer improves.")
        if self.best_weights is not None:
            if self.verbose > 0:
                _console.say(f"The weights of epoch {self.best_epoch + 1}, the best one, are restored.")
            self.model.set_weights(self.best_weights)

    def _keep_weights(self, epoch):
        self.best_epoch = epoch
        self.best_weights = self.model.get_weights()
