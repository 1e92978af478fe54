"""Images without their margins."""

from __future__ import annotations

from genodl._errors import ShapeError
from genodl.layers._arguments import IMAGE, borders, channels_last, expect_rank
from genodl.layers.layer import Layer


class Cropping2D(Layer):
    """Takes rows and columns off the margins.

    Parameters
    ----------
    cropping : int, (int, int) or ((top, bottom), (left, right))
    data_format : str, optional
        Only "channels_last".

    Shapes
    ------
    Input (batch, height, width, channels), output the same with smaller height and width.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Cropping2D(((1, 2), (0, 3)))(np.ones((2, 8, 8, 3))).shape
    (2, 5, 5, 3)
    """

    def __init__(self, cropping=((0, 0), (0, 0)), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.cropping = borders("Cropping2D", "cropping", cropping)
        self.data_format = channels_last("Cropping2D", data_format)

    def call(self, inputs):
        expect_rank(self, inputs, 4, IMAGE)
        height, width = inputs.shape[1:3]
        (top, bottom), (left, right) = self.cropping
        if top + bottom >= height or left + right >= width:
            raise ShapeError(
                f"{self.name}: expected more than {top + bottom} rows and {left + right} columns to crop, got "
                f"{height} and {width}."
            )
        return inputs[:, top : height - bottom, left : width - right]
