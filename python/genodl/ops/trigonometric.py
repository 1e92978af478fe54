"""Circular and hyperbolic functions and their inverses."""

from __future__ import annotations

from genodl._operation import operation
from genodl.ops._common import as_float, emit, operands


@operation
def sin(x):
    """The sine of radians."""
    return emit("sin", as_float(x))


@operation
def cos(x):
    """The cosine of radians."""
    return emit("cos", as_float(x))


@operation
def tan(x):
    """The tangent of radians."""
    return emit("tan", as_float(x))


@operation
def arcsin(x):
    """The inverse of :func:`sin`."""
    return emit("asin", as_float(x))


@operation
def arccos(x):
    """The inverse of :func:`cos`."""
    return emit("acos", as_float(x))


@operation
def arctan(x):
    """The inverse of :func:`tan`."""
    return emit("atan", as_float(x))


@operation
def arctan2(x1, x2):
    """The angle of the point ``(x2, x1)``, from -pi to pi."""
    return emit("arctan2", *(as_float(x) for x in operands(x1, x2)))


@operation
def sinh(x):
    """The hyperbolic sine."""
    return emit("sinh", as_float(x))


@operation
def cosh(x):
    """The hyperbolic cosine."""
    return emit("cosh", as_float(x))


@operation
def tanh(x):
    """The hyperbolic tangent."""
    return emit("tanh", as_float(x))


@operation
def arcsinh(x):
    """The inverse of :func:`sinh`."""
    return emit("asinh", as_float(x))


@operation
def arccosh(x):
    """The inverse of :func:`cosh`."""
    return emit("acosh", as_float(x))


@operation
def arctanh(x):
    """The inverse of :func:`tanh`."""
    return emit("atanh", as_float(x))
