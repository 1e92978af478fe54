"""Maxima over whole sequences."""

from __future__ import annotations

from genodl.layers._pooling import GlobalPooling


class GlobalMaxPooling1D(GlobalPooling):
    """The largest value over all positions, channel by channel.

    Parameters
    ----------
    data_format : str, optional
        Only "channels_last".
    keepdims : bool
        Whether the pooled axes stay, with size 1.

    Shapes
    ------
    Input (batch, length, channels), output (batch, channels), or (batch, 1, channels) with ``keepdims``.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.GlobalMaxPooling1D()(np.array([[[1.0], [3.0], [2.0]]]))
    array([[3.]], dtype=float32)
    """
