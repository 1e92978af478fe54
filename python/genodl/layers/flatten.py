"""All axes but the batch as one."""

from __future__ import annotations

import math

from genodl import ops
from genodl._errors import ShapeError
from genodl.layers._arguments import channels_last
from genodl.layers.layer import Layer


class Flatten(Layer):
    """Makes one row of each sample.

    Parameters
    ----------
    data_format : str, optional
        Only "channels_last".

    Shapes
    ------
    Input (batch, ...), output (batch, product of the others).

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Flatten()(np.ones((2, 3, 4))).shape
    (2, 12)
    """

    def __init__(self, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.data_format = channels_last("Flatten", data_format)

    def call(self, inputs):
        if not inputs.shape:
            raise ShapeError(f"{self.name}: expected an input with a batch axis, got a scalar.")
        return ops.reshape(inputs, (inputs.shape[0], math.prod(inputs.shape[1:])))
