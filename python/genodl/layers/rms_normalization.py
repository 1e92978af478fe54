"""Root mean square normalization (Zhang and Sennrich, 2019)."""

from __future__ import annotations

from genodl import ops
from genodl.layers._arguments import axes_in_range
from genodl.layers.layer import Layer


class RMSNormalization(Layer):
    """Divides each sample by the root of its mean square, then scales by a weight.

    Parameters
    ----------
    axis : int or list of int
        Axes that the mean goes over, and that the weight lies on.
    epsilon : float
        Added to the mean square.

    Shapes
    ------
    Any; the output has the shape of the input.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.RMSNormalization()(np.array([[1.0, 7.0]])).round(3)
    array([[0.2, 1.4]], dtype=float32)
    """

    def __init__(self, axis=-1, epsilon=1e-6, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis
        self.epsilon = epsilon

    def build(self, input_shape):
        shape = tuple(input_shape[axis] for axis in axes_in_range(self, self.axis, len(input_shape)))
        self.scale = self.add_weight(shape=shape, initializer="ones", name="scale")

    def call(self, inputs):
        axes = tuple(axes_in_range(self, self.axis, len(inputs.shape)))
        shape = [n if axis in axes else 1 for axis, n in enumerate(inputs.shape)]
        return ops.rms_normalization(inputs, ops.reshape(self.scale, shape), axes, self.epsilon)

    def compute_output_shape(self, input_shape):
        axes_in_range(self, self.axis, len(input_shape))
        return tuple(input_shape)
