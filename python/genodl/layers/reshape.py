"""Samples of another shape."""

from __future__ import annotations

import math

from genodl import _trace, ops
from genodl._errors import ShapeError
from genodl.layers.layer import Layer


class Reshape(Layer):
    """Gives each sample another shape.

    Parameters
    ----------
    target_shape : tuple of int
        Without the batch; one size may be -1 and is then found.

    Shapes
    ------
    Input (batch, ...), output (batch, *target_shape).

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Reshape((-1, 2))(np.ones((3, 8))).shape
    (3, 4, 2)
    """

    def __init__(self, target_shape, **kwargs):
        super().__init__(**kwargs)
        target = tuple(target_shape)
        if any(not isinstance(n, int) or n < -1 for n in target) or target.count(-1) > 1:
            raise ValueError(
                f"Reshape: expected target_shape of sizes that are not negative, at most one of them -1, got {target}."
            )
        self.target_shape = target

    def call(self, inputs):
        shape = inputs.shape[1:]
        if -1 not in self.target_shape and _trace.current().stand_in in shape:
            # An unknown size will have to fit; only then can data be moved.
            return ops.broadcast_to(ops.zeros((), inputs.dtype), (inputs.shape[0], *self.target_shape))
        return ops.reshape(inputs, (inputs.shape[0], *self._resolved(shape)))

    def _resolved(self, shape):
        total = math.prod(shape)
        known = math.prod(n for n in self.target_shape if n != -1)
        if -1 in self.target_shape and known and total % known == 0:
            return tuple(total // known if n == -1 else n for n in self.target_shape)
        if -1 in self.target_shape or total != known:
            raise ShapeError(
                f"{self.name}: expected samples that fit target_shape={self.target_shape}, got shape {tuple(shape)}."
            )
        return self.target_shape
