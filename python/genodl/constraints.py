"""Limits on weights, restored after every training step."""

from __future__ import annotations

from genodl import ops
from genodl._lookup import Catalogue
from genodl.losses._tensors import EPSILON, float_tensor


class Constraint:
    """Base of constraints: override ``__call__``.

    Examples
    --------
    >>> import genodl as gd
    >>> class AtMostOne(gd.constraints.Constraint):
    ...     def __call__(self, w):
    ...         return gd.ops.minimum(w, 1.0)
    >>> AtMostOne()([0.5, 2.0])
    array([0.5, 1. ], dtype=float32)
    """

    def __call__(self, w):
        """The weights nearest to ``w`` that are allowed, of the same shape."""
        return w

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def _norms(w, axis):
    return ops.sqrt(ops.sum(ops.square(w), axis=axis, keepdims=True))


class MaxNorm(Constraint):
    """Vectors along ``axis`` are at most ``max_value`` long.

    Parameters
    ----------
    max_value : float
    axis : int or tuple of int
        (0, 1) for kernels (length, in, out) gives each filter a norm.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.constraints.MaxNorm(1.0)([[3.0], [4.0]]).round(4)
    array([[0.6],
           [0.8]], dtype=float32)
    """

    def __init__(self, max_value=2, axis=0):
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w):
        w = float_tensor(w)
        norms = _norms(w, self.axis)
        return w * (ops.clip(norms, 0.0, float(self.max_value)) / (EPSILON + norms))

    def get_config(self):
        return {"max_value": self.max_value, "axis": self.axis}


class NonNeg(Constraint):
    """Negative weights become 0."""

    def __call__(self, w):
        return ops.maximum(float_tensor(w), 0.0)


class UnitNorm(Constraint):
    """Vectors along ``axis`` have length 1."""

    def __init__(self, axis=0):
        self.axis = axis

    def __call__(self, w):
        w = float_tensor(w)
        return w / (EPSILON + _norms(w, self.axis))

    def get_config(self):
        return {"axis": self.axis}


class MinMaxNorm(Constraint):
    """Vectors along ``axis`` are drawn to lengths from ``min_value`` to ``max_value``.

    Parameters
    ----------
    min_value, max_value : float
    rate : float
        1 enforces the limits at every step, less moves towards them.
    axis : int or tuple of int
    """

    def __init__(self, min_value=0.0, max_value=1.0, rate=1.0, axis=0):
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w):
        w = float_tensor(w)
        norms = _norms(w, self.axis)
        allowed = ops.clip(norms, float(self.min_value), float(self.max_value))
        return w * ((self.rate * allowed + (1.0 - self.rate) * norms) / (EPSILON + norms))

    def get_config(self):
        return {
            "min_value": self.min_value,
            "max_value": self.max_value,
            "rate": self.rate,
            "axis": self.axis,
        }


max_norm = MaxNorm
min_max_norm = MinMaxNorm
non_neg = NonNeg
unit_norm = UnitNorm

_CATALOGUE = Catalogue("constraint", [Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm])


def get(identifier):
    """A constraint from its name, config, class or a callable."""
    return _CATALOGUE.get(identifier)


def serialize(constraint):
    """The config of a constraint."""
    return _CATALOGUE.serialize(constraint)


def deserialize(config, custom_objects=None):
    """The constraint of a config made by :func:`serialize`."""
    return _CATALOGUE.deserialize(config, custom_objects)
