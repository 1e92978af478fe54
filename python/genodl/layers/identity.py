"""The layer that does nothing."""

from __future__ import annotations

from genodl.layers.layer import Layer


class Identity(Layer):
    """Returns its input.

    Shapes
    ------
    Any tensor or nest of tensors; the output has the shape of the input.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Identity()(np.array([1.0]))
    array([1.], dtype=float32)
    """

    supports_masking = True

    def call(self, inputs):
        return inputs
