"""Leaving out positions of sequences."""

from __future__ import annotations

from genodl import ops
from genodl.layers.layer import Layer


class Masking(Layer):
    """Masks positions at which all channels equal ``mask_value``; layers behind this one leave them out.

    Parameters
    ----------
    mask_value : float

    Shapes
    ------
    Input and output (batch, length, channels).

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> x = np.array([[[0.0, 0.0], [1.0, 2.0]]])
    >>> gd.layers.Masking().compute_mask(x)
    array([[False,  True]])
    """

    supports_masking = True

    def __init__(self, mask_value=0.0, **kwargs):
        super().__init__(**kwargs)
        self.mask_value = mask_value

    def call(self, inputs):
        is_kept = ops.any(ops.not_equal(inputs, self.mask_value), axis=-1, keepdims=True)
        return ops.where(is_kept, inputs, 0)

    def compute_mask(self, inputs, previous_mask=None):
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=-1)
