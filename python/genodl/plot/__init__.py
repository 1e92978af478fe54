"""Pictures. Each function draws on `ax` (or a new figure) and returns the axes; needs matplotlib."""

from .curves import precision_recall, roc
from .mutations import interactions, mutation_map
from .network import model
from .regression import calibration, regression
from .sequence_logo import attribution, logo
from .training import history

__all__ = [
    "attribution", "calibration", "history", "interactions", "logo", "model", "mutation_map", "precision_recall",
    "regression", "roc",
]  # fmt: skip
