"""What the functions of ``gd.ops`` share: operands, axes and shapes in normal form."""

from __future__ import annotations

import numpy as np

from genodl import _core, _trace
from genodl._dtypes import is_float, standardize
from genodl._errors import ConfigError, ShapeError
from genodl._operation import emit, live
from genodl._tensor import KerasTensor
from genodl._variable import Variable

__all__ = [
    "as_float",
    "axes_of",
    "axis_of",
    "constant",
    "emit",
    "fit",
    "ints",
    "is_number",
    "is_symbolic",
    "live",
    "operands",
    "result_type",
    "to_dtype",
    "zeros_from",
]


def is_symbolic(x):
    return isinstance(x, KerasTensor)


def is_number(x):
    """True for scalars that take the dtype of what they meet: ``x * 2``, ``x / np.sqrt(3)``."""
    return isinstance(x, (bool, int, float, np.bool_, np.integer, np.floating))


def fit(number, dtype):
    """A number as an array of ``dtype``, or of the nearest dtype that can hold its kind."""
    if isinstance(number, (float, np.floating)):
        return np.asarray(number, dtype if is_float(dtype) else "float32")
    if not isinstance(number, (bool, np.bool_)):
        narrow = dtype == "bool" or (dtype == "uint8" and not 0 <= number <= 255)
        if narrow or (dtype == "int32" and not -(2**31) <= number < 2**31):
            dtype = "int32" if -(2**31) <= number < 2**31 else "int64"
    return np.asarray(number, dtype)


def operands(*xs):
    """Live tensors or arrays of all operands, numbers fitted to the others."""
    taken = [x if is_number(x) else live(x) for x in xs]
    others = [x.dtype for x in taken if not is_number(x)]
    if not others:
        return [live(x) for x in taken]
    dtype = result_type(*others)
    return [fit(x, dtype) if is_number(x) else x for x in taken]


_ORDER = ("bool", "uint8", "int32", "int64", "float32", "float64")


def result_type(*dtypes):
    """The dtype in which tensors meet: floats win over integers, wide over narrow."""
    return max((standardize(d) for d in dtypes), key=_ORDER.index)


def to_dtype(x, dtype):
    """``x`` in another dtype, itself where it has that dtype."""
    x = live(x)
    dtype = standardize(dtype)
    if standardize(x.dtype) == dtype:
        return x
    if dtype == "bool":
        return emit("not_equal", x, np.zeros((), x.dtype))
    return emit("cast", x, dtype=dtype)


def as_float(x):
    """``x`` as a float: integers become float32."""
    x = live(x)
    return x if is_float(x.dtype) else to_dtype(x, "float32")


def constant(array):
    """A live tensor that holds ``array``."""
    return _trace.live_tensor(_core.constant(array))


def zeros_from(x, value, dtype, shape=None):
    """``value`` in the shape of ``x``; no array is made where ``x`` is live."""
    shape = tuple(x.shape) if shape is None else shape
    if is_symbolic(x):
        return emit("broadcast_to", constant(np.asarray(value, dtype)), shape=list(shape))
    return np.full(shape, value, dtype)


def ints(values, who, what):
    """A list of Python ints from an int or a sequence of ints."""
    values = [values] if isinstance(values, (int, np.integer)) else values
    if isinstance(values, Variable):
        values = values.numpy()
    if isinstance(values, np.ndarray):
        values = values.reshape(-1).tolist()
    try:
        return [int(v.__index__()) for v in values]
    except (TypeError, AttributeError):
        raise ConfigError(f"{who}: expected {what} as integers, got {values!r}.") from None


def axis_of(axis, rank, who):
    """An axis counted from the front."""
    if not isinstance(axis, (int, np.integer)):
        raise ConfigError(f"{who}: expected an integer axis, got {axis!r}.")
    if not -rank <= axis < rank:
        raise ShapeError(f"{who}: expected an axis from {-rank} to {rank - 1}, got {axis}.")
    return int(axis) % rank


def axes_of(axis, rank, who):
    """Sorted axes counted from the front; None means all."""
    if axis is None:
        return list(range(rank))
    axes = [axis_of(a, rank, who) for a in (axis if isinstance(axis, (list, tuple)) else [axis])]
    if len(set(axes)) != len(axes):
        raise ConfigError(f"{who}: expected each axis once, got {axis}.")
    return sorted(axes)
