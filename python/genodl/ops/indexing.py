"""Reading and writing at indices."""

from __future__ import annotations

import builtins

import numpy as np

from genodl._dtypes import is_float
from genodl._errors import ConfigError, NotSupportedError, ShapeError
from genodl._operation import operation
from genodl.ops import arithmetic, creation
from genodl.ops._common import axis_of, emit, ints, is_symbolic, live, operands, result_type, to_dtype
from genodl.ops.shaping import broadcast_to, ravel, reshape, transpose


def _positions(indices, who):
    indices = live(indices)
    if is_float(indices.dtype):
        return to_dtype(indices, "int32")
    if indices.dtype == "bool":
        raise ConfigError(f"{who}: expected integer indices, got bool. Use where or a slice.")
    return indices


@operation
def take(x, indices, axis=None):
    """Positions of an axis, by number.

    Parameters
    ----------
    x : tensor
    indices : int tensor
        Of any shape, which takes the place of the axis; negative ones count from the end.
    axis : int, optional
        By default the flattened tensor is read.

    Examples
    --------
    >>> from genodl import ops
    >>> ops.take([10, 20, 30], [2, 0])
    array([30, 10], dtype=int32)
    """
    x = live(x)
    if axis is None:
        x, axis = ravel(x), 0
    return emit("gather", x, _positions(indices, "take"), axis=axis_of(axis, len(x.shape), "take"))


@operation
def gather(x, indices, axis=0):
    """The same as :func:`take`, by default along axis 0."""
    return take(x, indices, axis)


@operation
def take_along_axis(x, indices, axis=None):
    """One position of an axis for each element of ``indices``, which has the axes of ``x``."""
    x, indices = live(x), _positions(indices, "take_along_axis")
    if axis is None:
        return emit("take_along_axis", ravel(x), ravel(indices), axis=0)
    rank = len(x.shape)
    axis = axis_of(axis, rank, "take_along_axis")
    if len(indices.shape) != rank:
        raise ShapeError(
            f"take_along_axis: expected indices of {rank} axes, got shape {tuple(indices.shape)}."
        )
    # Sizes of 1 are shared by both sides, as in NumPy.
    try:
        shape = list(np.broadcast_shapes(*(
            tuple(1 if a == axis else n for a, n in enumerate(t.shape)) for t in (x, indices)
        )))
    except ValueError:
        raise ShapeError(
            f"take_along_axis: expected shapes that agree but on axis {axis}, got {tuple(x.shape)} and "
            f"{tuple(indices.shape)}."
        ) from None

    def spread(t):
        full = [t.shape[a] if a == axis else n for a, n in enumerate(shape)]
        return t if list(t.shape) == full else broadcast_to(t, full)

    return emit("take_along_axis", spread(x), spread(indices), axis=axis)


@operation
def slice(inputs, start_indices, shape):
    """The box of a given shape that begins at ``start_indices``; -1 means up to the end."""
    inputs = live(inputs)
    begin = ints(start_indices, "slice", "start_indices")
    size = ints(shape, "slice", "the shape")
    if len(begin) != len(inputs.shape) or len(size) != len(begin):
        raise ShapeError(
            f"slice: expected {len(inputs.shape)} start indices and sizes for shape {tuple(inputs.shape)}, got "
            f"{len(begin)} and {len(size)}."
        )
    size = [n - b if s == -1 else s for s, b, n in zip(size, begin, inputs.shape, strict=True)]
    return emit("slice", inputs, begin=begin, size=size)


@operation
def slice_update(inputs, start_indices, updates):
    """``inputs`` with the box that begins at ``start_indices`` replaced by ``updates``."""
    inputs = live(inputs)
    updates = to_dtype(updates, inputs.dtype)
    begin = ints(start_indices, "slice_update", "start_indices")
    after = [n - b - s for n, b, s in zip(inputs.shape, begin, updates.shape, strict=True)]
    inside = np.pad(np.ones(tuple(updates.shape), bool), list(zip(begin, after, strict=True)))
    return emit("where", inside, emit("pad", updates, before=begin, after=after), inputs)


@operation
def scatter(indices, values, shape):
    """Zeros of a shape with values added at indices.

    Parameters
    ----------
    indices : int tensor (..., k)
        Coordinates on the first ``k`` axes of ``shape``; values at equal ones are added up.
    values : tensor
        Of shape ``indices.shape[:-1] + shape[k:]``.
    shape : tuple of int

    Examples
    --------
    >>> from genodl import ops
    >>> ops.scatter([[0], [2]], [1.0, 5.0], (4,))
    array([1., 0., 5., 0.], dtype=float32)
    """
    return emit("scatter_add", _positions(indices, "scatter"), live(values), shape=ints(shape, "scatter", "the shape"))


