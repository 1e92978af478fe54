"""Tensors side by side."""

from __future__ import annotations

from genodl import ops
from genodl._errors import ShapeError
from genodl.layers._arguments import axes_in_range
from genodl.layers._merge import Merge, expand_mask


class Concatenate(Merge):
    """Puts its inputs side by side along an axis.

    Parameters
    ----------
    axis : int

    Shapes
    ------
    A list of tensors whose sizes differ at most on ``axis``; the output has the sum of these sizes there.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Concatenate()([np.ones((2, 3)), np.ones((2, 4))]).shape
    (2, 7)
    """

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def build(self, input_shape):
        self._merged(self._shapes(input_shape))

    def call(self, inputs):
        return ops.concatenate(self._list(inputs), axis=self.axis)

    def compute_mask(self, inputs, previous_mask=None):
        masks = self._masks(inputs, previous_mask)
        if masks is None or all(mask is None for mask in masks):
            return None
        whole = [
            ops.ones_like(x, dtype="bool")
            if mask is None
            else mask
            if len(mask.shape) == len(x.shape)
            else expand_mask(mask, x)
            for x, mask in zip(inputs, masks, strict=True)
        ]
        return ops.any(ops.concatenate(whole, axis=self.axis), axis=-1)

    def _merged(self, shapes):
        rank = len(shapes[0])
        (axis,) = axes_in_range(self, self.axis, rank)
        merged = list(shapes[0])
        for shape in shapes[1:]:
            if len(shape) != rank:
                self._refuse(shapes)
            for i, n in enumerate(shape):
                if i == axis:
                    merged[i] = None if merged[i] is None or n is None else merged[i] + n
                elif merged[i] is None:
                    merged[i] = n
                elif n is not None and n != merged[i]:
                    self._refuse(shapes)
        return tuple(merged)

    def _refuse(self, shapes):
        raise ShapeError(
            f"{self.name}: expected inputs whose shapes differ at most on axis {self.axis}, got "
            f"{', '.join(map(str, shapes))}."
        )


def concatenate(inputs, axis=-1, **kwargs):
    """``Concatenate(axis=axis, **kwargs)(inputs)``."""
    return Concatenate(axis=axis, **kwargs)(inputs)
