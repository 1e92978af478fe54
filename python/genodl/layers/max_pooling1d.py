"""Maxima of windows of sequences."""

from __future__ import annotations

from genodl.layers._pooling import Pooling


class MaxPooling1D(Pooling):
    """The largest value of each window, channel by channel.

    Parameters
    ----------
    pool_size : int
    strides : int, optional
        The pool size by default.
    padding : str
        "valid" or "same".
    data_format : str, optional
        Only "channels_last".

    Shapes
    ------
    Input (batch, length, channels), output (batch, windows, channels): ``(length - pool_size) // strides + 1``
    windows, or ``ceil(length / strides)`` with padding.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.MaxPooling1D(2)(np.array([[[1.0], [3.0], [2.0], [0.0]]])).ravel()
    array([3., 2.], dtype=float32)
    """

    def __init__(self, pool_size=2, strides=None, padding="valid", data_format=None, **kwargs):
        super().__init__(pool_size, strides, padding, data_format, **kwargs)
