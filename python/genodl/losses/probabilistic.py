"""Losses of distributions and of counts."""

from __future__ import annotations

from genodl import ops
from genodl.losses._missing import elementwise
from genodl.losses._targets import expects
from genodl.losses._tensors import EPSILON, float_pair
from genodl.losses.loss import LossFunctionWrapper


@expects(0, 1)
def kl_divergence(y_true, y_pred):
    """Kullback-Leibler divergence ``sum(y_true * log(y_true / y_pred))`` over the last axis."""
    y_true, y_pred = float_pair(y_true, y_pred)
    y_true = ops.clip(y_true, EPSILON, 1.0)
    y_pred = ops.clip(y_pred, EPSILON, 1.0)
    return ops.sum(y_true * ops.log(y_true / y_pred), axis=-1)


@elementwise
@expects(0)
def poisson(y_true, y_pred):
    """Mean of ``y_pred - y_true * log(y_pred)`` over the last axis: predictions are expected counts."""
    y_true, y_pred = float_pair(y_true, y_pred)
    return ops.mean(y_pred - y_true * ops.log(y_pred + EPSILON), axis=-1)


class KLDivergence(LossFunctionWrapper):
    """Kullback-Leibler divergence between distributions. Parameters as in :class:`MeanSquaredError`."""

    def __init__(self, reduction="sum_over_batch_size", name="kl_divergence", dtype=None, ignore_nan=False):
        super().__init__(kl_divergence, reduction, name, dtype, ignore_nan)


class Poisson(LossFunctionWrapper):
    """Poisson loss of counts. Parameters as in :class:`MeanSquaredError`."""

    def __init__(self, reduction="sum_over_batch_size", name="poisson", dtype=None, ignore_nan=False):
        super().__init__(poisson, reduction, name, dtype, ignore_nan)
