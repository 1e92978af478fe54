"""Losses of read-count profiles: counts along a sequence, one channel per track."""

from __future__ import annotations

from math import inf, log, pi

from genodl import ops
from genodl._errors import ConfigError, ShapeError
from genodl.losses._missing import split_missing
from genodl.losses._tensors import float_pair
from genodl.losses.loss import Loss

# Lanczos' series for the gamma function with g = 5 (Press et al., Numerical Recipes, 6.1).
_LANCZOS = (76.18009172947146, -86.50532032941677, 24.01409824083091, -1.231739572450155,
            0.1208650973866179e-2, -0.5395239384953e-5)  # fmt: skip


def log_factorial(counts):
    """``log(counts!)``, exactly 0 for counts up to 1; vectorized, unlike ``ops.lgamma``."""
    series = 1.000000000190015
    for k, coefficient in enumerate(_LANCZOS, start=1):
        series = series + coefficient / (counts + float(k))
    shifted = counts + 5.5
    value = (counts + 0.5) * ops.log(shifted) - shifted + ops.log(series) + 0.5 * log(2.0 * pi)
    return ops.where(counts <= 1.0, ops.zeros_like(counts), value)


class _ProfileLoss(Loss):
    """Losses of (batch, length, channels), or (batch, length), with missing positions left out."""

    target_range = (0, inf)

    def __init__(self, reduction, name, dtype, ignore_nan):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.ignore_nan = ignore_nan

    def _values_and_mask(self, y_true, y_pred):
        y_true, y_pred = float_pair(y_true, y_pred)
        if tuple(y_true.shape) != tuple(y_pred.shape) or len(y_pred.shape) not in (2, 3):
            raise ShapeError(
                f"{type(self).__name__}: expected targets and predictions of one shape (batch, length, channels), "
                f"got {tuple(y_true.shape)} and {tuple(y_pred.shape)}."
            )
        if len(y_pred.shape) == 2:
            y_true, y_pred = ops.expand_dims(y_true, -1), ops.expand_dims(y_pred, -1)
        present = None
        if self.ignore_nan:
            y_true, present = split_missing(y_true)
        return self._profile_values(y_true, y_pred, present)

    def call(self, y_true, y_pred):
        return self._values_and_mask(y_true, y_pred)[0]

    def get_config(self):
        return {**super().get_config(), **({"ignore_nan": True} if self.ignore_nan else {})}


class MultinomialNLL(_ProfileLoss):
    """Negative log-likelihood of counts over positions, given their total (BPNet's profile loss).

    Each channel is a multinomial over the length; a sample's value is the sum over its channels, as in
    Avsec et al. 2021. Missing positions are left out of the distribution.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are logits; else shares that are divided by their sum.
    include_constant : bool
        Whether the logarithm of the multinomial coefficient, which has no gradient, is part of the value.
    reduction, name, dtype
        As in :class:`Loss`.
    ignore_nan : bool
        Whether NaN counts count for nothing.

    Examples
    --------
    >>> import genodl as gd
    >>> loss = gd.losses.MultinomialNLL()
    >>> round(float(loss([[[1.0], [1.0]]], [[[0.0], [0.0]]])), 4)
    0.6931
    """

    def __init__(
        self,
        from_logits=True,
        include_constant=True,
        reduction="sum_over_batch_size",
        name="multinomial_nll",
        dtype=None,
        ignore_nan=False,
    ):
        super().__init__(reduction, name, dtype, ignore_nan)
        self.from_logits = from_logits
        self.include_constant = include_constant

    def _profile_values(self, y_true, y_pred, present):
        logits = y_pred if self.from_logits else ops.log(ops.maximum(y_pred, 1e-30))
        if present is not None:
            logits = ops.where(present, logits, ops.full_like(logits, -1e30))
        # With the length last, cross-entropy of logits is one fused operation per channel.
        by_channel = (ops.transpose(x, (0, 2, 1)) for x in (y_true, logits))
        values = ops.categorical_crossentropy(*by_channel, from_logits=True)
        if self.include_constant:
            total = ops.sum(y_true, axis=1)
            values = values + ops.sum(log_factorial(y_true), axis=1) - log_factorial(total)
        values = ops.sum(values, axis=-1)
        return values, None if present is None else ops.any(ops.any(present, axis=1), axis=-1)

    def get_config(self):
        config = {"from_logits": self.from_logits, "include_constant": self.include_constant}
        return {**super().get_config(), **config}


class PoissonMultinomial(_ProfileLoss):
    """Poisson loss of the total and multinomial loss of the shape of a profile (Borzoi's loss).

    Both are divided by the length; a sample's value is the mean over its channels. Missing positions are
    left out of total and shape.

    Parameters
    ----------
    total_weight : float
        Weight of the Poisson term; Linder et al. 2025 use 0.2.
    epsilon : float
        Added to counts and predictions, which must not be negative.
    rescale : bool
        Whether the value is scaled as if both terms weighed 1.
    reduction, name, dtype
        As in :class:`Loss`.
    ignore_nan : bool
        Whether NaN counts count for nothing.

    Examples
    --------
    >>> import genodl as gd
    >>> loss = gd.losses.PoissonMultinomial()
    >>> round(float(loss([[[1.0], [3.0]]], [[[2.0], [2.0]]])), 4)
    1.2318
    """

    def __init__(
        self,
        total_weight=0.2,
        epsilon=1e-6,
        rescale=False,
        reduction="sum_over_batch_size",
        name="poisson_multinomial",
        dtype=None,
        ignore_nan=False,
    ):
        super().__init__(reduction, name, dtype, ignore_nan)
        if total_weight < 0:
            raise ConfigError(f"PoissonMultinomial: expected total_weight of 0 or more, got {total_weight}.")
        self.total_weight = total_weight
        self.epsilon = epsilon
        self.rescale = rescale

    def _profile_values(self, y_true, y_pred, present):
        y_true, y_pred = y_true + self.epsilon, y_pred + self.epsilon
        length = float(y_pred.shape[1])
        if present is not None:
            here = ops.cast(present, y_pred.dtype)
            y_true, y_pred = y_true * here, y_pred * here
            length = ops.maximum(ops.sum(here, axis=1), 1.0)
        true_total = ops.sum(y_true, axis=1)
        total = ops.maximum(ops.sum(y_pred, axis=1), self.epsilon)
        poisson = total - true_total * ops.log(total)
        logs = ops.log(y_pred if present is None else ops.where(present, y_pred, ops.ones_like(y_pred)))
        shape = true_total * ops.log(total) - ops.sum(y_true * logs, axis=1)
        values = (shape + self.total_weight * poisson) / length
        if self.rescale:
            values = values * (2.0 / (1.0 + self.total_weight))
        if present is None:
            return ops.mean(values, axis=-1), None
        known = ops.cast(ops.any(present, axis=1), values.dtype)
        fraction = ops.mean(known, axis=-1)
        return ops.divide_no_nan(ops.mean(values * known, axis=-1), fraction), fraction

    def get_config(self):
        config = {"total_weight": self.total_weight, "epsilon": self.epsilon, "rescale": self.rescale}
        return {**super().get_config(), **config}
