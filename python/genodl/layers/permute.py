"""Axes in another order."""

from __future__ import annotations

from genodl import ops
from genodl.layers._arguments import expect_rank
from genodl.layers.layer import Layer


class Permute(Layer):
    """Puts the axes of each sample in another order.

    Parameters
    ----------
    dims : tuple of int
        The new order; axes count from 1, the batch stays first.

    Shapes
    ------
    Input (batch, ...), output the same sizes in the new order.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Permute((2, 1))(np.ones((5, 3, 4))).shape
    (5, 4, 3)
    """

    def __init__(self, dims, **kwargs):
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(f"Permute: expected dims to hold 1 to {len(self.dims)} once each, got {self.dims}.")

    def call(self, inputs):
        expect_rank(self, inputs, len(self.dims) + 1, "(batch and one for each of dims)")
        return ops.transpose(inputs, (0, *self.dims))
