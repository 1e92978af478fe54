"""Dropout for self-normalising networks (Klambauer and others, 2017)."""

from __future__ import annotations

from genodl import ops, random
from genodl.layers._arguments import fraction
from genodl.layers.layer import Layer

# The value that selu approaches far below 0.
_FLOOR = -1.6732632423543772 * 1.0507009873554805


class AlphaDropout(Layer):
    """In training drops values so that mean and variance stay; for networks of ``selu``.

    Parameters
    ----------
    rate : float
        Share that is dropped, from 0 to 1.
    noise_shape : tuple, optional
        Shape of the mask, None where it is the input's.
    seed : int, optional

    Shapes
    ------
    Any; the output has the shape of the input.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.AlphaDropout(0.2)(np.ones((2, 3)), training=True).shape
    (2, 3)
    """

    supports_masking = True

    def __init__(self, rate, noise_shape=None, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate = fraction("AlphaDropout", "rate", rate)
        self.noise_shape = noise_shape
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        if not training or self.rate == 0:
            return inputs
        if self.rate == 1:
            return inputs * 0.0
        shape = self.noise_shape if self.noise_shape is not None else [None] * len(inputs.shape)
        shape = [n if given is None else given for given, n in zip(shape, inputs.shape, strict=True)]
        is_kept = ops.greater_equal(random.uniform(shape, seed=self.seed_generator), self.rate)
        scale = ((1 - self.rate) * (1 + self.rate * _FLOOR**2)) ** -0.5
        return ops.where(is_kept, inputs, _FLOOR) * scale - scale * _FLOOR * self.rate
