"""Which way a metric gets better."""

from __future__ import annotations

_UP = (
    "Accuracy", "AUC", "AUROC", "AUPRC", "Precision", "Recall", "F1Score", "FBetaScore", "R2Score", "Correlation",
    "TruePositives", "TrueNegatives", "CosineSimilarity",
)  # fmt: skip
_DOWN = (
    "Error", "Entropy", "entropy", "Divergence", "Poisson", "Hinge", "Loss", "NLL", "CoxPH", "NegativePearson",
    "FalsePositives", "FalseNegatives",
)  # fmt: skip


def direction_of(metric):
    """"max" or "min"; None where it cannot be known.

    A metric of one's own says so by an attribute ``_direction``, "up" or "down".
    """
    direction = getattr(metric, "_direction", None)
    if direction is not None:
        return "max" if direction == "up" else "min"
    for cls in type(metric).__mro__:
        # "NegativePearsonCorrelation" must not be found among the correlations.
        if any(word in cls.__name__ for word in _DOWN):
            return "min"
        if any(word in cls.__name__ for word in _UP):
            return "max"
    return None
