"""Metrics that need every prediction: exact areas under curves and rank correlation.

Their state is the predictions themselves, kept as NumPy. A training loop hands them arrays after each batch.
"""

from __future__ import annotations

import numpy as np

from genodl._dtypes import to_array
from genodl._errors import NotSupportedError, ShapeError
from genodl._operation import has_symbolic
from genodl.metrics.correlation import check_average
from genodl.metrics.metric import Metric


class ExactMetric(Metric):
    """Base of metrics of all predictions: override ``compute``.

    Parameters
    ----------
    average : {"macro", None}
        The mean over the outputs that have a value, or one value per output (the last axis).
    name, dtype
        As in :class:`Metric`.
    ignore_nan : bool
        Whether NaN targets count for nothing.
    """

    needs_predictions = True

    def __init__(self, average="macro", name=None, dtype=None, ignore_nan=False):
        super().__init__(name=name, dtype=dtype)
        self.average = check_average(average, type(self).__name__)
        self.ignore_nan = ignore_nan
        self._batches = []

    @staticmethod
    def compute(y_true, y_pred, weights):
        """The value of one output: float64 vectors in, a float out (NaN where undefined)."""
        raise NotImplementedError("ExactMetric: expected a static method compute(y_true, y_pred, weights).")

    def update_state(self, y_true, y_pred, sample_weight=None):
        if has_symbolic((y_true, y_pred, sample_weight)):
            raise NotSupportedError(
                f"{type(self).__name__}: expected NumPy arrays, got symbolic tensors. "
                "Give it to compile(metrics=...), or call update_from_numpy after a batch."
            )
        self.update_from_numpy(y_true, y_pred, sample_weight)

    def update_from_numpy(self, y_true, y_pred, sample_weight=None):
        """Keeps copies of a batch of targets, predictions and weights of samples."""
        y_pred = to_array(y_pred)
        rows = y_pred.reshape(-1, y_pred.shape[-1] if y_pred.ndim > 1 else 1)
        targets = _targets_like(to_array(y_true), y_pred, rows, type(self).__name__)
        weights = None
        if sample_weight is not None:
            weights = _weights_like(to_array(sample_weight), y_pred, rows, type(self).__name__)
        self._batches.append((np.array(targets), np.array(rows), weights))

    def reset_state(self):
        super().reset_state()
        self._batches = []

    def result(self):
        """The value over all batches; 0 before the first."""
        if not self._batches:
            return np.float32(0.0)
        y_true = np.concatenate([t for t, _, _ in self._batches])
        y_pred = np.concatenate([p for _, p, _ in self._batches])
        weights = np.concatenate([np.ones(p.shape) if w is None else w for _, p, w in self._batches])
        # One concatenation, so that asking again after every batch copies only what is new.
        self._batches = [(y_true, y_pred, weights)]
        values = np.array([self._of_output(y_true[:, k], y_pred[:, k], weights[:, k]) for k in range(y_pred.shape[1])])
        values = values.astype(self.dtype)
        if self.average is None:
            return values
        known = values[~np.isnan(values)]
        return known.mean(dtype=np.float64).astype(self.dtype) if known.size else values.dtype.type(np.nan)

    def _of_output(self, y_true, y_pred, weights):
        y_true = y_true.astype(np.float64)
        used = weights > 0
        if self.ignore_nan:
            used &= ~np.isnan(y_true)
        y_true, y_pred, weights = y_true[used], y_pred[used].astype(np.float64), weights[used].astype(np.float64)
        if not y_true.size or np.isnan(y_pred).any() or np.isnan(y_true).any():
            return np.nan
        return self.compute(y_true, y_pred, weights)

    def get_config(self):
        config = {"average": self.average, **({"ignore_nan": True} if self.ignore_nan else {})}
        return {**super().get_config(), **config}


