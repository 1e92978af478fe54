"""Pictures. Each function draws on `ax` (or a new figure) and returns the axes; needs matplotlib."""

from .curves import precision_recall, roc
from .training import history

__all__ = ["history", "precision_recall", "roc"]
