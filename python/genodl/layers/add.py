"""Sums of tensors."""

from __future__ import annotations

from genodl.layers._merge import Merge


class Add(Merge):
    """The sum of its inputs.

    Shapes
    ------
    A list of any number of tensors that broadcast; shorter ones get axes behind the batch.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Add()([np.array([1.0]), np.array([2.0])])
    array([3.], dtype=float32)
    """

    def _merge(self, inputs, masks):
        total = inputs[0]
        for x in inputs[1:]:
            total = total + x
        return total


def add(inputs, **kwargs):
    """``Add(**kwargs)(inputs)``."""
    return Add(**kwargs)(inputs)
