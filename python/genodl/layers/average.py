"""Means of tensors."""

from __future__ import annotations

from genodl.layers._merge import Merge


class Average(Merge):
    """The mean of its inputs.

    Shapes
    ------
    A list of any number of tensors that broadcast; shorter ones get axes behind the batch.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Average()([np.array([1.0]), np.array([2.0])])
    array([1.5], dtype=float32)
    """

    def _merge(self, inputs, masks):
        total = inputs[0]
        for x in inputs[1:]:
            total = total + x
        return total / len(inputs)


def average(inputs, **kwargs):
    """``Average(**kwargs)(inputs)``."""
    return Average(**kwargs)(inputs)
