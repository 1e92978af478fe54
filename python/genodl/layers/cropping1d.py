"""Sequences without their ends."""

from __future__ import annotations

from genodl._errors import ShapeError
from genodl.layers._arguments import SEQUENCE, expect_rank, sizes
from genodl.layers.layer import Layer


class Cropping1D(Layer):
    """Takes positions off both ends.

    Parameters
    ----------
    cropping : int or (int, int)
        Positions at the start and at the end.

    Shapes
    ------
    Input (batch, length, channels), output (batch, length - sum(cropping), channels).

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Cropping1D((1, 2))(np.ones((2, 10, 4))).shape
    (2, 7, 4)
    """

    def __init__(self, cropping=(1, 1), **kwargs):
        super().__init__(**kwargs)
        self.cropping = sizes("Cropping1D", "cropping", cropping, 2, smallest=0)

    def call(self, inputs):
        expect_rank(self, inputs, 3, SEQUENCE)
        start, end = self.cropping
        length = inputs.shape[1]
        if start + end >= length:
            raise ShapeError(f"{self.name}: expected more than {start + end} positions to crop, got {length}.")
        return inputs[:, start : length - end]
