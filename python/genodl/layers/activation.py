"""An activation function as a layer."""

from __future__ import annotations

from genodl import activations
from genodl.layers.layer import Layer


class Activation(Layer):
    """Applies an activation function.

    Parameters
    ----------
    activation : str or callable

    Shapes
    ------
    Any; the output has the shape of the input.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Activation("relu")(np.array([-1.0, 2.0]))
    array([0., 2.], dtype=float32)
    """

    supports_masking = True

    def __init__(self, activation, **kwargs):
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def call(self, inputs):
        return self.activation(inputs)
