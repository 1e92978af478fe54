"""Pooling whose weights are a softmax of learnt scores."""

from __future__ import annotations

from genodl import constraints, initializers, ops, regularizers
from genodl._errors import ShapeError
from genodl.layers._arguments import SEQUENCE, expect_rank, sizes
from genodl.layers.layer import Layer


class AttentionPooling1D(Layer):
    """The weighted mean of windows side by side; scores of the positions decide the weights.

    ``scores = inputs @ kernel``, softmax over each window, sum. A kernel of zeros averages; the identity times
    a large number takes the maximum, which is why it begins as twice the identity. The pooling of Enformer
    (Avsec et al. 2021).

    Parameters
    ----------
    pool_size : int
        Length of a window. Positions that do not fill one are left out.
    per_channel : bool
        Whether each channel has weights of its own, or all share one.
    kernel_initializer : str or Initializer, optional
        Twice the identity when left out.
    kernel_regularizer : str or Regularizer, optional
    kernel_constraint : str or Constraint, optional

    Shapes
    ------
    Input (batch, length, channels), output (batch, length // pool_size, channels).

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> x = np.array([[[0.0], [0.0], [1.0], [9.0], [5.0]]])
    >>> gd.layers.AttentionPooling1D(2)(x)
    array([[[0.      ],
            [8.999999]]], dtype=float32)
    """

    def __init__(self, pool_size=2, per_channel=True, kernel_initializer=None, kernel_regularizer=None,
                 kernel_constraint=None, **kwargs):
        super().__init__(**kwargs)
        self.pool_size = sizes("AttentionPooling1D", "pool_size", pool_size, 1)
        self.per_channel = per_channel
        self.kernel_initializer = initializers.get(kernel_initializer or initializers.Identity(2.0))
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)

    def build(self, input_shape):
        if len(input_shape) != 3 or input_shape[2] is None:
            raise ShapeError(f"{self.name}: expected (batch, length, channels) with known channels, got {input_shape}.")
        channels = input_shape[2]
        self.kernel = self.add_weight((channels, channels if self.per_channel else 1), self.kernel_initializer,
                                      name="kernel", regularizer=self.kernel_regularizer,
                                      constraint=self.kernel_constraint)

    def call(self, inputs):
        expect_rank(self, inputs, 3, SEQUENCE)
        (size,) = self.pool_size
        length, channels = inputs.shape[1:]
        if length < size:
            raise ShapeError(f"{self.name}: expected at least {size} positions, got shape {tuple(inputs.shape)}.")
        windows = ops.reshape(inputs[:, : length // size * size], (-1, length // size, size, channels))
        weights = ops.softmax(ops.matmul(windows, self.kernel), axis=2)
        return ops.sum(windows * weights, axis=2)
