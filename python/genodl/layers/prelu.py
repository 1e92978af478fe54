"""A rectifier that learns its slope."""

from __future__ import annotations

from genodl import constraints, initializers, ops, regularizers
from genodl.layers.layer import Layer


class PReLU(Layer):
    """``x`` where positive, ``alpha * x`` elsewhere, with a trainable ``alpha``.

    Parameters
    ----------
    alpha_initializer, alpha_regularizer, alpha_constraint
    shared_axes : list of int, optional
        Axes along which one ``alpha`` is shared; [1] for sequences, [1, 2] for images.

    Shapes
    ------
    Input (batch, ...); the output has the shape of the input.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.PReLU(alpha_initializer="ones")(np.array([[-1.0, 2.0]]))
    array([[-1.,  2.]], dtype=float32)
    """

    supports_masking = True

    def __init__(
        self,
        alpha_initializer="Zeros",
        alpha_regularizer=None,
        alpha_constraint=None,
        shared_axes=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        if shared_axes is not None:
            shared_axes = list(shared_axes) if isinstance(shared_axes, (list, tuple)) else [shared_axes]
        self.shared_axes = shared_axes

    def build(self, input_shape):
        shape = list(input_shape[1:])
        for axis in self.shared_axes or ():
            shape[axis - 1] = 1
        self.alpha = self.add_weight(
            shape=shape,
            initializer=self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
            name="alpha",
        )

    def call(self, inputs):
        return ops.where(ops.greater(inputs, 0), inputs, self.alpha * inputs)
