"""Functions that fold axes: sums, means, extremes, spreads, running sums."""

from __future__ import annotations

import math

import numpy as np

from genodl._errors import ConfigError, NotSupportedError
from genodl._operation import operation
from genodl.ops import arithmetic, comparison
from genodl.ops._common import as_float, axes_of, axis_of, emit, live, operands, result_type, to_dtype
from genodl.ops.shaping import ravel, reshape, transpose


def _reduce(op, x, axis, keepdims):
    axes = axes_of(axis, len(x.shape), op)
    if not axes:
        return x
    return emit(op, x, axes=axes, keepdims=bool(keepdims))


def _countable(x):
    """Truth values and bytes are added up as int32."""
    x = live(x)
    return to_dtype(x, "int32") if x.dtype in ("bool", "uint8") else x


@operation
def sum(x, axis=None, keepdims=False):
    """Sum over axes.

    Parameters
    ----------
    x : tensor
    axis : int or tuple of int, optional
        All axes by default.
    keepdims : bool
        Whether folded axes stay, with size 1.

    Examples
    --------
    >>> from genodl import ops
    >>> ops.sum([[1.0, 2.0], [3.0, 4.0]], axis=0)
    array([4., 6.], dtype=float32)
    """
    return _reduce("sum", _countable(x), axis, keepdims)


@operation
def prod(x, axis=None, keepdims=False, dtype=None):
    """Product over axes."""
    x = _countable(x)
    return _reduce("prod", x if dtype is None else to_dtype(x, dtype), axis, keepdims)


@operation
def mean(x, axis=None, keepdims=False):
    """Mean over axes; integers give float32."""
    return _reduce("mean", as_float(x), axis, keepdims)


def _extreme(op, x, axis, keepdims, initial):
    x = live(x)
    axes = axes_of(axis, len(x.shape), op)
    if initial is not None and 0 in [x.shape[a] for a in axes]:
        kept = [1 if a in axes else n for a, n in enumerate(x.shape) if keepdims or a not in axes]
        return np.full(kept, initial, x.dtype)
    if x.dtype == "bool":
        result = _reduce("any" if op == "max" else "all", x, axis, keepdims)
    else:
        result = _reduce(op, x, axis, keepdims)
    if initial is None:
        return result
    return (arithmetic.maximum if op == "max" else arithmetic.minimum)(result, initial)


@operation
def max(x, axis=None, keepdims=False, initial=None):
    """Largest value over axes, at least ``initial`` where given."""
    return _extreme("max", x, axis, keepdims, initial)


@operation
def min(x, axis=None, keepdims=False, initial=None):
    """Smallest value over axes, at most ``initial`` where given."""
    return _extreme("min", x, axis, keepdims, initial)


@operation
def amax(x, axis=None, keepdims=False):
    """The same as :func:`max`."""
    return _extreme("max", x, axis, keepdims, None)


@operation
def amin(x, axis=None, keepdims=False):
    """The same as :func:`min`."""
    return _extreme("min", x, axis, keepdims, None)


@operation
def ptp(x, axis=None, keepdims=False):
    """Largest minus smallest value over axes."""
    return arithmetic.subtract(max(x, axis, keepdims), min(x, axis, keepdims))


@operation
def any(x, axis=None, keepdims=False):
    """Whether one value over axes is true (not 0)."""
    return _reduce("any", to_dtype(x, "bool"), axis, keepdims)


@operation
def all(x, axis=None, keepdims=False):
    """Whether every value over axes is true (not 0)."""
    return _reduce("all", to_dtype(x, "bool"), axis, keepdims)


@operation
def count_nonzero(x, axis=None):
    """How many values over axes are not 0, as int32."""
    return sum(to_dtype(x, "bool"), axis)


@operation
def var(x, axis=None, keepdims=False):
    """Variance over axes (divided by the count); integers give float32."""
    x = as_float(x)
    apart = emit("subtract", x, _reduce("mean", x, axis, True))
    return _reduce("mean", emit("square", apart), axis, keepdims)


@operation
def std(x, axis=None, keepdims=False):
    """Standard deviation over axes: the root of :func:`var`."""
    return emit("sqrt", var(x, axis, keepdims))


@operation
def moments(x, axes, keepdims=False, synchronized=False):
    """Mean and variance over ``axes``.

    Returns
    -------
    mean, variance : tensor
    """
    if synchronized:
        raise NotSupportedError("moments: synchronized=True is for several devices, genodl runs on one. Leave it out.")
    x = as_float(x)
    return mean(x, axes, keepdims), var(x, axes, keepdims)


