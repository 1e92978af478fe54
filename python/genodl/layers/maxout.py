"""The largest of several linear functions."""

from __future__ import annotations

from genodl import constraints, initializers, ops, regularizers
from genodl._errors import ShapeError
from genodl.layers.layer import Layer


class Maxout(Layer):
    """A dense layer whose activation is learnt: the largest of ``pieces`` linear functions (Goodfellow, 2013).

    Parameters
    ----------
    units : int
    pieces : int
        Linear functions for each unit.
    use_bias : bool
    kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, kernel_constraint, bias_constraint

    Shapes
    ------
    Input (batch, ..., features), output (batch, ..., units). The kernel is (features, units * pieces), with
    the pieces of a unit side by side.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Maxout(3, pieces=2)(np.ones((5, 4))).shape
    (5, 3)
    """

    supports_masking = True

    def __init__(
        self,
        units,
        pieces=2,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        for name, value in {"units": units, "pieces": pieces}.items():
            if not isinstance(value, int) or value <= 0:
                raise ValueError(f"Maxout: expected {name} to be a positive int, got {value!r}.")
        self.units = units
        self.pieces = pieces
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units * self.pieces),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(self.units * self.pieces,),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def call(self, inputs):
        if inputs.shape[-1] != self.kernel.shape[0]:
            raise ShapeError(
                f"{self.name}: expected inputs with {self.kernel.shape[0]} features, got shape {tuple(inputs.shape)}."
            )
        x = ops.matmul(inputs, self.kernel)
        if self.bias is not None:
            x = x + self.bias
        return ops.max(ops.reshape(x, (*x.shape[:-1], self.units, self.pieces)), axis=-1)
