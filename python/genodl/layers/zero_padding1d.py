"""Sequences with zeros at their ends."""

from __future__ import annotations

from genodl import ops
from genodl.layers._arguments import SEQUENCE, channels_last, expect_rank, sizes
from genodl.layers.layer import Layer


class ZeroPadding1D(Layer):
    """Adds zeros at both ends.

    Parameters
    ----------
    padding : int or (int, int)
        Positions at the start and at the end.
    data_format : str, optional
        Only "channels_last".

    Shapes
    ------
    Input (batch, length, channels), output (batch, length + sum(padding), channels).

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.ZeroPadding1D(2)(np.ones((2, 10, 4))).shape
    (2, 14, 4)
    """

    def __init__(self, padding=1, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.padding = sizes("ZeroPadding1D", "padding", padding, 2, smallest=0)
        self.data_format = channels_last("ZeroPadding1D", data_format)

    def call(self, inputs):
        expect_rank(self, inputs, 3, SEQUENCE)
        return ops.pad(inputs, ((0, 0), self.padding, (0, 0)))