@operation
def average(x, axis=None, weights=None):
    """Mean over axes, weighted where ``weights`` are given.

    Parameters
    ----------
    x : tensor
    axis : int or tuple of int, optional
    weights : tensor, optional
        Of the shape of ``x``, or of one size along a single ``axis``.
    """
    if weights is None:
        return mean(x, axis)
    x, weights = (as_float(v) for v in operands(x, weights))
    if tuple(weights.shape) != tuple(x.shape) and len(weights.shape) == 1 and axis is not None:
        (along,) = axes_of(axis, len(x.shape), "average")
        weights = reshape(weights, [-1 if a == along else 1 for a in range(len(x.shape))])
        weights = emit("broadcast_to", weights, shape=list(x.shape))
    weighted = sum(emit("multiply", x, weights), axis)
    return emit("divide", weighted, sum(weights, axis))


@operation
def logsumexp(x, axis=None, keepdims=False):
    """``log(sum(exp(x)))`` over axes without overflow."""
    return _reduce("logsumexp", as_float(x), axis, keepdims)


def _arg(op, x, axis, keepdims):
    x = live(x)
    if x.dtype == "bool":
        x = to_dtype(x, "int32")
    if axis is not None:
        return to_dtype(emit(op, x, axis=axis_of(axis, len(x.shape), op), keepdims=bool(keepdims)), "int32")
    where = to_dtype(emit(op, ravel(x), axis=0, keepdims=False), "int32")
    return reshape(where, [1] * len(x.shape)) if keepdims else where


@operation
def argmax(x, axis=None, keepdims=False):
    """Where the largest value is, as int32; the first of equals, of the flattened tensor by default."""
    return _arg("argmax", x, axis, keepdims)


@operation
def argmin(x, axis=None, keepdims=False):
    """Where the smallest value is, as int32; the first of equals, of the flattened tensor by default."""
    return _arg("argmin", x, axis, keepdims)


def _running(op, x, axis, dtype):
    x = _countable(x) if dtype is None else to_dtype(x, dtype)
    if axis is None:
        x, axis = ravel(x), 0
    return emit(op, x, axis=axis_of(axis, len(x.shape), op))


@operation
def cumsum(x, axis=None, dtype=None):
    """Running sum along an axis, of the flattened tensor by default."""
    return _running("cumsum", x, axis, dtype)


@operation
def cumprod(x, axis=None, dtype=None):
    """Running product along an axis, of the flattened tensor by default."""
    return _running("cumprod", x, axis, dtype)


@operation
def median(x, axis=None, keepdims=False):
    """Middle value over axes; the mean of the middle two where the count is even."""
    return quantile(x, 0.5, axis, keepdims=keepdims)


@operation
def quantile(x, q, axis=None, method="linear", keepdims=False):
    """Values below which the fractions ``q`` of the elements lie.

    Parameters
    ----------
    x : tensor
    q : float or list of float
        Fractions from 0 to 1; a list gives a leading axis.
    axis : int or tuple of int, optional
    method : {"linear", "lower", "higher", "nearest", "midpoint"}
        What to answer between two elements.
    keepdims : bool
    """
    x = as_float(x)
    rank = len(x.shape)
    axes = axes_of(axis, rank, "quantile")
    kept = [a for a in range(rank) if a not in axes]
    rows = reshape(transpose(x, kept + axes), [x.shape[a] for a in kept] + [-1])
    ordered = emit("sort", rows, axis=len(kept))
    fractions = np.asarray(q, "float64")
    if fractions.size and (fractions.min() < 0 or fractions.max() > 1):
        raise ConfigError(f"quantile: expected fractions from 0 to 1, got {q}.")
    found = [_between(ordered, float(f), len(kept), method) for f in fractions.reshape(-1)]
    if keepdims:
        found = [reshape(f, [1 if a in axes else n for a, n in enumerate(x.shape)]) for f in found]
    if fractions.ndim == 0:
        return found[0]
    return emit("concatenate", *[reshape(f, [1, *f.shape]) for f in found], axis=0)


