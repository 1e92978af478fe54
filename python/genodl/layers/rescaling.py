"""A fixed change of scale."""

from __future__ import annotations

import numpy as np

from genodl import ops
from genodl.layers.layer import Layer


class Rescaling(Layer):
    """``inputs * scale + offset``: bytes of a picture to numbers around 0, say.

    Parameters
    ----------
    scale, offset : float or array
        One number, or one a channel.

    Shapes
    ------
    Any; the output has the shape of the input.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Rescaling(1 / 127.5, offset=-1)(np.array([0.0, 127.5, 255.0]))
    array([-1.,  0.,  1.], dtype=float32)
    """

    supports_masking = True

    def __init__(self, scale, offset=0.0, **kwargs):
        super().__init__(**kwargs)
        for name, value in (("scale", scale), ("offset", offset)):
            if np.asarray(value).dtype.kind not in "fiu":
                raise ValueError(f"Rescaling: expected {name} to be a number or an array of numbers, got {value!r}.")
        self.scale = scale
        self.offset = offset

    def call(self, inputs):
        scale, offset = (np.asarray(value, self.dtype) for value in (self.scale, self.offset))
        return ops.cast(inputs, self.dtype) * scale + offset
