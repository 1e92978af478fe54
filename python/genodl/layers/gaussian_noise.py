"""Added noise."""

from __future__ import annotations

from genodl import random
from genodl.layers._arguments import fraction
from genodl.layers.layer import Layer


class GaussianNoise(Layer):
    """In training adds normal noise of mean 0; else does nothing.

    Parameters
    ----------
    stddev : float
        From 0 to 1.
    seed : int, optional

    Shapes
    ------
    Any; the output has the shape of the input.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.GaussianNoise(0.1)(np.ones((2, 3)), training=True).shape
    (2, 3)
    """

    supports_masking = True

    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev = fraction("GaussianNoise", "stddev", stddev)
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        if not training or self.stddev == 0:
            return inputs
        return inputs + random.normal(inputs.shape, stddev=self.stddev, dtype=self.dtype, seed=self.seed_generator)
