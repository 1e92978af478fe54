"""Errors of numbers over everything seen, and the coefficient of determination."""

from __future__ import annotations

import warnings

from genodl import losses, ops
from genodl._errors import ConfigError, ShapeError
from genodl._operation import has_symbolic
from genodl.losses._tensors import same_rank, tensor
from genodl.losses.regression import cosine
from genodl.metrics.metric import Metric, without_missing
from genodl.metrics.reduction import Mean, MeanMetricWrapper


class MeanSquaredError(MeanMetricWrapper):
    """Mean of ``(y_true - y_pred) ** 2``. Parameters as in :class:`Accuracy`.

    Examples
    --------
    >>> import genodl as gd
    >>> float(gd.metrics.MeanSquaredError(ignore_nan=True)([[0.0, float("nan")]], [[2.0, 5.0]]))
    4.0
    """

    def __init__(self, name="mean_squared_error", dtype=None, ignore_nan=False):
        super().__init__(losses.mean_squared_error, name, dtype, ignore_nan)


class MeanAbsoluteError(MeanMetricWrapper):
    """Mean of ``|y_true - y_pred|``. Parameters as in :class:`Accuracy`."""

    def __init__(self, name="mean_absolute_error", dtype=None, ignore_nan=False):
        super().__init__(losses.mean_absolute_error, name, dtype, ignore_nan)


class MeanAbsolutePercentageError(MeanMetricWrapper):
    """Mean error in percent of the target. Parameters as in :class:`Accuracy`."""

    def __init__(self, name="mean_absolute_percentage_error", dtype=None, ignore_nan=False):
        super().__init__(losses.mean_absolute_percentage_error, name, dtype, ignore_nan)


class MeanSquaredLogarithmicError(MeanMetricWrapper):
    """Mean squared difference of ``log(x + 1)``. Parameters as in :class:`Accuracy`."""

    def __init__(self, name="mean_squared_logarithmic_error", dtype=None, ignore_nan=False):
        super().__init__(losses.mean_squared_logarithmic_error, name, dtype, ignore_nan)


class LogCoshError(MeanMetricWrapper):
    """Mean of ``log(cosh(y_pred - y_true))``. Parameters as in :class:`Accuracy`."""

    def __init__(self, name="logcosh", dtype=None, ignore_nan=False):
        super().__init__(losses.log_cosh, name, dtype, ignore_nan)


class CosineSimilarity(MeanMetricWrapper):
    """Mean cosine between targets and predictions along ``axis``: 1 is best."""

    def __init__(self, name="cosine_similarity", dtype=None, axis=-1, ignore_nan=False):
        super().__init__(cosine, name, dtype, ignore_nan, axis=axis)
        self.axis = axis


class RootMeanSquaredError(Mean):
    """Square root of the mean squared error. Parameters as in :class:`Accuracy`."""

    def __init__(self, name="root_mean_squared_error", dtype=None, ignore_nan=False):
        super().__init__(name, dtype=dtype)
        self.ignore_nan = ignore_nan

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = same_rank(tensor(y_true, self.dtype), tensor(y_pred, self.dtype))
        if self.ignore_nan:
            y_true, sample_weight = without_missing(y_true, sample_weight, self.dtype)
        super().update_state(ops.square(y_pred - y_true), sample_weight=sample_weight)

    def result(self):
        return ops.sqrt(super().result())

    def get_config(self):
        return {**super().get_config(), **({"ignore_nan": True} if self.ignore_nan else {})}


