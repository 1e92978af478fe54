"""Images with zeros around them."""

from __future__ import annotations

from genodl import ops
from genodl.layers._arguments import IMAGE, borders, channels_last, expect_rank
from genodl.layers.layer import Layer


class ZeroPadding2D(Layer):
    """Adds rows and columns of zeros.

    Parameters
    ----------
    padding : int, (int, int) or ((top, bottom), (left, right))
    data_format : str, optional
        Only "channels_last".

    Shapes
    ------
    Input (batch, height, width, channels), output the same with larger height and width.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.ZeroPadding2D((1, 2))(np.ones((2, 8, 8, 3))).shape
    (2, 10, 12, 3)
    """

    def __init__(self, padding=(1, 1), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.padding = borders("ZeroPadding2D", "padding", padding)
        self.data_format = channels_last("ZeroPadding2D", data_format)

    def call(self, inputs):
        expect_rank(self, inputs, 4, IMAGE)
        return ops.pad(inputs, ((0, 0), *self.padding, (0, 0)))