def _between(ordered, fraction, axis, method):
    """The value at ``fraction`` of the way along the last axis."""
    at = fraction * (ordered.shape[-1] - 1)
    low, high = math.floor(at), math.ceil(at)
    if method == "nearest":
        low = high = int(np.round(at))
    elif method == "lower":
        high = low
    elif method == "higher":
        low = high
    elif method not in ("linear", "midpoint"):
        raise ConfigError(
            f"quantile: expected the method linear, lower, higher, nearest or midpoint, got {method!r}."
        )
    below, above = (emit("gather", ordered, np.asarray(i, "int32"), axis=axis) for i in (low, high))
    if low == high:
        return below
    share = 0.5 if method == "midpoint" else at - low
    return arithmetic.add(below, arithmetic.multiply(arithmetic.subtract(above, below), share))


@operation
def norm(x, ord=None, axis=None, keepdims=False):
    """Norm of vectors (one axis) or matrices (two axes).

    Parameters
    ----------
    x : tensor
    ord : {None, "fro", 1, -1, 2, inf, -inf} or number
        None is the root of the sum of squares. For matrices 1 and inf are the largest absolute column and
        row sum; 2 and "nuc" (of singular values) are not supported.
    axis : int or tuple of int, optional
        All axes by default.
    keepdims : bool
    """
    x = as_float(x)
    axes = axes_of(axis, len(x.shape), "norm")
    if ord is None or (ord == "fro" and len(axes) == 2) or (ord == 2 and len(axes) == 1):
        return emit("sqrt", sum(emit("square", x), tuple(axes), keepdims))
    if isinstance(ord, str) and (ord not in ("fro", "nuc") or len(axes) != 2):
        raise ConfigError(f"norm: expected a number as ord of {len(axes)} axes, got {ord!r}.")
    size = emit("abs", x)
    if len(axes) == 2:
        rows, columns = (axis if isinstance(axis, (list, tuple)) else axes)
        return _matrix_norm(size, ord, rows, columns, keepdims)
    if len(axes) > 2:
        raise ConfigError(f"norm: expected ord=None for {len(axes)} axes, got {ord!r}.")
    (axis,) = axes
    if ord == math.inf:
        return max(size, axis, keepdims)
    if ord == -math.inf:
        return min(size, axis, keepdims)
    if ord == 0:
        return to_dtype(sum(comparison.not_equal(x, 0), axis, keepdims), x.dtype)
    if ord == 1:
        return sum(size, axis, keepdims)
    return arithmetic.power(sum(arithmetic.power(size, float(ord)), axis, keepdims), 1.0 / ord)


def _matrix_norm(size, ord, rows, columns, keepdims):
    folds = {1: (rows, columns, max), -1: (rows, columns, min),
             math.inf: (columns, rows, max), -math.inf: (columns, rows, min)}
    if ord not in folds:
        raise NotSupportedError(f"norm: ord={ord!r} of matrices needs singular values. Use numpy.linalg.norm.")
    summed, folded, fold = folds[ord]
    result = fold(sum(size, summed, True), folded, True)
    if keepdims:
        return result
    rank = len(size.shape)
    gone = {rows % rank, columns % rank}
    return reshape(result, [n for a, n in enumerate(size.shape) if a not in gone])


@operation
def normalize(x, axis=-1, order=2, epsilon=None):
    """``x`` divided by its norm of an order along an axis.

    Parameters
    ----------
    x : tensor
    axis : int or tuple of int
    order : int
        At least 1.
    epsilon : float, optional
        Smallest norm to divide by, 1e-7 by default.
    """
    if not isinstance(order, int) or order < 1:
        raise ConfigError(f"normalize: expected an integer order of at least 1, got {order!r}.")
    epsilon = 1e-7 if epsilon is None else epsilon
    x = as_float(x)
    if not x.shape:
        x = reshape(x, [1])
    if order == 2:
        scale = emit("rsqrt", sum(emit("square", x), axis, True))
        return emit("multiply", x, arithmetic.minimum(scale, 1.0 / epsilon))
    return emit("divide", x, arithmetic.maximum(norm(x, order, axis, True), epsilon))


@operation
def diff(a, n=1, axis=-1):
    """Differences of neighbours along an axis, ``n`` times."""
    a = live(a)
    axis = axis_of(axis, len(a.shape), "diff")
    for _ in range(n):
        begin, size = [0] * len(a.shape), list(a.shape)
        size[axis] -= 1
        first = emit("slice", a, begin=list(begin), size=size)
        begin[axis] = 1
        second = emit("slice", a, begin=begin, size=size)
        a = comparison.not_equal(second, first) if result_type(a.dtype) == "bool" else emit("subtract", second, first)
    return a
