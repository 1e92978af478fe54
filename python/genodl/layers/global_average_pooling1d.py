"""Means over whole sequences."""

from __future__ import annotations

from genodl import ops
from genodl.layers._pooling import GlobalPooling


class GlobalAveragePooling1D(GlobalPooling):
    """The mean over all positions, channel by channel.

    Masked positions do not count.

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
    >>> gd.layers.GlobalAveragePooling1D()(np.array([[[1.0], [3.0], [2.0]]]))
    array([[2.]], dtype=float32)
    """

    _reduction = staticmethod(ops.mean)
    supports_masking = True

    def call(self, inputs, mask=None):
        if mask is None:
            return super().call(inputs)
        self._check(inputs)
        is_kept = ops.expand_dims(ops.cast(mask, "bool"), 2)
        total = ops.sum(ops.where(is_kept, inputs, 0), axis=1, keepdims=self.keepdims)
        return total / ops.sum(ops.cast(is_kept, inputs.dtype), axis=1, keepdims=self.keepdims)

    def compute_mask(self, inputs, previous_mask=None):
        return None
