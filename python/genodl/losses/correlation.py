"""Minus Pearson's correlation as a loss."""

from __future__ import annotations

from genodl import ops
from genodl._errors import ConfigError
from genodl.losses._missing import split_missing
from genodl.losses._reduction import both_masks, reduce_weighted_values
from genodl.losses._tensors import aligned_pair, mask_of, tensor
from genodl.losses.loss import Loss


def pearson(y_true, y_pred, axis=-1, weights=None, epsilon=1e-12):
    """Pearson's correlation along ``axis``; 0 where one side does not vary.

    Parameters
    ----------
    y_true, y_pred : tensor
    axis : int
    weights : tensor of the same shape, optional
    epsilon : float
        Floor of the variances' product, which keeps the gradient finite.
    """
    if weights is None:
        average = ops.mean
    else:
        weights = weights / ops.maximum(ops.sum(weights, axis=axis, keepdims=True), 1e-30)

        def average(x, axis, keepdims=False):
            return ops.sum(x * weights, axis=axis, keepdims=keepdims)

    dt = y_true - average(y_true, axis=axis, keepdims=True)
    dp = y_pred - average(y_pred, axis=axis, keepdims=True)
    product = average(ops.square(dt), axis=axis) * average(ops.square(dp), axis=axis)
    return average(dt * dp, axis=axis) * ops.rsqrt(ops.maximum(product, epsilon))


class NegativePearson(Loss):
    """Minus Pearson's correlation between targets and predictions along ``axis``: -1 is best.

    ``axis=1`` compares profiles (batch, length, channels) sample by sample. ``axis=0`` compares each output
    over the samples of a batch; sample weights then weigh the samples within the correlation.

    Parameters
    ----------
    axis : int
    reduction, name, dtype
        As in :class:`Loss`.
    ignore_nan : bool
        Whether NaN targets count for nothing.

    Examples
    --------
    >>> import genodl as gd
    >>> loss = gd.losses.NegativePearson(axis=0)
    >>> round(float(loss([[1.0], [2.0], [3.0]], [[10.0], [20.0], [30.0]])), 4)
    -1.0
    """

    def __init__(
        self, axis=-1, reduction="sum_over_batch_size", name="negative_pearson", dtype=None, ignore_nan=False
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        if isinstance(axis, bool) or not isinstance(axis, int):
            raise ConfigError(f"NegativePearson: expected axis to be an integer, got {axis!r}.")
        self.axis = axis
        self.ignore_nan = ignore_nan

    def __call__(self, y_true, y_pred, sample_weight=None):
        mask = mask_of(y_pred)
        y_true, y_pred = aligned_pair(tensor(y_true, self.dtype), tensor(y_pred, self.dtype))
        if self.axis % len(y_pred.shape) != 0:
            values, known = self._correlations(y_true, y_pred, None)
            return reduce_weighted_values(
                values, sample_weight, both_masks(mask, known), self.reduction, self.dtype
            )
        weights = _sample_weights((mask, sample_weight), y_pred)
        values, known = self._correlations(y_true, y_pred, weights)
        return reduce_weighted_values(values, None, known, self.reduction, self.dtype)

    def call(self, y_true, y_pred):
        return self._correlations(*aligned_pair(y_true, y_pred), None)[0]

    def _correlations(self, y_true, y_pred, weights):
        known = None
        if self.ignore_nan:
            y_true, present = split_missing(y_true)
            here = ops.cast(present, y_pred.dtype)
            weights = here if weights is None else weights * here
            known = ops.sum(weights, axis=self.axis) > 0.0
        return -pearson(y_true, y_pred, self.axis, weights), known

    def get_config(self):
        config = {"axis": self.axis, **({"ignore_nan": True} if self.ignore_nan else {})}
        return {**super().get_config(), **config}


def _sample_weights(factors, like):
    """The product of weights of samples, spread over the entries of ``like``; None if there are none."""
    product = None
    for factor in factors:
        if factor is not None:
            factor = tensor(factor, like.dtype)
            trailing = (1,) * (len(like.shape) - len(factor.shape))
            factor = ops.broadcast_to(ops.reshape(factor, tuple(factor.shape) + trailing), like.shape)
            product = factor if product is None else product * factor
    return product
