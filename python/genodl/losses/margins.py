"""Losses of margins."""

from __future__ import annotations

from genodl import ops
from genodl.losses._missing import elementwise
from genodl.losses._tensors import float_pair
from genodl.losses.loss import LossFunctionWrapper


def _signed(y_true):
    """Labels of 0 and 1 become -1 and 1; labels of -1 and 1 stay."""
    binary = ops.all(ops.logical_or(ops.equal(y_true, 0.0), ops.equal(y_true, 1.0)))
    return ops.where(binary, 2.0 * y_true - 1.0, y_true)


def _margins(y_true, y_pred):
    y_true, y_pred = float_pair(y_true, y_pred)
    return ops.maximum(1.0 - _signed(y_true) * y_pred, 0.0)


@elementwise
def hinge(y_true, y_pred):
    """Mean of ``max(1 - y_true * y_pred, 0)`` over the last axis; labels are -1 or 1, or 0 or 1."""
    return ops.mean(_margins(y_true, y_pred), axis=-1)


@elementwise
def squared_hinge(y_true, y_pred):
    """Mean of ``max(1 - y_true * y_pred, 0) ** 2`` over the last axis."""
    return ops.mean(ops.square(_margins(y_true, y_pred)), axis=-1)


def categorical_hinge(y_true, y_pred):
    """``max(neg - pos + 1, 0)``: score of the true class against the best of the others."""
    y_true, y_pred = float_pair(y_true, y_pred)
    positive = ops.sum(y_true * y_pred, axis=-1)
    negative = ops.max((1.0 - y_true) * y_pred, axis=-1)
    return ops.maximum(negative - positive + 1.0, 0.0)


class Hinge(LossFunctionWrapper):
    """``max(1 - y_true * y_pred, 0)``. Parameters as in :class:`MeanSquaredError`."""

    def __init__(self, reduction="sum_over_batch_size", name="hinge", dtype=None, ignore_nan=False):
        super().__init__(hinge, reduction, name, dtype, ignore_nan)


class SquaredHinge(LossFunctionWrapper):
    """``max(1 - y_true * y_pred, 0) ** 2``. Parameters as in :class:`MeanSquaredError`."""

    def __init__(self, reduction="sum_over_batch_size", name="squared_hinge", dtype=None, ignore_nan=False):
        super().__init__(squared_hinge, reduction, name, dtype, ignore_nan)


class CategoricalHinge(LossFunctionWrapper):
    """``max(neg - pos + 1, 0)`` for one-hot targets. Parameters as in :class:`MeanSquaredError`."""

    def __init__(self, reduction="sum_over_batch_size", name="categorical_hinge", dtype=None, ignore_nan=False):
        super().__init__(categorical_hinge, reduction, name, dtype, ignore_nan)
