"""A sequence of one vector."""

from __future__ import annotations

from genodl import ops
from genodl.layers._arguments import expect_rank
from genodl.layers.layer import Layer


class RepeatVector(Layer):
    """Repeats each vector ``n`` times.

    Parameters
    ----------
    n : int

    Shapes
    ------
    Input (batch, features), output (batch, n, features).

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.RepeatVector(3)(np.ones((2, 4))).shape
    (2, 3, 4)
    """

    def __init__(self, n, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(n, int) or isinstance(n, bool):
            raise TypeError(f"RepeatVector: expected n to be an int, got {n!r}.")
        if n <= 0:
            raise ValueError(f"RepeatVector: expected n above 0, got {n}.")
        self.n = n

    def call(self, inputs):
        expect_rank(self, inputs, 2, "(batch, features)")
        return ops.repeat(ops.expand_dims(inputs, 1), self.n, axis=1)
