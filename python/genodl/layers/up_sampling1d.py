"""Longer sequences."""

from __future__ import annotations

from genodl import ops
from genodl.layers._arguments import SEQUENCE, expect_rank
from genodl.layers.layer import Layer


class UpSampling1D(Layer):
    """Repeats each position ``size`` times.

    Parameters
    ----------
    size : int

    Shapes
    ------
    Input (batch, length, channels), output (batch, length * size, channels).

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.UpSampling1D(2)(np.array([[[1.0], [2.0]]])).ravel()
    array([1., 1., 2., 2.], dtype=float32)
    """

    def __init__(self, size=2, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(size, int) or isinstance(size, bool):
            raise TypeError(f"UpSampling1D: expected size to be an int, got {size!r}.")
        if size <= 0:
            raise ValueError(f"UpSampling1D: expected size above 0, got {size}.")
        self.size = size

    def call(self, inputs):
        expect_rank(self, inputs, 3, SEQUENCE)
        return ops.repeat(inputs, self.size, axis=1)
