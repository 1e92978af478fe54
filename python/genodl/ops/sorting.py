"""Order: sorting, the largest few, and where they are."""

from __future__ import annotations

from typing import NamedTuple

from genodl._errors import ShapeError
from genodl._operation import operation
from genodl.ops._common import axis_of, emit, is_symbolic, live, to_dtype
from genodl.ops.shaping import ravel


class TopK(NamedTuple):
    """What :func:`top_k` answers."""

    values: object
    indices: object


@operation
def sort(x, axis=-1):
    """Values in rising order along an axis; the flattened tensor where it is None."""
    x, axis = (ravel(x), 0) if axis is None else (live(x), axis)
    if x.dtype == "bool":
        return to_dtype(sort(to_dtype(x, "int32"), axis), "bool")
    return emit("sort", x, axis=axis_of(axis, len(x.shape), "sort"))


@operation
def argsort(x, axis=-1):
    """Indices that sort an axis, as int32; equal values keep their order."""
    x, axis = (ravel(x), 0) if axis is None else (live(x), axis)
    x = to_dtype(x, "int32") if x.dtype == "bool" else x
    return emit("argsort", x, axis=axis_of(axis, len(x.shape), "argsort"))


@operation
def top_k(x, k, sorted=True):
    """The ``k`` largest values of the last axis, largest first, and where they are.

    Parameters
    ----------
    x : tensor (..., n)
    k : int
    sorted : bool
        Values come in order either way.

    Returns
    -------
    TopK
        ``values`` and int32 ``indices``, both (..., k).

    Examples
    --------
    >>> from genodl import ops
    >>> ops.top_k([3.0, 9.0, 5.0], 2).indices
    array([1, 2], dtype=int32)
    """
    values, indices = emit("top_k", x, k=int(k))
    return TopK(values, to_dtype(indices, "int32"))


@operation
def in_top_k(targets, predictions, k):
    """Whether the predicted value of each target is among the ``k`` largest of its row.

    Parameters
    ----------
    targets : int tensor (n,)
    predictions : tensor (n, classes)
    k : int
    """
    from genodl.ops import comparison, indexing, reduction

    targets, predictions = to_dtype(targets, "int32"), live(predictions)
    if len(predictions.shape) != 2 or len(targets.shape) != 1:
        raise ShapeError(
            f"in_top_k: expected targets (n,) and predictions (n, classes), got {tuple(targets.shape)} and "
            f"{tuple(predictions.shape)}."
        )
    own = indexing.take_along_axis(predictions, emit("reshape", targets, shape=[-1, 1]), axis=1)
    larger = reduction.sum(comparison.greater(predictions, own), axis=1)
    finite = comparison.isfinite(emit("reshape", own, shape=[-1]))
    return comparison.logical_and(comparison.less(larger, k), finite)


@operation
def searchsorted(sorted_sequence, values, side="left"):
    """Where values would be inserted into a rising vector, as int32."""
    from genodl.ops import comparison, reduction

    vector, values = live(sorted_sequence), live(values)
    if len(vector.shape) != 1 or side not in ("left", "right"):
        raise ShapeError(
            f"searchsorted: expected a vector and side 'left' or 'right', got shape {tuple(vector.shape)} and {side!r}."
        )
    if not is_symbolic(vector) and not is_symbolic(values):
        return vector.searchsorted(values, side).astype("int32")
    below = comparison.less if side == "left" else comparison.less_equal
    apart = emit("reshape", values, shape=[*values.shape, 1])
    return reduction.sum(below(vector, apart), axis=-1)
