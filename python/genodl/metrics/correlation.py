"""Pearson's and Matthews' correlations, counted batch by batch."""

from __future__ import annotations

from genodl import ops
from genodl._errors import ConfigError, ShapeError
from genodl.losses._tensors import aligned_pair, same_rank, tensor
from genodl.metrics.metric import Metric, present_weights, without_missing
from genodl.metrics.reduction import Mean


def pearson_correlation(y_true, y_pred, axis=-1):
    """Pearson's correlation between targets and predictions along ``axis``; 0 where one does not vary."""
    y_true, y_pred = aligned_pair(y_true, y_pred)
    dt = y_true - ops.mean(y_true, axis=axis, keepdims=True)
    dp = y_pred - ops.mean(y_pred, axis=axis, keepdims=True)
    spread = ops.sqrt(ops.mean(ops.square(dt), axis=axis)) * ops.sqrt(ops.mean(ops.square(dp), axis=axis))
    return ops.divide_no_nan(ops.mean(dt * dp, axis=axis), spread)


def check_average(average, who):
    if average not in ("macro", None):
        raise ConfigError(f'{who}: expected average of "macro" or None, got {average!r}.')
    return average


def rows_and_outputs(x):
    """(samples, outputs): the last axis holds outputs, all others are samples."""
    return ops.reshape(x, (-1, x.shape[-1] if len(x.shape) > 1 else 1))


def entry_weights(y_true, sample_weight, ignore_nan, dtype):
    """Targets and weights of single entries, both (samples, outputs)."""
    if ignore_nan:
        y_true, weights = without_missing(y_true, sample_weight, dtype)
    else:
        weights = present_weights(ops.ones_like(y_true), sample_weight, dtype)
    return rows_and_outputs(y_true), rows_and_outputs(ops.broadcast_to(weights, y_true.shape))


class PearsonCorrelation(Metric):
    """Pearson's correlation between targets and predictions.

    Parameters
    ----------
    name, dtype
        As in :class:`Metric`.
    axis : int or None
        Along which axis of each sample the correlation runs; values of samples are averaged. ``None``
        correlates over all samples seen, for each output (the last axis) by itself.
    average : {"macro", None}
        With ``axis=None``: the mean over outputs, or one value per output.
    ignore_nan : bool
        Whether NaN targets count for nothing; along an ``axis``, whether rows with one do.

    Examples
    --------
    >>> import genodl as gd
    >>> m = gd.metrics.PearsonCorrelation(axis=None)
    >>> m.update_state([[1.0], [2.0]], [[2.0], [4.0]])
    >>> round(float(m([[3.0]], [[6.0]])), 4)
    1.0
    """

    def __init__(self, name="pearson_correlation", dtype=None, axis=-1, average="macro", ignore_nan=False):
        super().__init__(name=name, dtype=dtype)
        self.axis = axis
        self.average = check_average(average, "PearsonCorrelation")
        self.ignore_nan = ignore_nan
        self._mean = None if axis is None else Mean(dtype=dtype)
        self._built = False

    def _build(self, outputs):
        names = ("count", "mean_true", "mean_pred", "spread_true", "spread_pred", "together")
        for name in names:
            setattr(self, name, self.add_variable((outputs,), dtype=self.dtype, name=name))
        self._built = True

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = same_rank(tensor(y_true, self.dtype), tensor(y_pred, self.dtype))
        if self.axis is not None:
            self._update_mean(y_true, y_pred, sample_weight)
            return
        y_true, weights = entry_weights(y_true, sample_weight, self.ignore_nan, self.dtype)
        y_pred = rows_and_outputs(y_pred)
        if not self._built:
            self._build(y_pred.shape[-1])
        self._merge(y_true, y_pred, weights)

    def _update_mean(self, y_true, y_pred, sample_weight):
        if self.ignore_nan:
            y_true, weights = without_missing(y_true, None, self.dtype)
            known = ops.min(weights, axis=self.axis)
            values = pearson_correlation(y_true, y_pred, self.axis)
            values = ops.where(known > 0.0, values, ops.zeros_like(values))
            self._mean.update_state(values, present_weights(known, sample_weight, self.dtype))
        else:
            self._mean.update_state(pearson_correlation(y_true, y_pred, self.axis), sample_weight)

    def _merge(self, y_true, y_pred, weights):
        """Adds a batch to sums about the means (Chan et al. 1983), which do not cancel in float32."""
        batch = ops.sum(weights, axis=0)
        mean_true = ops.divide_no_nan(ops.sum(y_true * weights, axis=0), batch)
        mean_pred = ops.divide_no_nan(ops.sum(y_pred * weights, axis=0), batch)
        dt, dp = y_true - mean_true, y_pred - mean_pred
        step_true, step_pred = mean_true - self.mean_true, mean_pred - self.mean_pred
        total = self.count + batch
        share = ops.divide_no_nan(batch, total)
        between = self.count * share
        updates = (
            (self.spread_true, ops.sum(dt * dt * weights, axis=0) + step_true * step_true * between),
            (self.spread_pred, ops.sum(dp * dp * weights, axis=0) + step_pred * step_pred * between),
            (self.together, ops.sum(dt * dp * weights, axis=0) + step_true * step_pred * between),
            (self.mean_true, step_true * share),
            (self.mean_pred, step_pred * share),
            (self.count, batch),
        )
        for variable, step in updates:
            variable.assign(variable + step)

    def result(self):
        if self._mean is not None:
            return self._mean.result()
        if not self._built:
            return ops.zeros((), dtype=self.dtype)
        spread = ops.sqrt(ops.cast(self.spread_true, self.dtype)) * ops.sqrt(ops.cast(self.spread_pred, self.dtype))
        values = ops.divide_no_nan(ops.cast(self.together, self.dtype), spread)
        return ops.mean(values) if self.average == "macro" else values

    def get_config(self):
        config = {"axis": self.axis}
        if self.average != "macro":
            config["average"] = self.average
        if self.ignore_nan:
            config["ignore_nan"] = True
        return {**super().get_config(), **config}


