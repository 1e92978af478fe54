"""Exponentials, logarithms and the functions built on them."""

from __future__ import annotations

import math

import numpy as np

from genodl._operation import operation
from genodl.ops._common import as_float, emit, operands


@operation
def exp(x):
    """e to the power of ``x``."""
    return emit("exp", as_float(x))


@operation
def exp2(x):
    """2 to the power of ``x``."""
    x = as_float(x)
    return emit("power", np.asarray(2, x.dtype), x)


@operation
def expm1(x):
    """``exp(x) - 1``, exact for small ``x``."""
    return emit("expm1", as_float(x))


@operation
def log(x):
    """The natural logarithm."""
    return emit("log", as_float(x))


@operation
def log1p(x):
    """``log(1 + x)``, exact for small ``x``."""
    return emit("log1p", as_float(x))


@operation
def log2(x):
    """The logarithm to base 2."""
    return emit("log2", as_float(x))


@operation
def log10(x):
    """The logarithm to base 10."""
    return emit("log10", as_float(x))


@operation
def logaddexp(x1, x2):
    """``log(exp(x1) + exp(x2))`` without overflow."""
    x1, x2 = (as_float(x) for x in operands(x1, x2))
    # Twins of equal infinities differ by nan: their difference is 0 here.
    same = emit("equal", x1, x2)
    gap = emit("subtract", x1, x2)
    gap = emit("where", same, np.zeros((), gap.dtype), gap)
    return emit("add", x2, emit("softplus", gap))


@operation
def erf(x):
    """The error function."""
    return emit("erf", as_float(x))


@operation
def erfc(x):
    """One minus the error function."""
    x = emit("erf", as_float(x))
    return emit("subtract", np.ones((), x.dtype), x)


@operation
def erfinv(x):
    """The inverse of :func:`erf` on (-1, 1)."""
    return emit("erfinv", as_float(x))


@operation
def lgamma(x):
    """The logarithm of the absolute value of the gamma function."""
    return emit("lgamma", as_float(x))


@operation
def digamma(x):
    """The derivative of :func:`lgamma`; it has no gradient itself."""
    return emit("digamma", as_float(x))


@operation
def sigmoid(x):
    """``1 / (1 + exp(-x))``."""
    return emit("sigmoid", as_float(x))


@operation
def softplus(x):
    """``log(1 + exp(x))`` without overflow."""
    return emit("softplus", as_float(x))


@operation
def log_sigmoid(x):
    """``log(sigmoid(x))`` without overflow."""
    return emit("log_sigmoid", as_float(x))


@operation
def logit(x):
    """``log(x / (1 - x))``, the inverse of :func:`sigmoid`."""
    x = as_float(x)
    return emit("subtract", emit("log", x), emit("log1p", emit("negative", x)))


@operation
def deg2rad(x):
    """Degrees as radians."""
    x = as_float(x)
    return emit("multiply", x, np.asarray(math.pi / 180, x.dtype))


@operation
def rad2deg(x):
    """Radians as degrees."""
    x = as_float(x)
    return emit("multiply", x, np.asarray(180 / math.pi, x.dtype))
