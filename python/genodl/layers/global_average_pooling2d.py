"""Means over whole images."""

from __future__ import annotations

from genodl import ops
from genodl.layers._pooling import GlobalPooling


class GlobalAveragePooling2D(GlobalPooling):
    """The mean over all positions, channel by channel.

    Parameters
    ----------
    data_format : str, optional
        Only "channels_last".
    keepdims : bool
        Whether the pooled axes stay, with size 1.

    Shapes
    ------
    Input (batch, height, width, channels), output (batch, channels), or (batch, 1, 1, channels) with
    ``keepdims``.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.GlobalAveragePooling2D()(np.array([[[[1.0], [3.0]], [[2.0], [2.0]]]]))
    array([[2.]], dtype=float32)
    """

    _spatial = 2
    _reduction = staticmethod(ops.mean)
