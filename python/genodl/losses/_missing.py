"""Missing targets (NaN): what ``ignore_nan=True`` means for losses and metrics."""

from __future__ import annotations

from genodl import ops
from genodl.losses._tensors import float_tensor, reshaped, same_rank


def elementwise(function):
    """Marks a function that is a mean over one axis of values of single entries."""
    function.is_elementwise = True
    return function


def split_missing(y_true):
    """Targets with 0 where they are NaN, and a boolean tensor of what is present."""
    y_true = float_tensor(y_true)
    present = ops.logical_not(ops.isnan(y_true))
    return ops.where(present, y_true, ops.zeros_like(y_true)), present


def values_of_present(function, y_true, y_pred, **kwargs):
    """``function`` without its missing targets.

    Returns values, 0 where the target is missing, and what is present, of the same shape. Functions
    marked :func:`elementwise` lose single entries; others lose every row with a missing entry.
    """
    y_true, present = split_missing(y_true)
    if getattr(function, "is_elementwise", False):
        present, _ = same_rank(present, y_pred)
        y_true, y_pred = same_rank(y_true, y_pred)
        # A last axis of 1 leaves nothing to average over: the values of single entries.
        kwargs = {name: value for name, value in kwargs.items() if name != "axis"}
        values = function(ops.expand_dims(y_true, -1), reshaped(y_pred, _with_last_axis), **kwargs)
    else:
        values = function(y_true, y_pred, **kwargs)
        while len(present.shape) > len(values.shape):
            present = ops.all(present, axis=-1)
        if len(present.shape) == len(values.shape) and present.shape[-1:] != values.shape[-1:]:
            present = ops.all(present, axis=-1, keepdims=True)
        present = ops.broadcast_to(present, values.shape)
    return ops.where(present, values, ops.zeros_like(values)), present


def _with_last_axis(x):
    return ops.expand_dims(x, -1)
