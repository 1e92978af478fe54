"""Sums, products, powers, extremes and rounding, element by element."""

from __future__ import annotations

import numpy as np

from genodl._dtypes import is_float
from genodl._operation import operation
from genodl.ops._common import as_float, emit, is_number, live, operands, to_dtype


def _both_bool(x1, x2):
    return x1.dtype == "bool" and x2.dtype == "bool"


def _no_bools(x1, x2):
    """Truth values count as 0 and 1."""
    return [to_dtype(x, "int32") for x in (x1, x2)] if _both_bool(x1, x2) else [x1, x2]


@operation
def add(x1, x2):
    """Element-wise sum.

    Parameters
    ----------
    x1, x2 : tensor
        Of shapes that broadcast.

    Examples
    --------
    >>> from genodl import ops
    >>> ops.add([1.0, 2.0], 3)
    array([4., 5.], dtype=float32)
    """
    x1, x2 = operands(x1, x2)
    return emit("logical_or" if _both_bool(x1, x2) else "add", x1, x2)


@operation
def subtract(x1, x2):
    """Element-wise difference ``x1 - x2``."""
    return emit("subtract", *_no_bools(*operands(x1, x2)))


@operation
def multiply(x1, x2):
    """Element-wise product."""
    x1, x2 = operands(x1, x2)
    return emit("logical_and" if _both_bool(x1, x2) else "multiply", x1, x2)


@operation
def divide(x1, x2):
    """Element-wise quotient ``x1 / x2``; integers give float32."""
    x1, x2 = operands(x1, x2)
    if not is_float(x1.dtype) and not is_float(x2.dtype):
        x1, x2 = as_float(x1), as_float(x2)
    return emit("divide", x1, x2)


@operation
def true_divide(x1, x2):
    """The same as :func:`divide`."""
    return divide(x1, x2)


@operation
def divide_no_nan(x1, x2):
    """``x1 / x2``, and 0 where ``x2`` is 0."""
    x1, x2 = (as_float(x) for x in operands(x1, x2))
    empty = emit("equal", x2, np.zeros((), x2.dtype))
    safe = emit("where", empty, np.ones((), x2.dtype), x2)
    quotient = emit("divide", x1, safe)
    return emit("where", empty, np.zeros((), quotient.dtype), quotient)


@operation
def power(x1, x2):
    """``x1`` to the power of ``x2``.

    Examples
    --------
    >>> from genodl import ops
    >>> ops.power([1.0, 2.0, 3.0], 2)
    array([1., 4., 9.], dtype=float32)
    """
    if is_number(x2) and x2 == 2 and not is_number(x1):
        x1 = operands(x1, x2)[0]
        if is_float(x1.dtype):
            return emit("square", x1)
    return emit("power", *_no_bools(*operands(x1, x2)))


@operation
def floor_divide(x1, x2):
    """The largest integer not above ``x1 / x2``."""
    return emit("floor_divide", *_no_bools(*operands(x1, x2)))


@operation
def mod(x1, x2):
    """The remainder of ``x1 / x2``, with the sign of ``x2``."""
    return emit("mod", *_no_bools(*operands(x1, x2)))


@operation
def maximum(x1, x2):
    """The larger of two, element-wise."""
    x1, x2 = operands(x1, x2)
    return emit("logical_or" if _both_bool(x1, x2) else "maximum", x1, x2)


@operation
def minimum(x1, x2):
    """The smaller of two, element-wise."""
    x1, x2 = operands(x1, x2)
    return emit("logical_and" if _both_bool(x1, x2) else "minimum", x1, x2)


@operation
def negative(x):
    """``-x``."""
    return emit("negative", x)


@operation
def absolute(x):
    """The absolute value."""
    x = live(x)
    return x if x.dtype == "bool" else emit("abs", x)


@operation
def abs(x):
    """The absolute value; the same as :func:`absolute`."""
    return absolute(x)


@operation
def sign(x):
    """-1, 0 or 1."""
    return emit("sign", x)


@operation
def square(x):
    """``x * x``."""
    x = live(x)
    return emit("square", to_dtype(x, "int32") if x.dtype == "bool" else x)


@operation
def sqrt(x):
    """The square root; nan for negative numbers."""
    return emit("sqrt", as_float(x))


@operation
def rsqrt(x):
    """One over the square root."""
    return emit("rsqrt", as_float(x))


@operation
def reciprocal(x):
    """One over ``x``."""
    return emit("reciprocal", as_float(x))


@operation
def cbrt(x):
    """The real cube root, negative for negative numbers."""
    x = as_float(x)
    root = emit("power", emit("abs", x), np.asarray(1 / 3, x.dtype))
    return emit("multiply", emit("sign", x), root)


@operation
def hypot(x1, x2):
    """``sqrt(x1**2 + x2**2)`` without overflow."""
    a, b = (emit("abs", as_float(x)) for x in operands(x1, x2))
    large, small = emit("maximum", a, b), emit("minimum", a, b)
    ratio = divide_no_nan(small, large)
    return emit("multiply", large, emit("sqrt", add(emit("square", ratio), 1)))


@operation
def floor(x):
    """The largest integer not above ``x``, as a float."""
    return emit("floor", as_float(x))


@operation
def ceil(x):
    """The smallest integer not below ``x``, as a float."""
    return emit("ceil", as_float(x))


@operation
def trunc(x):
    """``x`` without its fraction."""
    x = live(x)
    return emit("trunc", x) if is_float(x.dtype) else x


@operation
def round(x, decimals=0):
    """The nearest number with ``decimals`` decimals; halves go to the even neighbour."""
    x = live(x)
    if not is_float(x.dtype) and decimals >= 0:
        return x
    if decimals == 0:
        return emit("round", x)
    scaled = emit("round", multiply(as_float(x), 10.0**decimals))
    return to_dtype(divide(scaled, 10.0**decimals), x.dtype)


@operation
def clip(x, x_min, x_max):
    """``x`` held between two bounds.

    Parameters
    ----------
    x : tensor
    x_min, x_max : number or tensor

    Examples
    --------
    >>> from genodl import ops
    >>> ops.clip([-2.0, 0.5, 3.0], 0, 1)
    array([0. , 0.5, 1. ], dtype=float32)
    """
    x = live(x)
    return minimum(maximum(to_dtype(x, "int32") if x.dtype == "bool" else x, x_min), x_max)


@operation
def nan_to_num(x, nan=0.0, posinf=None, neginf=None):
    """Finite numbers for nan and the infinities: by default 0 and the largest of the dtype."""
    x = live(x)
    if not is_float(x.dtype):
        return x
    limits = np.finfo(x.dtype)
    posinf = limits.max if posinf is None else posinf
    neginf = limits.min if neginf is None else neginf
    infinite, positive = emit("isinf", x), emit("greater", x, np.zeros((), x.dtype))
    bound = emit("where", positive, np.asarray(posinf, x.dtype), np.asarray(neginf, x.dtype))
    finite = emit("where", infinite, bound, x)
    return emit("where", emit("isnan", x), np.asarray(nan, x.dtype), finite)
