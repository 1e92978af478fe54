"""Losses of numbers: squared, absolute, relative and robust errors, and the angle between vectors."""

from __future__ import annotations

from math import log

from genodl import ops
from genodl.losses._missing import elementwise
from genodl.losses._tensors import EPSILON, aligned_pair
from genodl.losses.loss import LossFunctionWrapper


@elementwise
def mean_squared_error(y_true, y_pred):
    """Mean of ``(y_true - y_pred) ** 2`` over the last axis.

    Parameters
    ----------
    y_true, y_pred : tensor (batch, ..., d)

    Returns
    -------
    tensor (batch, ...)

    Examples
    --------
    >>> import genodl as gd
    >>> gd.losses.mean_squared_error([[0.0, 1.0]], [[1.0, 3.0]])
    array([2.5], dtype=float32)
    """
    y_true, y_pred = aligned_pair(y_true, y_pred)
    return ops.mean(ops.square(y_true - y_pred), axis=-1)


@elementwise
def mean_absolute_error(y_true, y_pred):
    """Mean of ``|y_true - y_pred|`` over the last axis."""
    y_true, y_pred = aligned_pair(y_true, y_pred)
    return ops.mean(ops.absolute(y_true - y_pred), axis=-1)


@elementwise
def mean_absolute_percentage_error(y_true, y_pred):
    """Mean of ``100 |y_true - y_pred| / |y_true|`` over the last axis."""
    y_true, y_pred = aligned_pair(y_true, y_pred)
    relative = (y_true - y_pred) / ops.maximum(ops.absolute(y_true), EPSILON)
    return 100.0 * ops.mean(ops.absolute(relative), axis=-1)


@elementwise
def mean_squared_logarithmic_error(y_true, y_pred):
    """Mean of ``(log(y_true + 1) - log(y_pred + 1)) ** 2`` over the last axis; negative numbers count as 0."""
    y_true, y_pred = aligned_pair(y_true, y_pred)
    difference = ops.log1p(ops.maximum(y_pred, EPSILON)) - ops.log1p(ops.maximum(y_true, EPSILON))
    return ops.mean(ops.square(difference), axis=-1)


@elementwise
def huber(y_true, y_pred, delta=1.0):
    """Half the squared error up to ``delta``, linear beyond; mean over the last axis."""
    y_true, y_pred = aligned_pair(y_true, y_pred)
    error = ops.absolute(y_pred - y_true)
    linear = delta * error - 0.5 * delta * delta
    return ops.mean(ops.where(error <= delta, 0.5 * ops.square(error), linear), axis=-1)


@elementwise
def log_cosh(y_true, y_pred):
    """Mean of ``log(cosh(y_pred - y_true))`` over the last axis."""
    y_true, y_pred = aligned_pair(y_true, y_pred)
    # log cosh x = |x| + log1p(exp(-2|x|)) - log 2 overflows nowhere.
    error = ops.absolute(y_pred - y_true)
    return ops.mean(error + ops.log1p(ops.exp(-2.0 * error)) - log(2.0), axis=-1)


def cosine_similarity(y_true, y_pred, axis=-1):
    """Minus the cosine of the angle between targets and predictions: -1 is best."""
    return -cosine(y_true, y_pred, axis)


def cosine(y_true, y_pred, axis=-1):
    """The cosine of the angle between targets and predictions; 0 where one of them is zero."""
    y_true, y_pred = aligned_pair(y_true, y_pred)
    return ops.sum(_unit(y_true, axis) * _unit(y_pred, axis), axis=axis)


def _unit(x, axis):
    squares = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return x * ops.rsqrt(ops.maximum(squares, EPSILON**2))


class MeanSquaredError(LossFunctionWrapper):
    """Mean squared error: ``(y_true - y_pred) ** 2``.

    Parameters
    ----------
    reduction, name, dtype
        As in :class:`Loss`.
    ignore_nan : bool
        Whether NaN targets count for nothing.

    Examples
    --------
    >>> import genodl as gd
    >>> float(gd.losses.MeanSquaredError()([[0.0, 1.0]], [[1.0, 3.0]]))
    2.5
    """

    def __init__(self, reduction="sum_over_batch_size", name="mean_squared_error", dtype=None, ignore_nan=False):
        super().__init__(mean_squared_error, reduction, name, dtype, ignore_nan)


class MeanAbsoluteError(LossFunctionWrapper):
    """Mean absolute error: ``|y_true - y_pred|``. Parameters as in :class:`MeanSquaredError`."""

    def __init__(self, reduction="sum_over_batch_size", name="mean_absolute_error", dtype=None, ignore_nan=False):
        super().__init__(mean_absolute_error, reduction, name, dtype, ignore_nan)


class MeanAbsolutePercentageError(LossFunctionWrapper):
    """Error as a percentage of the target. Parameters as in :class:`MeanSquaredError`."""

    def __init__(
        self, reduction="sum_over_batch_size", name="mean_absolute_percentage_error", dtype=None, ignore_nan=False
    ):
        super().__init__(mean_absolute_percentage_error, reduction, name, dtype, ignore_nan)


class MeanSquaredLogarithmicError(LossFunctionWrapper):
    """Squared difference of ``log(x + 1)``. Parameters as in :class:`MeanSquaredError`."""

    def __init__(
        self, reduction="sum_over_batch_size", name="mean_squared_logarithmic_error", dtype=None, ignore_nan=False
    ):
        super().__init__(mean_squared_logarithmic_error, reduction, name, dtype, ignore_nan)


class Huber(LossFunctionWrapper):
    """Squared error for small errors, linear beyond ``delta``. Other parameters as in :class:`MeanSquaredError`."""

    def __init__(
        self, delta=1.0, reduction="sum_over_batch_size", name="huber_loss", dtype=None, ignore_nan=False
    ):
        super().__init__(huber, reduction, name, dtype, ignore_nan, delta=delta)
        self.delta = delta

    def get_config(self):
        config = super().get_config()
        if self.delta == 1.0:
            del config["delta"]
        return config


class LogCosh(LossFunctionWrapper):
    """Logarithm of the hyperbolic cosine of the error. Parameters as in :class:`MeanSquaredError`."""

    def __init__(self, reduction="sum_over_batch_size", name="log_cosh", dtype=None, ignore_nan=False):
        super().__init__(log_cosh, reduction, name, dtype, ignore_nan)


class CosineSimilarity(LossFunctionWrapper):
    """Minus the cosine between targets and predictions along ``axis``.

    With ``ignore_nan`` a vector with a missing entry counts for nothing.
    """

    def __init__(
        self, axis=-1, reduction="sum_over_batch_size", name="cosine_similarity", dtype=None, ignore_nan=False
    ):
        super().__init__(cosine_similarity, reduction, name, dtype, ignore_nan, axis=axis)
        self.axis = axis

    def get_config(self):
        config = super().get_config()
        if self.axis == -1:
            del config["axis"]
        return config
