"""Leaving out whole channels at random."""

from __future__ import annotations

from genodl.layers._arguments import IMAGE, SEQUENCE, channels_last, expect_rank
from genodl.layers.dropout import Dropout


class SpatialDropout1D(Dropout):
    """In training drops whole channels of sequences; else does nothing.

    Parameters
    ----------
    rate : float
        Share of channels that is dropped.
    seed : int, optional

    Shapes
    ------
    Input and output (batch, length, channels).

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> y = gd.layers.SpatialDropout1D(0.5, seed=1)(np.ones((2, 5, 8)), training=True)
    >>> bool((y == y[:, :1]).all())
    True
    """

    def __init__(self, rate, seed=None, **kwargs):
        super().__init__(rate, seed=seed, **kwargs)

    def _shape_of_noise(self, inputs):
        expect_rank(self, inputs, 3, SEQUENCE)
        return (inputs.shape[0], 1, inputs.shape[2])


class SpatialDropout2D(Dropout):
    """In training drops whole channels of images; else does nothing.

    Parameters
    ----------
    rate : float
        Share of channels that is dropped.
    data_format : str, optional
        Only "channels_last".
    seed : int, optional

    Shapes
    ------
    Input and output (batch, height, width, channels).

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> y = gd.layers.SpatialDropout2D(0.5, seed=1)(np.ones((2, 3, 3, 8)), training=True)
    >>> bool((y == y[:, :1, :1]).all())
    True
    """

    def __init__(self, rate, data_format=None, seed=None, **kwargs):
        super().__init__(rate, seed=seed, **kwargs)
        self.data_format = channels_last("SpatialDropout2D", data_format)

    def _shape_of_noise(self, inputs):
        expect_rank(self, inputs, 4, IMAGE)
        return (inputs.shape[0], 1, 1, inputs.shape[3])
