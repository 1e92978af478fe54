"""Softplus as a layer."""

from __future__ import annotations

from genodl import ops
from genodl.layers.layer import Layer


class Softplus(Layer):
    """``log(1 + exp(beta * x)) / beta``: a smooth rectifier.

    Parameters
    ----------
    beta : float
        Sharpness; above 0.

    Shapes
    ------
    Any; the output has the shape of the input.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Softplus()(np.array([0.0])).round(3)
    array([0.693], dtype=float32)
    """

    supports_masking = True

    def __init__(self, beta=1.0, **kwargs):
        super().__init__(**kwargs)
        if not beta > 0:
            raise ValueError(f"Softplus: expected beta above 0, got {beta}.")
        self.beta = beta

    def call(self, inputs):
        return ops.softplus(inputs) if self.beta == 1 else ops.softplus(inputs * self.beta) / self.beta
