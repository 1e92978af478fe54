"""Group normalization (Wu and He, 2018)."""

from __future__ import annotations

from genodl import constraints, initializers, ops, regularizers
from genodl._errors import ShapeError
from genodl.layers._arguments import axes_in_range
from genodl.layers.layer import Layer


class GroupNormalization(Layer):
    """Takes mean and variance out of groups of channels of each sample, then scales and shifts by weights.

    Parameters
    ----------
    groups : int
        Number of groups; -1 for one per channel.
    axis : int
        Axis of the channels.
    epsilon : float
        Added to the variance.
    center, scale : bool
        Whether there are the weights ``beta`` and ``gamma``.
    beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint

    Shapes
    ------
    Input (batch, ..., channels), channels a multiple of ``groups``; the output has the shape of the input.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> x = np.array([[1.0, 3.0, 10.0, 30.0]])
    >>> gd.layers.GroupNormalization(groups=2, epsilon=0.0)(x).round(3)
    array([[-1.,  1., -1.,  1.]], dtype=float32)
    """

    supports_masking = True

    def __init__(
        self,
        groups=32,
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
        **kwargs,
    ):
        if not isinstance(groups, int) or (groups <= 0 and groups != -1):
            raise ValueError(f"GroupNormalization: expected groups to be a positive int or -1, got {groups!r}.")
        super().__init__(**kwargs)
        self.groups = groups
        self.axis = axis
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)

    def build(self, input_shape):
        (self._axis,) = axes_in_range(self, self.axis, len(input_shape))
        channels = input_shape[self._axis]
        if channels is None:
            raise ShapeError(f"{self.name}: expected a known size on axis {self.axis}, got shape {input_shape}.")
        if self.groups == -1:
            self.groups = channels
        if channels % self.groups:
            raise ShapeError(
                f"{self.name}: expected channels that divide into {self.groups} groups, got {channels} channels."
            )
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(
                shape=(channels,),
                initializer=self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                name="gamma",
            )
        if self.center:
            self.beta = self.add_weight(
                shape=(channels,),
                initializer=self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                name="beta",
            )

    def call(self, inputs):
        axis, shape = self._axis, list(inputs.shape)
        grouped = [*shape[:axis], self.groups, shape[axis] // self.groups, *shape[axis + 1 :]]
        weights = [1] * len(grouped)
        weights[axis : axis + 2] = grouped[axis : axis + 2]
        x = ops.reshape(inputs, grouped)
        reduced = tuple(a for a in range(1, len(grouped)) if a != axis)
        mean, variance = ops.moments(x, axes=reduced, keepdims=True)
        factor = ops.rsqrt(variance + self.epsilon)
        if self.gamma is not None:
            factor = factor * ops.reshape(self.gamma, weights)
        x = (x - mean) * factor
        if self.beta is not None:
            x = x + ops.reshape(self.beta, weights)
        return ops.reshape(x, shape)

    def compute_output_shape(self, input_shape):
        axes_in_range(self, self.axis, len(input_shape))
        return tuple(input_shape)
