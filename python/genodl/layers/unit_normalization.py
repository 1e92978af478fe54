"""Vectors of length one."""

from __future__ import annotations

from genodl import ops
from genodl.layers._arguments import axes_in_range
from genodl.layers.layer import Layer


class UnitNormalization(Layer):
    """Divides each sample by its Euclidean norm.

    Parameters
    ----------
    axis : int or list of int
        Axes that the norm goes over.

    Shapes
    ------
    Any; the output has the shape of the input.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.UnitNormalization()(np.array([[3.0, 4.0]]))
    array([[0.6, 0.8]], dtype=float32)
    """

    supports_masking = True

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(axis, (int, list, tuple)):
            raise TypeError(f"UnitNormalization: expected axis to be an int or a list of ints, got {axis!r}.")
        self.axis = axis

    def call(self, inputs):
        axes = tuple(axes_in_range(self, self.axis, len(inputs.shape)))
        return ops.normalize(inputs, axis=axes, order=2, epsilon=1e-12)

    def compute_output_shape(self, input_shape):
        axes_in_range(self, self.axis, len(input_shape))
        return tuple(input_shape)