class MatthewsCorrelation(Metric):
    """Matthews' correlation between classes: 1 is perfect, 0 is chance.

    Parameters
    ----------
    num_classes : int, optional
        Number of classes of a (batch, classes) output whose largest value is the prediction; targets are class
        numbers or one-hot. Without it every output is yes or no by itself.
    threshold : float
        Yes-or-no predictions above are yes.
    average : {"macro", None}
        The mean over yes-or-no outputs, or one value per output.
    name, dtype
        As in :class:`Metric`.
    ignore_nan : bool
        Whether NaN targets count for nothing.

    Examples
    --------
    >>> import genodl as gd
    >>> round(float(gd.metrics.MatthewsCorrelation()([1, 1, 1, 0], [0.9, 0.1, 0.8, 0.7])), 4)
    -0.3333
    """

    def __init__(
        self,
        num_classes=None,
        threshold=0.5,
        average="macro",
        name="matthews_correlation",
        dtype=None,
        ignore_nan=False,
    ):
        super().__init__(name=name, dtype=dtype)
        if num_classes is not None and num_classes < 2:
            raise ConfigError(f"MatthewsCorrelation: expected num_classes of 2 or more, got {num_classes}.")
        self.num_classes = num_classes
        self.threshold = threshold
        self.average = check_average(average, "MatthewsCorrelation")
        self.ignore_nan = ignore_nan
        self.confusion = None
        if num_classes is not None:
            self.confusion = self.add_variable((1, num_classes, num_classes), dtype=self.dtype, name="confusion")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = tensor(y_true, self.dtype), tensor(y_pred, self.dtype)
        if self.num_classes is not None:
            truth, predicted, weights = self._classes(y_true, y_pred, sample_weight)
            counts = ops.expand_dims(ops.matmul(ops.transpose(truth * weights), predicted), 0)
        else:
            y_true, y_pred = same_rank(y_true, y_pred)
            y_true, weights = entry_weights(y_true, sample_weight, self.ignore_nan, self.dtype)
            predicted = ops.cast(rows_and_outputs(y_pred) > self.threshold, self.dtype)
            yes = ops.cast(ops.cast(y_true, "bool"), self.dtype)
            cells = [t * p * weights for t in (1.0 - yes, yes) for p in (1.0 - predicted, predicted)]
            sums = [ops.sum(cell, axis=0) for cell in cells]
            counts = ops.reshape(ops.stack(sums, axis=-1), (-1, 2, 2))
            if self.confusion is None:
                self.confusion = self.add_variable(counts.shape, dtype=self.dtype, name="confusion")
        self.confusion.assign(self.confusion + counts)

    def _classes(self, y_true, y_pred, sample_weight):
        n = self.num_classes
        if y_pred.shape[-1] != n:
            raise ShapeError(
                f"MatthewsCorrelation: expected predictions of {n} classes, got {tuple(y_pred.shape)}."
            )
        one_hot = len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == n
        if not one_hot:
            y_true = ops.reshape(y_true, y_pred.shape[:-1])
        weights = ops.ones_like(y_pred[..., 0])
        if self.ignore_nan:
            y_true, present = without_missing(y_true, None, self.dtype)
            weights = ops.min(present, axis=-1) if one_hot else present
        weights = ops.reshape(present_weights(weights, sample_weight, self.dtype), (-1, 1))
        labels = ops.argmax(y_true, axis=-1) if one_hot else y_true
        truth = ops.reshape(ops.one_hot(ops.cast(labels, "int32"), n, dtype=self.dtype), (-1, n))
        chosen = ops.cast(ops.argmax(y_pred, axis=-1), "int32")
        return truth, ops.reshape(ops.one_hot(chosen, n, dtype=self.dtype), (-1, n)), weights

    def result(self):
        if self.confusion is None:
            return ops.zeros((), dtype=self.dtype)
        # Gorodkin's form for any number of classes, with shares instead of counts against overflow.
        cells = ops.cast(self.confusion, self.dtype)
        cells = ops.divide_no_nan(cells, ops.sum(cells, axis=(1, 2), keepdims=True))
        true_share, predicted_share = ops.sum(cells, axis=2), ops.sum(cells, axis=1)
        hits = ops.sum(cells * ops.eye(cells.shape[-1], dtype=self.dtype), axis=(1, 2))
        above_chance = hits - ops.sum(true_share * predicted_share, axis=-1)
        spread = (1.0 - ops.sum(ops.square(true_share), axis=-1)) * (
            1.0 - ops.sum(ops.square(predicted_share), axis=-1)
        )
        values = ops.divide_no_nan(above_chance, ops.sqrt(ops.maximum(spread, 0.0)))
        if self.num_classes is not None:
            return values[0]
        return ops.mean(values) if self.average == "macro" else values

    def get_config(self):
        config = {"num_classes": self.num_classes, "threshold": self.threshold, "average": self.average}
        return {**super().get_config(), **config, **({"ignore_nan": True} if self.ignore_nan else {})}
