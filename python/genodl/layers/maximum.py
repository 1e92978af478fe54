"""Maxima of tensors."""

from __future__ import annotations

from genodl import ops
from genodl.layers._merge import Merge, of_unmasked


class Maximum(Merge):
    """The largest of its inputs; masked positions do not count.

    Shapes
    ------
    A list of any number of tensors that broadcast; shorter ones get axes behind the batch.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Maximum()([np.array([1.0]), np.array([2.0])])
    array([2.], dtype=float32)
    """

    def _merge(self, inputs, masks):
        return of_unmasked(ops.maximum, inputs, masks)


def maximum(inputs, **kwargs):
    """``Maximum(**kwargs)(inputs)``."""
    return Maximum(**kwargs)(inputs)
