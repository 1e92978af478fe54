"""F-scores: the harmonic mean of precision and recall."""

from __future__ import annotations

from genodl import ops
from genodl._errors import ConfigError, ShapeError
from genodl.losses._tensors import EPSILON, tensor
from genodl.metrics.metric import Metric, without_missing


class FBetaScore(Metric):
    """Weighted harmonic mean of precision and recall of each class.

    Parameters
    ----------
    average : {None, "micro", "macro", "weighted"}
        None gives one score per class.
    beta : float
        How much more recall matters than precision.
    threshold : float, optional
        Predictions above are positive; without it the largest of a row is.
    name, dtype
        As in :class:`Metric`.
    ignore_nan : bool
        Whether NaN targets count for nothing.

    Examples
    --------
    >>> import genodl as gd
    >>> m = gd.metrics.FBetaScore(beta=2.0, threshold=0.5)
    >>> m([[1, 1, 1], [1, 0, 0], [1, 1, 0]], [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]]).round(4)
    array([0.3846, 0.9091, 0.8333], dtype=float32)
    """

    def __init__(
        self, average=None, beta=1.0, threshold=None, name="fbeta_score", dtype=None, ignore_nan=False
    ):
        super().__init__(name=name, dtype=dtype)
        who = type(self).__name__
        if average not in (None, "micro", "macro", "weighted"):
            raise ConfigError(f'{who}: expected average of None, "micro", "macro", "weighted", got {average!r}.')
        if not isinstance(beta, float) or beta <= 0.0:
            raise ConfigError(f"{who}: expected beta to be a float above 0, got {beta!r}.")
        if threshold is not None and not (isinstance(threshold, float) and 0.0 < threshold <= 1.0):
            raise ConfigError(f"{who}: expected threshold to be a float above 0, at most 1, got {threshold!r}.")
        self.average = average
        self.beta = beta
        self.threshold = threshold
        self.ignore_nan = ignore_nan
        self._built = False

    def _build(self, y_true, y_pred):
        if len(y_pred.shape) != 2 or len(y_true.shape) != 2:
            raise ShapeError(
                f"{type(self).__name__}: expected targets and predictions (batch, classes), "
                f"got {tuple(y_true.shape)} and {tuple(y_pred.shape)}."
            )
        shape = () if self.average == "micro" else (y_pred.shape[-1],)
        self.true_positives = self.add_variable(shape, dtype=self.dtype, name="true_positives")
        self.false_positives = self.add_variable(shape, dtype=self.dtype, name="false_positives")
        self.false_negatives = self.add_variable(shape, dtype=self.dtype, name="false_negatives")
        self.intermediate_weights = self.add_variable(shape, dtype=self.dtype, name="intermediate_weights")
        self._built = True

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = tensor(y_true, self.dtype), tensor(y_pred, self.dtype)
        if not self._built:
            self._build(y_true, y_pred)
        if self.ignore_nan:
            y_true, weights = without_missing(y_true, sample_weight, self.dtype)
        elif sample_weight is not None:
            weights = tensor(sample_weight, self.dtype)
            weights = ops.expand_dims(weights, 1) if len(weights.shape) == 1 else weights
        else:
            weights = 1.0
        if self.threshold is None:
            largest = ops.max(y_pred, axis=-1, keepdims=True)
            chosen = ops.logical_and(y_pred >= largest, ops.absolute(y_pred) > 1e-9)
        else:
            chosen = y_pred > self.threshold
        chosen = ops.cast(chosen, self.dtype)
        axis = None if self.average == "micro" else 0
        for variable, values in (
            (self.true_positives, chosen * y_true),
            (self.false_positives, chosen * (1.0 - y_true)),
            (self.false_negatives, (1.0 - chosen) * y_true),
            (self.intermediate_weights, y_true),
        ):
            variable.assign(variable + ops.sum(values * weights, axis=axis))

    def result(self):
        if not self._built:
            return ops.zeros((), dtype=self.dtype)
        precision = self.true_positives / (self.true_positives + self.false_positives + EPSILON)
        recall = self.true_positives / (self.true_positives + self.false_negatives + EPSILON)
        square = self.beta**2
        score = precision * recall / (square * precision + recall + EPSILON) * (1.0 + square)
        if self.average == "weighted":
            total = ops.sum(self.intermediate_weights) + EPSILON
            return ops.sum(score * self.intermediate_weights / total)
        return score if self.average is None else ops.mean(score)

    def get_config(self):
        config = {"average": self.average, "beta": self.beta, "threshold": self.threshold}
        return {**super().get_config(), **config, **({"ignore_nan": True} if self.ignore_nan else {})}


class F1Score(FBetaScore):
    """Harmonic mean of precision and recall. Parameters as in :class:`FBetaScore` without ``beta``."""

    def __init__(self, average=None, threshold=None, name="f1_score", dtype=None, ignore_nan=False):
        super().__init__(average, 1.0, threshold, name, dtype, ignore_nan)

    def get_config(self):
        config = super().get_config()
        del config["beta"]
        return config
