"""Sums and means over everything seen."""

from __future__ import annotations

from genodl import ops
from genodl.losses._missing import values_of_present
from genodl.losses._reduction import apply_mask
from genodl.losses._tensors import mask_of, same_rank, tensor
from genodl.metrics.metric import Metric, present_weights


def to_samples(values, sample_weight, reduce, dtype):
    """One value and one weight per sample: ``reduce`` goes over all axes but the first."""
    mask = mask_of(values)
    values = tensor(values, dtype)
    if sample_weight is not None:
        sample_weight = tensor(sample_weight, dtype)
        sample_weight = apply_mask(sample_weight, mask, dtype, "sum")
        values, sample_weight = same_rank(values, sample_weight)
        rank = len(sample_weight.shape)
        if len(values.shape) > rank:
            values = reduce(values, axis=tuple(range(rank, len(values.shape))))
        # Weights that broadcast count as often as they are used.
        sample_weight = ops.broadcast_to(sample_weight, values.shape)
        values = values * sample_weight
        if rank > 1:
            sample_weight = reduce(sample_weight, axis=tuple(range(1, rank)))
    if len(values.shape) > 1:
        values = reduce(values, axis=tuple(range(1, len(values.shape))))
    return values, sample_weight


class Sum(Metric):
    """The weighted sum of values.

    Examples
    --------
    >>> import genodl as gd
    >>> m = gd.metrics.Sum()
    >>> m.update_state([1, 3, 5, 7], sample_weight=[1, 1, 0, 0])
    >>> float(m.result())
    4.0
    """

    def __init__(self, name="sum", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable(shape=(), dtype=self.dtype, name="total")

    def update_state(self, values, sample_weight=None):
        values, _ = to_samples(values, sample_weight, ops.sum, self.dtype)
        self.total.assign(self.total + ops.sum(values))

    def result(self):
        return ops.cast(self.total, self.dtype)


class Mean(Metric):
    """The weighted mean of values.

    Examples
    --------
    >>> import genodl as gd
    >>> m = gd.metrics.Mean()
    >>> m.update_state([1, 3, 5, 7], sample_weight=[1, 1, 0, 0])
    >>> float(m.result())
    2.0
    """

    def __init__(self, name="mean", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable(shape=(), dtype=self.dtype, name="total")
        self.count = self.add_variable(shape=(), dtype=self.dtype, name="count")

    def update_state(self, values, sample_weight=None):
        values, sample_weight = to_samples(values, sample_weight, ops.mean, self.dtype)
        if sample_weight is not None:
            count = ops.sum(sample_weight)
        else:
            count = float(values.shape[0]) if values.shape else 1.0
        self.total.assign(self.total + ops.sum(values))
        self.count.assign(self.count + count)

    def result(self):
        return ops.divide_no_nan(self.total, self.count)


class MeanMetricWrapper(Mean):
    """The weighted mean of a function of targets and predictions.

    Parameters
    ----------
    fn : callable
        ``fn(y_true, y_pred, **kwargs)`` returning one value per sample.
    name, dtype
        As in :class:`Metric`.
    ignore_nan : bool
        Whether NaN targets count for nothing.
    **kwargs
        Given to ``fn``.

    Examples
    --------
    >>> import genodl as gd
    >>> m = gd.metrics.MeanMetricWrapper(gd.losses.mean_squared_error, name="mse")
    >>> float(m([[0.0], [2.0]], [[0.0], [0.0]]))
    2.0
    """

    def __init__(self, fn, name=None, dtype=None, ignore_nan=False, **kwargs):
        super().__init__(name=name, dtype=dtype)
        self._fn = fn
        self._fn_kwargs = kwargs
        self.ignore_nan = ignore_nan

    def update_state(self, y_true, y_pred, sample_weight=None):
        sample_weight = apply_mask(sample_weight, mask_of(y_pred), self.dtype, "sum")
        if self.ignore_nan:
            y_true, y_pred = tensor(y_true), tensor(y_pred)
            values, present = values_of_present(self._fn, y_true, y_pred, **self._fn_kwargs)
            sample_weight = present_weights(present, sample_weight, self.dtype)
        else:
            values = self._fn(y_true, y_pred, **self._fn_kwargs)
        super().update_state(values, sample_weight=sample_weight)

    def get_config(self):
        config = {**super().get_config(), **self._fn_kwargs}
        if type(self) is MeanMetricWrapper:
            from genodl.saving.registration import serialize_object

            config["fn"] = serialize_object(self._fn)
        if self.ignore_nan:
            config["ignore_nan"] = True
        return config

    @classmethod
    def from_config(cls, config):
        if isinstance(config.get("fn"), (dict, str)):
            from genodl import metrics

            config = {**config, "fn": metrics.function(config["fn"])}
        return cls(**config)

