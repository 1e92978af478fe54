"""Vectors for integers."""

from __future__ import annotations

from genodl import constraints, initializers, ops, regularizers
from genodl.layers.layer import Layer


class Embedding(Layer):
    """A trainable vector for each integer.

    Parameters
    ----------
    input_dim : int
        Number of vectors: inputs go from 0 to ``input_dim - 1``.
    output_dim : int
        Length of each vector.
    embeddings_initializer, embeddings_regularizer, embeddings_constraint
    mask_zero : bool
        Whether 0 stands for padding, which layers behind this one leave out.
    weights : array, optional
        First values, (input_dim, output_dim).

    Shapes
    ------
    Input (batch, ...), output (batch, ..., output_dim).

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Embedding(10, 4)(np.array([[1, 2, 3]])).shape
    (1, 3, 4)
    """

    def __init__(
        self,
        input_dim,
        output_dim,
        embeddings_initializer="uniform",
        embeddings_regularizer=None,
        embeddings_constraint=None,
        mask_zero=False,
        weights=None,
        **kwargs,
    ):
        for name, value in {"input_dim": input_dim, "output_dim": output_dim}.items():
            if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
                raise ValueError(f"Embedding: expected {name} to be a positive int, got {value!r}.")
        super().__init__(**kwargs)
        self.input_dim = input_dim
        self.output_dim = output_dim
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = mask_zero
        self.supports_masking = mask_zero
        if weights is not None:
            self.build()
            self.set_weights(weights if isinstance(weights, list) and len(weights) == 1 else [weights])

    def build(self, input_shape=None):
        if self.built:
            return
        self.embeddings = self.add_weight(
            shape=(self.input_dim, self.output_dim),
            initializer=self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
            name="embeddings",
        )

    def call(self, inputs):
        if inputs.dtype not in ("int32", "int64"):
            inputs = ops.cast(inputs, "int32")
        return ops.take(self.embeddings, inputs, axis=0)

    def compute_mask(self, inputs, previous_mask=None):
        return ops.not_equal(inputs, 0) if self.mask_zero else None

    def get_config(self):
        config = super().get_config()
        del config["weights"]
        return config
