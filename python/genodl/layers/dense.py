"""The fully connected layer."""

from __future__ import annotations

from genodl import activations, constraints, initializers, ops, regularizers
from genodl._errors import ShapeError
from genodl.layers.layer import Layer


class Dense(Layer):
    """``activation(inputs @ kernel + bias)`` over the last axis.

    Parameters
    ----------
    units : int
        Size of the output's last axis.
    activation : str or callable, optional
    use_bias : bool
    kernel_initializer, bias_initializer : str or Initializer
    kernel_regularizer, bias_regularizer : str or Regularizer, optional
    kernel_constraint, bias_constraint : str or Constraint, optional

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Dense(3)(np.ones((2, 5))).shape
    (2, 3)
    """

    def __init__(self, units, activation=None, use_bias=True, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, lora_rank=None, lora_alpha=None, **kwargs):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        if isinstance(units, bool) or not isinstance(units, int) or units < 1:
            raise ValueError(f"Dense: expected units to be a positive whole number, got {units!r}.")
        if lora_rank is not None:
            from genodl._errors import NotSupportedError

            raise NotSupportedError("Dense: lora_rank is not supported. Leave it out.")
        self.units = units
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.supports_masking = True

    def build(self, input_shape):
        if not input_shape or input_shape[-1] is None:
            raise ShapeError(f"{self.name}: expected an input whose last size is known, got {tuple(input_shape)}.")
        self._inputs_size = input_shape[-1]
        self.kernel = self.add_weight((input_shape[-1], self.units), self.kernel_initializer, name="kernel",
                                      regularizer=self.kernel_regularizer, constraint=self.kernel_constraint)
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight((self.units,), self.bias_initializer, name="bias",
                                        regularizer=self.bias_regularizer, constraint=self.bias_constraint)

    def call(self, inputs, training=None):
        if not inputs.shape or inputs.shape[-1] != self._inputs_size:
            raise ShapeError(
                f"{self.name}: expected inputs with last size {self._inputs_size}, got shape {tuple(inputs.shape)}."
            )
        x = ops.matmul(inputs, self.kernel)
        if self.bias is not None:
            x = x + self.bias
        return x if self.activation is None else self.activation(x)

    def compute_output_shape(self, input_shape):
        return (*tuple(input_shape)[:-1], self.units)
