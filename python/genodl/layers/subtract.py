"""Differences of tensors."""

from __future__ import annotations

from genodl.layers._merge import Merge


class Subtract(Merge):
    """The first input minus the second.

    Shapes
    ------
    A list of two tensors that broadcast; shorter ones get axes behind the batch.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Subtract()([np.array([1.0]), np.array([2.0])])
    array([-1.], dtype=float32)
    """

    def build(self, input_shape):
        if len(self._shapes(input_shape)) != 2:
            raise ValueError(f"{self.name}: expected two tensors, got {len(input_shape)}.")
        self._merged(self._shapes(input_shape))

    def _merge(self, inputs, masks):
        return inputs[0] - inputs[1]


def subtract(inputs, **kwargs):
    """``Subtract(**kwargs)(inputs)``."""
    return Subtract(**kwargs)(inputs)
