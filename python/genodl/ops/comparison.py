"""Comparisons, logic, tests for special values, and choosing by a condition."""

from __future__ import annotations

import numpy as np

from genodl._dtypes import is_float
from genodl._errors import NotSupportedError
from genodl._operation import operation
from genodl.ops._common import emit, is_symbolic, live, operands, to_dtype, zeros_from


@operation
def equal(x1, x2):
    """``x1 == x2``, element-wise, as bool."""
    return emit("equal", *operands(x1, x2))


@operation
def not_equal(x1, x2):
    """``x1 != x2``, element-wise, as bool."""
    return emit("not_equal", *operands(x1, x2))


@operation
def less(x1, x2):
    """``x1 < x2``, element-wise, as bool."""
    return emit("less", *operands(x1, x2))


@operation
def less_equal(x1, x2):
    """``x1 <= x2``, element-wise, as bool."""
    return emit("less_equal", *operands(x1, x2))


@operation
def greater(x1, x2):
    """``x1 > x2``, element-wise, as bool."""
    return emit("greater", *operands(x1, x2))


@operation
def greater_equal(x1, x2):
    """``x1 >= x2``, element-wise, as bool."""
    return emit("greater_equal", *operands(x1, x2))


def _truths(*xs):
    return [to_dtype(x, "bool") for x in xs]


@operation
def logical_and(x1, x2):
    """Whether both are true (not 0)."""
    return emit("logical_and", *_truths(x1, x2))


@operation
def logical_or(x1, x2):
    """Whether one of both is true (not 0)."""
    return emit("logical_or", *_truths(x1, x2))


@operation
def logical_xor(x1, x2):
    """Whether exactly one of both is true (not 0)."""
    return emit("logical_xor", *_truths(x1, x2))


@operation
def logical_not(x):
    """Whether ``x`` is false (0)."""
    return emit("logical_not", *_truths(x))


def _special(op, x):
    x = live(x)
    return emit(op, x) if is_float(x.dtype) else zeros_from(x, op == "isfinite", "bool")


@operation
def isnan(x):
    """Where ``x`` is not a number."""
    return _special("isnan", x)


@operation
def isinf(x):
    """Where ``x`` is infinite."""
    return _special("isinf", x)


@operation
def isfinite(x):
    """Where ``x`` is neither infinite nor nan."""
    return _special("isfinite", x)


@operation
def isclose(x1, x2, rtol=1e-5, atol=1e-8, equal_nan=False):
    """Where ``|x1 - x2| <= atol + rtol * |x2|``; equal infinities are close."""
    from genodl.ops.arithmetic import absolute, add, multiply, subtract

    x1, x2 = operands(x1, x2)
    near = less_equal(absolute(subtract(x1, x2)), add(multiply(absolute(x2), rtol), atol))
    close = logical_or(equal(x1, x2), logical_and(near, isfinite(x2)))
    if equal_nan:
        close = logical_or(close, logical_and(isnan(x1), isnan(x2)))
    return close


@operation
def allclose(x1, x2, rtol=1e-5, atol=1e-8, equal_nan=False):
    """Whether :func:`isclose` holds everywhere."""
    from genodl.ops.reduction import all

    return all(isclose(x1, x2, rtol, atol, equal_nan))


@operation
def where(condition, x1=None, x2=None):
    """``x1`` where the condition is true, else ``x2``.

    Parameters
    ----------
    condition : tensor
        Bool, or anything that is true where it is not 0.
    x1, x2 : tensor or number, optional
        Without both, the answer is the indices of the true elements (arrays only).

    Examples
    --------
    >>> from genodl import ops
    >>> ops.where([True, False], 1.0, -1.0)
    array([ 1., -1.], dtype=float32)
    """
    if (x1 is None) != (x2 is None):
        raise ValueError("where: expected both x1 and x2 or none of them, got one.")
    if x1 is None:
        return nonzero(condition)
    return emit("where", to_dtype(condition, "bool"), *operands(x1, x2))


def nonzero(x):
    """Indices of the elements that are not 0, one int32 array an axis (arrays only)."""
    x = live(x)
    if is_symbolic(x):
        raise NotSupportedError(
            "nonzero: the number of true elements of a symbolic tensor is unknown. Use where(condition, x1, x2)."
        )
    return tuple(i.astype("int32") for i in np.nonzero(np.atleast_1d(x)))