class R2Score(Metric):
    """Coefficient of determination: the share of the variance that predictions explain.

    Parameters
    ----------
    class_aggregation : {"uniform_average", "variance_weighted_average", None}
        How the scores of outputs are averaged; None gives one per output.
    num_regressors : int
        Number of predictors, for the adjusted score; 0 for the usual one.
    name, dtype
        As in :class:`Metric`.
    ignore_nan : bool
        Whether NaN targets count for nothing.

    Examples
    --------
    >>> import genodl as gd
    >>> round(float(gd.metrics.R2Score()([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]])), 4)
    0.5714
    """

    def __init__(
        self, class_aggregation="uniform_average", num_regressors=0, name="r2_score", dtype=None, ignore_nan=False
    ):
        super().__init__(name=name, dtype=dtype)
        allowed = ("uniform_average", "variance_weighted_average", None)
        if class_aggregation not in allowed:
            raise ConfigError(f"R2Score: expected class_aggregation of {allowed}, got {class_aggregation!r}.")
        if num_regressors < 0:
            raise ConfigError(f"R2Score: expected num_regressors of 0 or more, got {num_regressors}.")
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        self.ignore_nan = ignore_nan
        self.num_samples = self.add_variable(shape=(), name="num_samples")
        self._built = False

    def _build(self, y_true, y_pred):
        if len(y_pred.shape) != 2 or len(y_true.shape) != 2:
            raise ShapeError(
                "R2Score: expected targets and predictions (batch, outputs), "
                f"got {tuple(y_true.shape)} and {tuple(y_pred.shape)}."
            )
        outputs = (y_pred.shape[-1],)
        self.squared_sum = self.add_variable(outputs, name="squared_sum")
        self.sum = self.add_variable(outputs, name="sum")
        self.total_mse = self.add_variable(outputs, name="residual")
        self.count = self.add_variable(outputs, name="count")
        self._built = True

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = same_rank(tensor(y_true, self.dtype), tensor(y_pred, self.dtype))
        if not self._built:
            self._build(y_true, y_pred)
        if self.ignore_nan:
            y_true, weights = without_missing(y_true, sample_weight, self.dtype)
        else:
            weights = tensor(1.0 if sample_weight is None else sample_weight, self.dtype)
            weights = ops.expand_dims(weights, 1) if len(weights.shape) == 1 else weights
            weights = ops.broadcast_to(weights, y_true.shape)
        batch_sum, batch_count = ops.sum(y_true * weights, axis=0), ops.sum(weights, axis=0)
        batch_mean = ops.divide_no_nan(batch_sum, batch_count)
        # Sums of squares about the mean (Chan et al. 1983): raw squares would cancel in float32.
        between = ops.square(batch_mean - ops.divide_no_nan(self.sum, self.count)) * ops.divide_no_nan(
            self.count * batch_count, self.count + batch_count
        )
        within = ops.sum(ops.square(y_true - batch_mean) * weights, axis=0)
        self.squared_sum.assign(self.squared_sum + within + between)
        self.sum.assign(self.sum + batch_sum)
        self.count.assign(self.count + batch_count)
        self.total_mse.assign(self.total_mse + ops.sum(ops.square(y_true - y_pred) * weights, axis=0))
        seen = float(y_true.shape[0] * y_true.shape[1])
        self.num_samples.assign(self.num_samples + seen)

    def result(self):
        if not self._built:
            return ops.cast(self.num_samples, self.dtype)
        total = ops.cast(self.squared_sum, self.dtype)
        scores = 1.0 - self.total_mse / total
        scores = ops.where(ops.isinf(scores), ops.zeros_like(scores), scores)
        if self.class_aggregation == "uniform_average":
            scores = ops.mean(scores)
        elif self.class_aggregation == "variance_weighted_average":
            scores = ops.sum(total * scores) / ops.sum(total)
        return self._adjusted(scores) if self.num_regressors else scores

    def _adjusted(self, scores):
        freedom = self.num_samples - float(self.num_regressors + 1)
        if not has_symbolic(freedom) and float(freedom) <= 0:
            warnings.warn(
                f"R2Score: expected more samples than {self.num_regressors + 1} for the adjusted score, got "
                f"{int(self.num_samples)}. The usual score is returned.",
                stacklevel=3,
            )
            return scores
        adjusted = 1.0 - (1.0 - scores) * (self.num_samples - 1.0) / ops.maximum(freedom, 1.0)
        return ops.where(freedom > 0.0, adjusted, scores)

    def get_config(self):
        config = {"class_aggregation": self.class_aggregation, "num_regressors": self.num_regressors}
        return {**super().get_config(), **config, **({"ignore_nan": True} if self.ignore_nan else {})}
