"""Products of tensors."""

from __future__ import annotations

import math

import numpy as np

from genodl._dtypes import is_float
from genodl._errors import ShapeError
from genodl._operation import operation
from genodl.ops._common import axis_of, emit, ints, is_symbolic, operands, result_type, to_dtype
from genodl.ops.shaping import ravel, reshape, transpose


def product(x1, x2, transpose_a=False, transpose_b=False):
    """Batched matrix product; integers are multiplied exactly, in int32 or int64."""
    dtype = result_type(x1.dtype, x2.dtype)
    dtype = "int32" if dtype in ("bool", "uint8") else dtype
    x1, x2 = to_dtype(x1, dtype), to_dtype(x2, dtype)
    if is_float(dtype):
        return emit("matmul", x1, x2, transpose_a=transpose_a, transpose_b=transpose_b)
    x1, x2 = _turned(x1, transpose_a), _turned(x2, transpose_b)
    if not is_symbolic(x1) and not is_symbolic(x2):
        return np.matmul(x1, x2)
    # The engine multiplies matrices of floats: integers go through a broadcast product.
    left = reshape(x1, [*x1.shape, 1])
    right = reshape(x2, [*x2.shape[:-2], 1, *x2.shape[-2:]])
    return emit("sum", emit("multiply", left, right), axes=[max(len(left.shape), len(right.shape)) - 2], keepdims=False)


def _turned(x, turn):
    order = list(range(len(x.shape)))
    return transpose(x, [*order[:-2], order[-1], order[-2]]) if turn else x


@operation
def matmul(x1, x2):
    """Matrix product over the last two axes; leading axes are broadcast.

    Parameters
    ----------
    x1 : tensor (..., m, k) or (k,)
    x2 : tensor (..., k, n) or (k,)

    Returns
    -------
    tensor (..., m, n)
        Without the axis of an operand that is a vector.

    Examples
    --------
    >>> from genodl import ops
    >>> ops.matmul([[1.0, 2.0]], [[3.0], [4.0]])
    array([[11.]], dtype=float32)
    """
    x1, x2 = operands(x1, x2)
    if not len(x1.shape) or not len(x2.shape):
        raise ShapeError(f"matmul: expected at least one axis, got shapes {tuple(x1.shape)} and {tuple(x2.shape)}.")
    row, column = len(x1.shape) == 1, len(x2.shape) == 1
    if x1.shape[-1] != x2.shape[0 if column else -2]:
        raise ShapeError(
            f"matmul: expected the last axis of {tuple(x1.shape)} to fit the "
            f"{'only' if column else 'second to last'} axis of {tuple(x2.shape)}."
        )
    y = product(reshape(x1, [1, -1]) if row else x1, reshape(x2, [-1, 1]) if column else x2)
    shape = list(y.shape)
    if column:
        del shape[-1]
    if row:
        del shape[-1 if column else -2]
    return reshape(y, shape) if row or column else y


@operation
def dot(x1, x2):
    """Product over the last axis of ``x1`` and the second to last (or only) axis of ``x2``."""
    x1, x2 = operands(x1, x2)
    if not len(x1.shape) or not len(x2.shape):
        return emit("multiply", x1, x2)
    if len(x2.shape) <= 2:
        return matmul(x1, x2)
    return tensordot(x1, x2, axes=[[-1], [-2]])


@operation
def inner(x1, x2):
    """Product over the last axes of both."""
    x1, x2 = operands(x1, x2)
    if not len(x1.shape) or not len(x2.shape):
        return emit("multiply", x1, x2)
    return tensordot(x1, x2, axes=[[-1], [-1]])


@operation
def vdot(x1, x2):
    """Sum of the products of all elements."""
    x1, x2 = operands(x1, x2)
    return matmul(ravel(x1), ravel(x2))


@operation
def outer(x1, x2):
    """Every element of ``x1`` times every element of ``x2``, as a matrix."""
    x1, x2 = operands(x1, x2)
    return emit("multiply", reshape(x1, [-1, 1]), reshape(x2, [1, -1]))


@operation
def tensordot(x1, x2, axes=2):
    """Product summed over pairs of axes.

    Parameters
    ----------
    x1, x2 : tensor
    axes : int or pair of (list of) int
        How many of the last axes of ``x1`` meet the first of ``x2``, or which meet which.
    """
    x1, x2 = operands(x1, x2)
    r1, r2 = len(x1.shape), len(x2.shape)
    if isinstance(axes, (int, np.integer)):
        if not 0 <= axes <= min(r1, r2):
            raise ShapeError(f"tensordot: expected at most {min(r1, r2)} axes, got {axes}.")
        folded1, folded2 = list(range(r1 - axes, r1)), list(range(axes))
    else:
        folded1, folded2 = (ints(a, "tensordot", "axes") for a in axes)
        folded1 = [axis_of(a, r1, "tensordot") for a in folded1]
        folded2 = [axis_of(a, r2, "tensordot") for a in folded2]
    sizes1, sizes2 = ([x.shape[a] for a in f] for x, f in ((x1, folded1), (x2, folded2)))
    if sizes1 != sizes2:
        raise ShapeError(f"tensordot: expected axes of equal sizes, got {sizes1} and {sizes2}.")
    kept1 = [a for a in range(r1) if a not in folded1]
    kept2 = [a for a in range(r2) if a not in folded2]
    shared = math.prod(sizes1)
    left = reshape(transpose(x1, kept1 + folded1), [math.prod(x1.shape[a] for a in kept1), shared])
    right = reshape(transpose(x2, folded2 + kept2), [shared, math.prod(x2.shape[a] for a in kept2)])
    return reshape(product(left, right), [x1.shape[a] for a in kept1] + [x2.shape[a] for a in kept2])


@operation
def cross(x1, x2, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """Vector product of vectors of three numbers."""
    from genodl.ops.shaping import moveaxis, part

    axisa, axisb, axisc = (axis, axis, axis) if axis is not None else (axisa, axisb, axisc)
    x1, x2 = operands(x1, x2)
    a, b = moveaxis(x1, axisa, -1), moveaxis(x2, axisb, -1)
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ShapeError(f"cross: expected vectors of 3 numbers, got shapes {tuple(x1.shape)} and {tuple(x2.shape)}.")
    ax, ay, az = (part(a, len(a.shape) - 1, i, i + 1) for i in range(3))
    bx, by, bz = (part(b, len(b.shape) - 1, i, i + 1) for i in range(3))

    def minor(p, q, r, s):
        return emit("subtract", emit("multiply", p, q), emit("multiply", r, s))

    parts = [minor(ay, bz, az, by), minor(az, bx, ax, bz), minor(ax, by, ay, bx)]
    return moveaxis(emit("concatenate", *parts, axis=len(parts[0].shape) - 1), -1, axisc)
