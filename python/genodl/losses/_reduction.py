"""From values of single samples to the loss of a batch: weights, masks and means."""

from __future__ import annotations

from math import prod

from genodl import ops
from genodl._errors import ConfigError
from genodl.losses._tensors import same_rank, tensor

REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)
_MEANS = ("sum_over_batch_size", "mean", "mean_with_sample_weight")


def standardize_reduction(reduction, who="loss"):
    """``reduction`` if it is one that Keras knows."""
    if reduction not in REDUCTIONS:
        raise ConfigError(f"{who}: expected a reduction of {REDUCTIONS}, got {reduction!r}.")
    return reduction


def apply_mask(sample_weight, mask, dtype, reduction):
    """Sample weights with the mask in them.

    For means the weights are scaled so that a sum divided by the number of all entries is the mean
    over the unmasked ones. A float mask counts entries in part.
    """
    if mask is None:
        return sample_weight
    mask = ops.cast(mask, dtype)
    if reduction in ("mean", "sum_over_batch_size"):
        total = ops.cast(prod(mask.shape), dtype)
        mask = mask * ops.divide_no_nan(total, ops.sum(mask))
    if sample_weight is None:
        return mask
    mask, sample_weight = same_rank(mask, ops.cast(sample_weight, dtype))
    return sample_weight * mask


def reduce_values(values, sample_weight, reduction):
    """The sum or mean of ``values``, which have their weights already."""
    if reduction in (None, "none") or tuple(values.shape) in ((), (0,)):
        return values
    total = ops.sum(values)
    if reduction not in _MEANS:
        return total
    if reduction == "mean_with_sample_weight" and sample_weight is not None:
        divisor = ops.cast(ops.sum(sample_weight), total.dtype)
    else:
        divisor = ops.cast(prod(values.shape), total.dtype)
    return ops.divide_no_nan(total, divisor)


def reduce_weighted_values(values, sample_weight=None, mask=None, reduction="sum_over_batch_size", dtype=None):
    """The loss of a batch from ``values`` of its samples."""
    values = tensor(values, dtype)
    if sample_weight is not None:
        sample_weight = tensor(sample_weight, values.dtype)
    sample_weight = apply_mask(sample_weight, mask, values.dtype, reduction)
    if sample_weight is not None:
        values, sample_weight = same_rank(values, sample_weight)
        values = values * sample_weight
    return reduce_values(values, sample_weight, reduction)


def both_masks(first, second):
    """What both masks let through; a float mask keeps its fractions."""
    if first is None or second is None:
        return second if first is None else first
    first, second = same_rank(first, second)
    if str(second.dtype) == "bool":
        return ops.logical_and(ops.cast(first, "bool"), second)
    return ops.cast(first, second.dtype) * second