@operation
def scatter_update(inputs, indices, updates, reduction=None):
    """``inputs`` with values at indices replaced, or combined by ``reduction``.

    Parameters
    ----------
    inputs : tensor
    indices : int tensor (..., k)
        Coordinates on the first ``k`` axes.
    updates : tensor
    reduction : {None, "add"}
        For symbolic tensors, replaced indices must differ from each other.
    """
    if reduction not in (None, "add"):
        raise NotSupportedError(f"scatter_update: reduction={reduction!r} is not supported. Use None or 'add'.")
    inputs = live(inputs)
    indices, updates = _positions(indices, "scatter_update"), to_dtype(updates, inputs.dtype)
    if reduction is None and not any(is_symbolic(t) for t in (inputs, indices, updates)):
        result = np.array(inputs, copy=True)
        result[tuple(np.moveaxis(indices, -1, 0))] = updates
        return result
    added = emit("scatter_add", indices, updates, shape=list(inputs.shape))
    if reduction == "add":
        return arithmetic.add(inputs, added)
    hit = emit("scatter_add", indices, creation.ones_like(updates), shape=list(inputs.shape))
    return emit("where", to_dtype(hit, "bool"), added, inputs)


@operation
def segment_sum(data, segment_ids, num_segments=None, sorted=False):
    """Sums of the rows of ``data`` that share an id.

    Parameters
    ----------
    data : tensor (n, ...)
    segment_ids : int tensor (n,)
    num_segments : int, optional
        By default the largest id plus one (arrays only).
    sorted : bool
        A hint that changes no number.
    """
    ids = _positions(segment_ids, "segment_sum")
    if num_segments is None:
        if is_symbolic(ids):
            raise ConfigError("segment_sum: expected num_segments beside symbolic ids, got None.")
        num_segments = int(ids.max()) + 1 if ids.size else 0
    data = live(data)
    return emit("scatter_add", reshape(ids, [-1, 1]), data, shape=[num_segments, *data.shape[1:]])


@operation
def diagonal(x, offset=0, axis1=0, axis2=1):
    """The diagonal of two axes, as a new last axis."""
    x = live(x)
    rank = len(x.shape)
    a, b = axis_of(axis1, rank, "diagonal"), axis_of(axis2, rank, "diagonal")
    if a == b:
        raise ConfigError(f"diagonal: expected two axes, got {axis1} and {axis2}.")
    rest = [i for i in range(rank) if i not in (a, b)]
    rows, columns = x.shape[a], x.shape[b]
    flat = reshape(transpose(x, [*rest, a, b]), [*(x.shape[i] for i in rest), rows * columns])
    first_row, first_column = builtins.max(0, -offset), builtins.max(0, offset)
    length = builtins.max(0, builtins.min(rows - first_row, columns - first_column))
    if length == 0:
        return emit("slice", flat, begin=[0] * (rank - 1), size=[*flat.shape[:-1], 0])
    begin = [0] * len(rest) + [first_row * columns + first_column]
    return emit("slice", flat, begin=begin, size=[*flat.shape[:-1], length], strides=[1] * len(rest) + [columns + 1])


@operation
def trace(x, offset=0, axis1=0, axis2=1):
    """The sum of the diagonal of two axes."""
    from genodl.ops.reduction import sum

    return sum(diagonal(x, offset, axis1, axis2), axis=-1)


@operation
def diag(x, k=0):
    """A matrix with the vector ``x`` on its diagonal, or the diagonal of the matrix ``x``."""
    x = live(x)
    if len(x.shape) == 2:
        return diagonal(x, k)
    if len(x.shape) != 1:
        raise ShapeError(f"diag: expected a vector or a matrix, got shape {tuple(x.shape)}.")
    n = x.shape[0] + builtins.abs(k)
    steps = np.arange(x.shape[0], dtype="int32")
    places = np.stack([steps + builtins.max(0, -k), steps + builtins.max(0, k)], axis=-1)
    return emit("scatter_add", places, x, shape=[n, n])


@operation
def tril(x, k=0):
    """``x`` with zeros above the ``k``-th diagonal of its last two axes."""
    return _triangle("tril", x, k)


@operation
def triu(x, k=0):
    """``x`` with zeros below the ``k``-th diagonal of its last two axes."""
    return _triangle("triu", x, k)


def _triangle(op, x, k):
    x = live(x)
    if len(x.shape) < 2:
        raise ShapeError(f"{op}: expected at least two axes, got shape {tuple(x.shape)}.")
    return emit(op, x, k=int(k))


