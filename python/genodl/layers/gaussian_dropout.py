"""Multiplied noise."""

from __future__ import annotations

import math

from genodl import random
from genodl.layers._arguments import fraction
from genodl.layers.layer import Layer


class GaussianDropout(Layer):
    """In training multiplies by normal noise of mean 1; else does nothing.

    Parameters
    ----------
    rate : float
        From 0 up to, not including, 1: the noise has the standard deviation ``sqrt(rate / (1 - rate))``, as
        dropout of this rate has.
    seed : int, optional

    Shapes
    ------
    Any; the output has the shape of the input.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.GaussianDropout(0.5)(np.ones((2, 3)), training=True).shape
    (2, 3)
    """

    supports_masking = True

    def __init__(self, rate, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate = fraction("GaussianDropout", "rate", rate)
        if rate == 1:
            raise ValueError("GaussianDropout: expected rate below 1, got 1: the noise would be infinite.")
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        if not training or self.rate == 0:
            return inputs
        stddev = math.sqrt(self.rate / (1 - self.rate))
        noise = random.normal(inputs.shape, mean=1.0, stddev=stddev, dtype=self.dtype, seed=self.seed_generator)
        return inputs * noise
