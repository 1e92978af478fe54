"""Products of tensors."""

from __future__ import annotations

from genodl import ops
from genodl.layers._merge import Merge, expand_mask


class Multiply(Merge):
    """The product of its inputs; masked positions count as 1.

    Shapes
    ------
    A list of any number of tensors that broadcast; shorter ones get axes behind the batch.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Multiply()([np.array([1.0]), np.array([2.0])])
    array([2.], dtype=float32)
    """

    def _merge(self, inputs, masks):
        product, kept = None, None
        for x, mask in zip(inputs, masks, strict=True):
            if mask is not None:
                mask = expand_mask(mask, x)
                x = ops.where(mask, x, 1)
                kept = mask if kept is None else ops.logical_or(kept, mask)
            product = x if product is None else product * x
        if any(mask is None for mask in masks):
            return product
        # Positions masked everywhere are 0, as masked outputs are.
        return ops.where(kept, product, 0)


def multiply(inputs, **kwargs):
    """``Multiply(**kwargs)(inputs)``."""
    return Multiply(**kwargs)(inputs)
