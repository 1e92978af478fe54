"""Penalties on weights and activations, added to the loss."""

from __future__ import annotations

import math

from genodl import ops
from genodl._errors import ConfigError, ShapeError
from genodl._lookup import Catalogue
from genodl.losses._tensors import EPSILON, float_tensor


def _strength(value, name, who):
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
        raise ConfigError(f"{who}: expected {name} to be a finite number of 0 or more, got {value!r}.")
    return float(value)


class Regularizer:
    """Base of penalties: override ``__call__`` and ``get_config``.

    Examples
    --------
    >>> import genodl as gd
    >>> class Spread(gd.regularizers.Regularizer):
    ...     def __call__(self, x):
    ...         return gd.ops.var(x)
    ...     def get_config(self):
    ...         return {}
    >>> float(Spread()([1.0, 3.0]))
    1.0
    """

    def __call__(self, x):
        """The penalty of a weight or an output: a scalar tensor."""
        return 0.0

    def get_config(self):
        raise NotImplementedError(f"{type(self).__name__}: expected a method get_config, got none.")

    @classmethod
    def from_config(cls, config):
        return cls(**config)


class L1L2(Regularizer):
    """``l1 * sum(|x|) + l2 * sum(x ** 2)``.

    Parameters
    ----------
    l1, l2 : float

    Examples
    --------
    >>> import genodl as gd
    >>> float(gd.regularizers.L1L2(l1=1.0, l2=0.5)([1.0, -2.0]))
    5.5
    """

    def __init__(self, l1=0.0, l2=0.0):
        self.l1 = _strength(0.0 if l1 is None else l1, "l1", "L1L2")
        self.l2 = _strength(0.0 if l2 is None else l2, "l2", "L1L2")

    def __call__(self, x):
        x = float_tensor(x)
        penalty = ops.zeros((), dtype=x.dtype)
        if self.l1:
            penalty = penalty + self.l1 * ops.sum(ops.absolute(x))
        if self.l2:
            penalty = penalty + self.l2 * ops.sum(ops.square(x))
        return penalty

    def get_config(self):
        return {"l1": self.l1, "l2": self.l2}


class L1(Regularizer):
    """``l1 * sum(|x|)``."""

    def __init__(self, l1=0.01):
        self.l1 = _strength(0.01 if l1 is None else l1, "l1", "L1")

    def __call__(self, x):
        return self.l1 * ops.sum(ops.absolute(float_tensor(x)))

    def get_config(self):
        return {"l1": self.l1}


class L2(Regularizer):
    """``l2 * sum(x ** 2)``."""

    def __init__(self, l2=0.01):
        self.l2 = _strength(0.01 if l2 is None else l2, "l2", "L2")

    def __call__(self, x):
        return self.l2 * ops.sum(ops.square(float_tensor(x)))

    def get_config(self):
        return {"l2": self.l2}


class OrthogonalRegularizer(Regularizer):
    """Draws rows or columns of a matrix towards right angles.

    Parameters
    ----------
    factor : float
    mode : {"rows", "columns"}

    Examples
    --------
    >>> import genodl as gd
    >>> float(gd.regularizers.OrthogonalRegularizer(factor=1.0)([[1.0, 0.0], [0.0, 2.0]]))
    0.0
    """

    def __init__(self, factor=0.01, mode="rows"):
        self.factor = _strength(factor, "factor", "OrthogonalRegularizer")
        if mode not in ("rows", "columns"):
            raise ConfigError(f'OrthogonalRegularizer: expected mode "rows" or "columns", got {mode!r}.')
        self.mode = mode

    def __call__(self, x):
        x = float_tensor(x)
        if len(x.shape) != 2:
            raise ShapeError(f"OrthogonalRegularizer: expected a matrix, got shape {tuple(x.shape)}.")
        vectors = x if self.mode == "rows" else ops.transpose(x)
        squares = ops.sum(ops.square(vectors), axis=1, keepdims=True)
        vectors = vectors * ops.rsqrt(ops.maximum(squares, EPSILON**2))
        n = vectors.shape[0]
        if n < 2:
            return ops.zeros((), dtype=x.dtype)
        cosines = ops.matmul(vectors, ops.transpose(vectors)) * (1.0 - ops.eye(n, dtype=x.dtype))
        return (self.factor / (n * (n - 1.0))) * ops.sum(ops.absolute(cosines))

    def get_config(self):
        return {"factor": self.factor, "mode": self.mode}


l1 = L1
l2 = L2
l1_l2 = L1L2
orthogonal_regularizer = OrthogonalRegularizer

_CATALOGUE = Catalogue(
    "regularizer", [Regularizer, L1, L2, L1L2, OrthogonalRegularizer], {"l1l2": L1L2, "l1_l2": L1L2}
)


def get(identifier):
    """A regularizer from its name, config, class or a callable."""
    return _CATALOGUE.get(identifier)


def serialize(regularizer):
    """The config of a regularizer."""
    return _CATALOGUE.serialize(regularizer)


def deserialize(config, custom_objects=None):
    """The regularizer of a config made by :func:`serialize`."""
    return _CATALOGUE.deserialize(config, custom_objects)
