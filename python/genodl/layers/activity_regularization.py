"""A penalty on activities."""

from __future__ import annotations

from genodl import regularizers
from genodl.layers.layer import Layer


class ActivityRegularization(Layer):
    """Returns its input and adds ``l1 * sum(|x|) + l2 * sum(x**2)`` to the loss.

    Parameters
    ----------
    l1, l2 : float

    Shapes
    ------
    Any; the output has the shape of the input.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> layer = gd.layers.ActivityRegularization(l1=0.5)
    >>> _ = layer(np.array([[2.0]]))
    >>> float(layer.losses[0])
    1.0
    """

    supports_masking = True

    def __init__(self, l1=0.0, l2=0.0, **kwargs):
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.l1 = l1
        self.l2 = l2

    def call(self, inputs):
        return inputs
