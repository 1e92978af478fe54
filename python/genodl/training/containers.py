"""The losses and metrics of ``compile``."""

from genodl.training.compile_loss import CompileLoss
from genodl.training.compile_metrics import CompileMetrics

__all__ = ["CompileLoss", "CompileMetrics"]
