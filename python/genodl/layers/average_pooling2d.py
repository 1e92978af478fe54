"""Means of windows of images."""

from __future__ import annotations

from genodl import ops
from genodl.layers._pooling import Pooling


class AveragePooling2D(Pooling):
    """The mean of each window, channel by channel. Padding does not count.

    Parameters
    ----------
    pool_size : int or (int, int)
    strides : int or (int, int), optional
        The pool size by default.
    padding : str
        "valid" or "same".
    data_format : str, optional
        Only "channels_last".

    Shapes
    ------
    Input (batch, height, width, channels), output (batch, rows, columns, channels): along each axis
    ``(size - pool_size) // strides + 1`` windows, or ``ceil(size / strides)`` with padding.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.AveragePooling2D(2)(np.ones((1, 4, 6, 3))).shape
    (1, 2, 3, 3)
    """

    _spatial = 2
    _operation = staticmethod(ops.average_pool)

    def __init__(self, pool_size=(2, 2), strides=None, padding="valid", data_format=None, **kwargs):
        super().__init__(pool_size, strides, padding, data_format, **kwargs)