class AUROC(ExactMetric):
    """Exact area under the ROC curve; ties count one half.

    Class numbers as targets of several outputs are compared one class against the rest. An output without both
    a positive and a negative has no value (NaN) and is left out of the average.

    Parameters
    ----------
    average, name, dtype, ignore_nan
        As in :class:`ExactMetric`.

    Examples
    --------
    >>> import genodl as gd
    >>> float(gd.metrics.AUROC()([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]))
    0.75
    """

    def __init__(self, average="macro", name="auroc", dtype=None, ignore_nan=False):
        super().__init__(average, name, dtype, ignore_nan)

    @staticmethod
    def compute(y_true, y_pred, weights):
        _, positive, negative = _by_falling_score(y_true, y_pred, weights)
        if positive[-1] == 0 or negative[-1] == 0:
            return np.nan
        heights = (positive + np.concatenate([[0.0], positive[:-1]])) / 2
        widths = np.diff(negative, prepend=0.0)
        return float((widths * heights).sum() / (positive[-1] * negative[-1]))


class AUPRC(ExactMetric):
    """Exact area under the precision-recall curve, as average precision: the curve is a staircase.

    Parameters
    ----------
    average, name, dtype, ignore_nan
        As in :class:`ExactMetric`.

    Examples
    --------
    >>> import genodl as gd
    >>> round(float(gd.metrics.AUPRC()([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])), 4)
    0.8333
    """

    def __init__(self, average="macro", name="auprc", dtype=None, ignore_nan=False):
        super().__init__(average, name, dtype, ignore_nan)

    @staticmethod
    def compute(y_true, y_pred, weights):
        _, positive, negative = _by_falling_score(y_true, y_pred, weights)
        if positive[-1] == 0:
            return np.nan
        recall_steps = np.diff(positive, prepend=0.0) / positive[-1]
        return float((recall_steps * positive / (positive + negative)).sum())


class SpearmanCorrelation(ExactMetric):
    """Spearman's rank correlation of each output over all samples; ties share their mean rank.

    It is 0 for an output whose targets or predictions do not vary.

    Parameters
    ----------
    average, name, dtype, ignore_nan
        As in :class:`ExactMetric`.

    Examples
    --------
    >>> import genodl as gd
    >>> m = gd.metrics.SpearmanCorrelation()
    >>> round(float(m([[1.0], [2.0], [3.0]], [[1.0], [10.0], [100.0]])), 4)
    1.0
    """

    def __init__(self, average="macro", name="spearman_correlation", dtype=None, ignore_nan=False):
        super().__init__(average, name, dtype, ignore_nan)

    @staticmethod
    def compute(y_true, y_pred, weights):
        dt, dp = (r - np.average(r, weights=weights) for r in (_midranks(y_true), _midranks(y_pred)))
        spread = np.sqrt((weights * dt * dt).sum() * (weights * dp * dp).sum())
        return float((weights * dt * dp).sum() / spread) if spread > 0 else 0.0


def _by_falling_score(y_true, y_pred, weights):
    """Distinct scores from the highest, with the weight of positives and negatives at or above each."""
    order = np.argsort(-y_pred, kind="stable")
    score, positive = y_pred[order], (y_true[order] > 0.5)
    ends = np.flatnonzero(np.diff(score, append=np.nan) != 0)
    return score[ends], np.cumsum(weights[order] * positive)[ends], np.cumsum(weights[order] * ~positive)[ends]


def _midranks(x):
    _, inverse, counts = np.unique(x, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[inverse]


def _targets_like(y_true, y_pred, rows, who):
    if y_true.size == rows.size:
        return y_true.reshape(rows.shape)
    if y_true.size == rows.shape[0]:
        return (y_true.reshape(-1, 1) == np.arange(rows.shape[1])).astype(np.float32)
    raise ShapeError(
        f"{who}: expected targets of shape {y_pred.shape} or class numbers of shape {y_pred.shape[:-1]}, "
        f"got {y_true.shape}."
    )


def _weights_like(weights, y_pred, rows, who):
    if weights.size == rows.size:
        return np.array(weights.reshape(rows.shape))
    trailing = (1,) * (y_pred.ndim - weights.ndim)
    try:
        spread = np.broadcast_to(weights.reshape(weights.shape + trailing), y_pred.shape)
    except ValueError:
        raise ShapeError(
            f"{who}: expected weights of samples that fit predictions of shape {y_pred.shape}, got {weights.shape}."
        ) from None
    return np.array(spread.reshape(rows.shape))