@operation
def get_item(x, key):
    """``x[key]`` with ints, slices, ``...``, None, integer tensors, and masks (arrays only).

    Examples
    --------
    >>> from genodl import ops
    >>> ops.get_item([[1, 2], [3, 4]], (..., 0))
    array([1, 3], dtype=int32)
    """
    x = live(x)
    key = key if isinstance(key, tuple) else (key,)
    if not is_symbolic(x) and not any(is_symbolic(k) for k in key):
        return np.array(x[tuple(np.asarray(live(k)) if _is_array(k) else k for k in key)])
    advanced = any(_is_array(k) for k in key)
    # NumPy looks at the key as written: even an ellipsis for no axis parts what stands beside it.
    at = [i for i, k in enumerate(key) if k is not None and k is not Ellipsis and not isinstance(k, builtins.slice)]
    together = bool(at) and at == list(range(at[0], at[-1] + 1))
    x, rest = _basic(x, _expanded(key, len(x.shape)), keep_ints=advanced)
    return _advanced(x, rest, together) if advanced else x


def _is_array(k):
    return isinstance(k, (list, np.ndarray)) or is_symbolic(k) or hasattr(k, "_handle")


def _expanded(key, rank):
    """The key with ``...`` spelled out and a slice for every axis left over."""
    used = len([k for k in key if k is not None and k is not Ellipsis])
    dots = [i for i, k in enumerate(key) if k is Ellipsis]
    if used > rank or len(dots) > 1:
        raise IndexError(f"get_item: expected at most {rank} indices and one ellipsis, got {len(key)} entries.")
    at = dots[0] if dots else len(key)
    fill = (builtins.slice(None),) * (rank - used)
    return key[:at] + fill + key[at + 1:]


def _basic(x, key, keep_ints):
    """Applies ints, slices and None; answers the tensor and what is left for each of its axes."""
    begin, size, strides, shape, rest = [], [], [], [], []
    axis = 0
    for k in key:
        if k is None:
            shape.append(1)
            rest.append(None)
            continue
        n = x.shape[axis]
        axis += 1
        if isinstance(k, builtins.slice):
            start, stop, step = k.indices(n)
            length = len(range(start, stop, step))
            begin.append(start if length else 0)
            size.append(length)
            strides.append(step)
            shape.append(length)
            rest.append(None)
        elif _is_array(k) or keep_ints:
            begin.append(0)
            size.append(n)
            strides.append(1)
            shape.append(n)
            rest.append(_positions(k, "get_item"))
        else:
            begin.append(_checked(k, n, axis - 1))
            size.append(1)
            strides.append(1)
    if list(x.shape) != size or any(s != 1 for s in strides):
        x = emit("slice", x, begin=begin, size=size, strides=strides)
    return (x if list(x.shape) == shape else reshape(x, shape)), rest


def _checked(k, n, axis):
    if not isinstance(k, (int, np.integer)) or isinstance(k, (bool, np.bool_)):
        raise NotSupportedError(
            f"get_item: expected ints, slices, ..., None or integer tensors for a symbolic tensor, got {k!r}."
        )
    if not -n <= k < n:
        raise IndexError(f"get_item: expected an index from {-n} to {n - 1} on axis {axis}, got {k}.")
    return int(k) % n


def _advanced(x, rest, together):
    """Integer tensors on some axes: they are broadcast, and read the axes they stand on together."""
    axes = [a for a, k in enumerate(rest) if k is not None]
    if len(axes) == 1:
        return emit("gather", x, rest[axes[0]], axis=axes[0])
    others = [a for a in range(len(rest)) if a not in axes]
    flat = None
    for a in axes:
        n = x.shape[a]
        at = rest[a]
        at = emit("where", emit("less", at, np.zeros((), at.dtype)), *operands(arithmetic.add(at, n), at))
        flat = at if flat is None else arithmetic.add(arithmetic.multiply(flat, n), at)
    joined = int(np.prod([x.shape[a] for a in axes]))
    rows = reshape(transpose(x, axes + others), [joined, *(x.shape[a] for a in others)])
    picked = emit("gather", rows, to_dtype(flat, result_type(flat.dtype, "int32")), axis=0)
    if not together or axes[0] == 0:
        return picked
    # NumPy puts the indices' axes where they stood if they stood side by side.
    found, before = len(picked.shape) - len(others), axes[0]
    order = [found + i for i in range(before)] + list(range(found))
    return transpose(picked, order + [found + i for i in range(before, len(others))])
