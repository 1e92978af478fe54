"""A rectifier that leaks."""

from __future__ import annotations

from genodl import activations
from genodl.layers.layer import Layer


class LeakyReLU(Layer):
    """``x`` where positive, ``negative_slope * x`` elsewhere.

    Parameters
    ----------
    negative_slope : float

    Shapes
    ------
    Any; the output has the shape of the input.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.LeakyReLU(0.5)(np.array([-2.0, 2.0]))
    array([-1.,  2.], dtype=float32)
    """

    supports_masking = True

    def __init__(self, negative_slope=0.3, **kwargs):
        # Keras 2's name, which old scripts still have.
        negative_slope = kwargs.pop("alpha", negative_slope)
        super().__init__(**kwargs)
        if negative_slope is None or negative_slope < 0:
            raise ValueError(f"LeakyReLU: expected negative_slope of 0 or more, got {negative_slope}.")
        self.negative_slope = negative_slope

    def call(self, inputs):
        return activations.leaky_relu(inputs, negative_slope=self.negative_slope)

    def get_config(self):
        config = super().get_config()
        config.pop("alpha", None)
        return {**config, "negative_slope": self.negative_slope}
