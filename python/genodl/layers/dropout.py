"""Leaving out values at random."""

from __future__ import annotations

from genodl import random
from genodl.layers._arguments import fraction
from genodl.layers.layer import Layer


class Dropout(Layer):
    """In training sets a share of the values to 0 and scales the others up; else does nothing.

    Parameters
    ----------
    rate : float
        Share that is dropped, from 0 to 1.
    noise_shape : tuple, optional
        Shape of the mask, None where it is the input's; along its axes of size 1 values fall together.
    seed : int, optional

    Shapes
    ------
    Any; the output has the shape of the input.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> y = gd.layers.Dropout(0.5, seed=1)(np.ones((100, 100)), training=True)
    >>> sorted({float(v) for v in y.ravel()})
    [0.0, 2.0]
    """

    supports_masking = True

    def __init__(self, rate, noise_shape=None, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate = fraction(type(self).__name__, "rate", rate)
        self.noise_shape = _checked(noise_shape)
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        if not training or self.rate == 0:
            return inputs
        return random.dropout(inputs, self.rate, self._shape_of_noise(inputs), seed=self.seed_generator)

    def _shape_of_noise(self, inputs):
        return self.noise_shape


def _checked(shape):
    if shape is None:
        return None
    is_sequence = hasattr(shape, "__iter__") and not isinstance(shape, str)
    items = tuple(shape) if is_sequence else ()
    if not is_sequence or any(n is not None and (not isinstance(n, int) or n <= 0) for n in items):
        raise ValueError(f"Dropout: expected noise_shape to be a tuple of positive ints and None, got {shape!r}.")
    return items
