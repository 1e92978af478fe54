"""Layer normalization (Ba, Kiros and Hinton, 2016)."""

from __future__ import annotations

from genodl import constraints, initializers, ops, regularizers
from genodl.layers._arguments import axes_in_range
from genodl.layers.layer import Layer


class LayerNormalization(Layer):
    """Takes mean and variance out of each sample, then scales and shifts by weights.

    Parameters
    ----------
    axis : int or list of int
        Axes that mean and variance go over, and that the weights lie on.
    epsilon : float
        Added to the variance.
    center, scale : bool
        Whether there are the weights ``beta`` and ``gamma``.
    beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint
    rms_scaling : bool
        Keras's old variant: only divides by the standard deviation. :class:`RMSNormalization` is what papers mean.

    Shapes
    ------
    Any; the output has the shape of the input.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.LayerNormalization(epsilon=0.0)(np.array([[1.0, 3.0]]))
    array([[-1.,  1.]], dtype=float32)
    """

    supports_masking = True

    def __init__(
        self,
        axis=-1,
        epsilon=1e-3,
        center=True,
        scale=True,
        beta_initializer="zeros",
        gamma_initializer="ones",
        beta_regularizer=None,
        gamma_regularizer=None,
        beta_constraint=None,
        gamma_constraint=None,
        rms_scaling=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not isinstance(axis, (int, list, tuple)):
            raise TypeError(f"LayerNormalization: expected axis to be an int or a list of ints, got {axis!r}.")
        self.axis = axis
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.rms_scaling = rms_scaling
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)

    def build(self, input_shape):
        shape = tuple(input_shape[axis] for axis in axes_in_range(self, self.axis, len(input_shape)))
        self.gamma = self.beta = None
        if self.scale or self.rms_scaling:
            self.gamma = self.add_weight(
                shape=shape,
                initializer=self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                name="gamma",
            )
        if self.center and not self.rms_scaling:
            self.beta = self.add_weight(
                shape=shape,
                initializer=self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                name="beta",
            )

    def call(self, inputs):
        axes = tuple(axes_in_range(self, self.axis, len(inputs.shape)))
        if not self.rms_scaling:
            return ops.layer_normalization(inputs, self.gamma, self.beta, axes, self.epsilon)
        gamma = ops.reshape(self.gamma, [n if axis in axes else 1 for axis, n in enumerate(inputs.shape)])
        return inputs * ops.rsqrt(ops.var(inputs, axis=axes, keepdims=True) + self.epsilon) * gamma

    def compute_output_shape(self, input_shape):
        axes_in_range(self, self.axis, len(input_shape))
        return tuple(input_shape)
