"""New tensors, and the ways in and out of NumPy."""

from __future__ import annotations

import numpy as np

from genodl._dtypes import standardize, to_array
from genodl._operation import operation
from genodl._tensor import KerasTensor
from genodl._variable import Variable
from genodl.ops._common import emit, fit, is_number, is_symbolic, live, to_dtype, zeros_from


def _sizes(shape):
    return (int(shape),) if isinstance(shape, (int, np.integer)) else tuple(int(d) for d in shape)


def _engine(dtype):
    return to_array(np.zeros((), "float32"), standardize(dtype)).dtype


def zeros(shape, dtype=None):
    """An array of zeros, float32 by default."""
    return np.zeros(_sizes(shape), _engine(dtype))


def ones(shape, dtype=None):
    """An array of ones, float32 by default."""
    return np.ones(_sizes(shape), _engine(dtype))


def empty(shape, dtype=None):
    """An array whose values do not matter; they are zeros here."""
    return zeros(shape, dtype)


@operation
def full(shape, fill_value, dtype=None):
    """A tensor filled with a value, in the dtype of the value by default."""
    value = live(fill_value)
    value = value if dtype is None else to_dtype(value, dtype)
    return emit("broadcast_to", value, shape=list(_sizes(shape)))


@operation
def zeros_like(x, dtype=None):
    """Zeros in the shape and dtype of ``x``."""
    x = live(x)
    return zeros_from(x, 0, standardize(dtype or x.dtype))


@operation
def ones_like(x, dtype=None):
    """Ones in the shape and dtype of ``x``."""
    x = live(x)
    return zeros_from(x, 1, standardize(dtype or x.dtype))


@operation
def empty_like(x, dtype=None):
    """A tensor of the shape and dtype of ``x`` whose values do not matter; they are zeros here."""
    return zeros_like(x, dtype)


@operation
def full_like(x, fill_value, dtype=None):
    """``fill_value`` in the shape and dtype of ``x``."""
    x = live(x)
    dtype = standardize(dtype or x.dtype)
    if is_number(fill_value):
        return zeros_from(x, fill_value, dtype)
    return emit("broadcast_to", to_dtype(fill_value, dtype), shape=list(x.shape))


def eye(N, M=None, k=0, dtype=None):
    """A matrix with ones on its ``k``-th diagonal, float32 by default."""
    return np.eye(N, M, k, dtype=_engine(dtype))


def identity(n, dtype=None):
    """The identity matrix, float32 by default."""
    return eye(n, dtype=dtype)


def tri(N, M=None, k=0, dtype=None):
    """A matrix with ones on and below its ``k``-th diagonal, float32 by default."""
    return np.tri(N, M, k, dtype=_engine(dtype))


def arange(start, stop=None, step=None, dtype=None):
    """Numbers from ``start`` (0 where only one bound is given) up to, not including, ``stop``.

    Examples
    --------
    >>> from genodl import ops
    >>> ops.arange(4)
    array([0, 1, 2, 3], dtype=int32)
    """
    bounds = [b for b in (start, stop, 1 if step is None else step) if b is not None]
    made = np.arange(*(bounds if stop is not None else [0, *bounds]))
    return made.astype(_engine(dtype) if dtype is not None else _default(made.dtype))


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    """``num`` numbers at equal distances from ``start`` to ``stop``."""
    start, stop = (np.asarray(live(b), "float64") for b in (start, stop))
    made, step = np.linspace(start, stop, num, endpoint, retstep=True, axis=axis)
    made = made.astype(_engine(dtype))
    return (made, step) if retstep else made


def logspace(start, stop, num=50, endpoint=True, base=10, dtype=None, axis=0):
    """``base`` to the powers of :func:`linspace`."""
    made = np.logspace(np.asarray(start), np.asarray(stop), num, endpoint, base, axis=axis)
    return made.astype(_engine(dtype))


def _default(dtype):
    return {"float64": "float32", "int64": "int32"}.get(dtype.name, dtype)


@operation
def convert_to_tensor(x, dtype=None, sparse=None, ragged=None):
    """``x`` as a tensor: an array of an engine dtype; symbolic tensors stay symbolic.

    Parameters
    ----------
    x : array-like, Variable or tensor
        Python floats become float32 and ints int32.
    dtype : str, optional
    sparse, ragged : bool, optional
        Accepted as in Keras; tensors are dense here.

    Examples
    --------
    >>> from genodl import ops
    >>> ops.convert_to_tensor([1, 2.5])
    array([1. , 2.5], dtype=float32)
    """
    if isinstance(x, KerasTensor):
        return x if dtype is None else to_dtype(x, dtype)
    if is_number(x) and dtype is not None:
        return fit(x, standardize(dtype)).astype(_engine(dtype))
    taken = live(x)
    if is_symbolic(taken):
        return taken if dtype is None else to_dtype(taken, dtype)
    made = taken if dtype is None else to_dtype(taken, dtype)
    return made.copy() if isinstance(x, Variable) else made


def array(x, dtype=None):
    """The same as :func:`convert_to_tensor`."""
    return convert_to_tensor(x, dtype)


def convert_to_numpy(x):
    """The values of a tensor as a NumPy array."""
    return x.numpy() if isinstance(x, Variable) else np.array(x)


@operation
def copy(x):
    """``x`` in memory of its own."""
    return emit("identity", x)


@operation
def stop_gradient(variable):
    """``variable``, through which no gradient flows.

    Examples
    --------
    >>> from genodl import ops
    >>> ops.stop_gradient([1.0])
    array([1.], dtype=float32)
    """
    return emit("stop_gradient", variable)


def shape(x):
    """The sizes of ``x``; None where an outline does not know them yet."""
    return tuple(x.shape) if hasattr(x, "shape") else np.shape(x)


def ndim(x):
    """How many axes ``x`` has."""
    return len(shape(x))


def size(x):
    """How many elements ``x`` has; None where unknown."""
    sizes = shape(x)
    return None if None in sizes else int(np.prod(sizes, dtype="int64"))


def dtype(x):
    """The name of the dtype of ``x``."""
    return standardize(x.dtype if hasattr(x, "dtype") else live(x).dtype)


def is_tensor(x):
    """Whether ``x`` is an array or a symbolic tensor."""
    return isinstance(x, (np.ndarray, KerasTensor))
