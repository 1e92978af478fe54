"""Functions that move, join, cut, repeat and pad, and compute nothing."""

from __future__ import annotations

import builtins

import numpy as np

from genodl._dtypes import standardize
from genodl._errors import ConfigError, NotSupportedError, ShapeError
from genodl._operation import operation
from genodl.ops._common import axes_of, axis_of, emit, ints, is_symbolic, live, result_type, to_dtype


@operation
def reshape(x, newshape):
    """``x`` in another shape of as many elements; one size may be -1.

    Examples
    --------
    >>> from genodl import ops
    >>> ops.reshape([[1, 2], [3, 4]], (4,))
    array([1, 2, 3, 4], dtype=int32)
    """
    return emit("reshape", x, shape=ints(newshape, "reshape", "the new shape"))


@operation
def ravel(x):
    """All elements along one axis."""
    return emit("reshape", x, shape=[-1])


@operation
def transpose(x, axes=None):
    """Axes in another order, by default reversed."""
    x = live(x)
    rank = len(x.shape)
    order = list(range(rank))[::-1] if axes is None else [axis_of(a, rank, "transpose") for a in axes]
    if sorted(order) != list(range(rank)):
        raise ShapeError(f"transpose: expected an order of all {rank} axes, got {axes}.")
    return emit("transpose", x, axes=order) if rank > 1 else x


@operation
def swapaxes(x, axis1, axis2):
    """``x`` with two axes exchanged."""
    x = live(x)
    rank = len(x.shape)
    a, b = axis_of(axis1, rank, "swapaxes"), axis_of(axis2, rank, "swapaxes")
    order = list(range(rank))
    order[a], order[b] = b, a
    return transpose(x, order)


@operation
def moveaxis(x, source, destination):
    """``x`` with axes moved to new places, the others in their order."""
    x = live(x)
    rank = len(x.shape)
    source = [axis_of(a, rank, "moveaxis") for a in ints(source, "moveaxis", "source")]
    destination = [axis_of(a, rank, "moveaxis") for a in ints(destination, "moveaxis", "destination")]
    if len(source) != len(destination):
        raise ConfigError(f"moveaxis: expected as many destinations as sources, got {destination} for {source}.")
    order = [a for a in range(rank) if a not in source]
    for to, a in sorted(zip(destination, source, strict=True)):
        order.insert(to, a)
    return transpose(x, order)


@operation
def expand_dims(x, axis):
    """``x`` with a new axis of size 1 at ``axis`` (or at each of several)."""
    x = live(x)
    axes = ints(axis, "expand_dims", "axis")
    rank = len(x.shape) + len(axes)
    new = [axis_of(a, rank, "expand_dims") for a in axes]
    sizes = iter(x.shape)
    return emit("reshape", x, shape=[1 if a in new else next(sizes) for a in range(rank)])


@operation
def squeeze(x, axis=None):
    """``x`` without axes of size 1: all of them, or those named."""
    x = live(x)
    if axis is None:
        gone = [a for a, n in enumerate(x.shape) if n == 1]
    else:
        gone = axes_of(axis, len(x.shape), "squeeze")
        if [a for a in gone if x.shape[a] != 1]:
            raise ShapeError(f"squeeze: expected size 1 on axis {axis}, got shape {tuple(x.shape)}.")
    return emit("reshape", x, shape=[n for a, n in enumerate(x.shape) if a not in gone])


@operation
def broadcast_to(x, shape):
    """``x`` repeated along axes to a larger shape, as NumPy broadcasts."""
    return emit("broadcast_to", x, shape=ints(shape, "broadcast_to", "the shape"))


def _joined(xs, who):
    if isinstance(xs, np.ndarray) or is_symbolic(xs):
        xs = list(xs)
    xs = [live(x) for x in xs]
    if not xs:
        raise ConfigError(f"{who}: expected at least one tensor, got none.")
    dtype = result_type(*(x.dtype for x in xs))
    return [to_dtype(x, dtype) for x in xs]


@operation
def concatenate(xs, axis=0):
    """Tensors joined along an axis.

    Parameters
    ----------
    xs : list of tensor
        Shapes differ on ``axis`` only.
    axis : int

    Examples
    --------
    >>> from genodl import ops
    >>> ops.concatenate([[1, 2], [3]], axis=0)
    array([1, 2, 3], dtype=int32)
    """
    xs = _joined(xs, "concatenate")
    return emit("concatenate", *xs, axis=axis_of(axis, len(xs[0].shape), "concatenate"))


@operation
def append(x1, x2, axis=None):
    """``x2`` joined to the end of ``x1``; both flattened where no axis is given."""
    if axis is None:
        return concatenate([ravel(x1), ravel(x2)], axis=0)
    return concatenate([x1, x2], axis=axis)


@operation
def stack(x, axis=0):
    """Tensors of one shape side by side along a new axis."""
    xs = _joined(x, "stack")
    shape = list(xs[0].shape)
    at = axis_of(axis, len(shape) + 1, "stack")
    for other in xs:
        if tuple(other.shape) != tuple(shape):
            raise ShapeError(f"stack: expected tensors of one shape, got {tuple(shape)} and {tuple(other.shape)}.")
    shape.insert(at, 1)
    return emit("concatenate", *(emit("reshape", v, shape=shape) for v in xs), axis=at)


@operation
def hstack(xs):
    """Tensors joined along axis 1, vectors along axis 0."""
    xs = [reshape(x, [1]) if not x.shape else x for x in _joined(xs, "hstack")]
    return concatenate(xs, axis=0 if len(xs[0].shape) == 1 else 1)


@operation
def vstack(xs):
    """Tensors joined along axis 0, vectors as rows."""
    xs = [reshape(x, [1, -1]) if len(x.shape) < 2 else x for x in _joined(xs, "vstack")]
    return concatenate(xs, axis=0)


def part(x, axis, begin, end):
    """The positions ``[begin, end)`` of one axis."""
    first, size = [0] * len(x.shape), list(x.shape)
    first[axis], size[axis] = begin, end - begin
    return emit("slice", x, begin=first, size=size)


@operation
def split(x, indices_or_sections, axis=0):
    """A list of parts of an axis.

    Parameters
    ----------
    x : tensor
    indices_or_sections : int or list of int
        How many equal parts, or the positions at which to cut.
    axis : int
    """
    x = live(x)
    axis = axis_of(axis, len(x.shape), "split")
    n = x.shape[axis]
    if isinstance(indices_or_sections, (int, np.integer)):
        sections = int(indices_or_sections)
        if sections < 1 or n % sections:
            raise ShapeError(f"split: expected sections that divide size {n} of axis {axis}, got {sections}.")
        cuts = list(range(0, n + 1, n // sections)) if n else [0] * (sections + 1)
    else:
        cuts = [slice(None, c).indices(n)[1] for c in ints(indices_or_sections, "split", "the positions")]
        cuts = [0, *cuts, n]
    return [part(x, axis, a, builtins.max(a, b)) for a, b in zip(cuts[:-1], cuts[1:], strict=True)]


@operation
def array_split(x, indices_or_sections, axis=0):
    """Like :func:`split`, but sections may differ by one position."""
    x = live(x)
    if not isinstance(indices_or_sections, (int, np.integer)):
        return split(x, indices_or_sections, axis)
    n = x.shape[axis_of(axis, len(x.shape), "array_split")]
    sections = int(indices_or_sections)
    if sections < 1:
        raise ConfigError(f"array_split: expected at least 1 section, got {sections}.")
    return split(x, np.cumsum([len(p) for p in np.array_split(np.arange(n), sections)])[:-1], axis)


@operation
def unstack(x, num=None, axis=0):
    """A list of the slices along an axis, without it."""
    x = live(x)
    axis = axis_of(axis, len(x.shape), "unstack")
    if num is not None and num != x.shape[axis]:
        raise ShapeError(f"unstack: expected num={x.shape[axis]} on axis {axis}, got {num}.")
    rest = [n for a, n in enumerate(x.shape) if a != axis]
    return [emit("reshape", part(x, axis, i, i + 1), shape=rest) for i in range(x.shape[axis])]


@operation
def tile(x, repeats):
    """The whole tensor repeated along its axes; missing ones are added in front."""
    x = live(x)
    repeats = ints(repeats, "tile", "repeats")
    rank = builtins.max(len(repeats), len(x.shape))
    repeats = [1] * (rank - len(repeats)) + repeats
    shape = [1] * (rank - len(x.shape)) + list(x.shape)
    x = emit("reshape", x, shape=shape) if shape != list(x.shape) else x
    if 0 in repeats:
        kept = [0 if r == 0 else n for r, n in zip(repeats, shape, strict=True)]
        return emit("slice", x, begin=[0] * rank, size=kept)
    return emit("tile", x, repeats=repeats)


@operation
def repeat(x, repeats, axis=None):
    """Each position of an axis repeated in place; of the flattened tensor by default.

    Parameters
    ----------
    x : tensor
    repeats : int or list of int
        For all positions, or one number for each.
    axis : int, optional
    """
    x = live(x)
    if axis is None:
        x, axis = emit("reshape", x, shape=[-1]), 0
    axis = axis_of(axis, len(x.shape), "repeat")
    counts = ints(repeats, "repeat", "repeats")
    if len(counts) == 1 and counts[0] > 0:
        return emit("repeat", x, repeats=counts[0], axis=axis)
    if len(counts) not in (1, x.shape[axis]):
        raise ShapeError(f"repeat: expected {x.shape[axis]} numbers for axis {axis}, got {len(counts)}.")
    where = np.repeat(np.arange(x.shape[axis], dtype="int32"), counts)
    return emit("gather", x, where, axis=axis)


@operation
def pad(x, pad_width, mode="constant", constant_values=None):
    """``x`` with positions added around it.

    Parameters
    ----------
    x : tensor
    pad_width : int, pair or list of pairs
        How many before and after, for all axes or for each.
    mode : {"constant", "reflect", "symmetric"}
        Fill with a constant, or mirror without or with the edge.
    constant_values : number, optional
        0 by default.
    """
    if mode not in ("constant", "reflect", "symmetric"):
        raise NotSupportedError(f"pad: mode={mode!r} is not supported. Use constant, reflect or symmetric.")
    if mode != "constant" and constant_values is not None:
        raise ValueError(f"pad: constant_values goes with mode='constant', got mode={mode!r}.")
    x = live(x)
    widths = np.asarray(pad_width)
    try:
        widths = np.broadcast_to(widths, (len(x.shape), 2))
    except ValueError:
        raise ShapeError(
            f"pad: expected an int, a pair or {len(x.shape)} pairs as pad_width, got {pad_width}."
        ) from None
    value = float(constant_values) if constant_values is not None else 0.0
    before, after = (ints(list(w), "pad", "pad_width") for w in widths.T)
    return emit("pad", x, before=before, after=after, mode=mode, value=value)


@operation
def flip(x, axis=None):
    """``x`` reversed along axes, by default along all."""
    x = live(x)
    axes = axes_of(axis, len(x.shape), "flip")
    return emit("flip", x, axes=axes) if axes else x


@operation
def roll(x, shift, axis=None):
    """``x`` rotated along axes; the flattened tensor where no axis is given."""
    x = live(x)
    if axis is None:
        flat = emit("reshape", x, shape=[-1])
        return emit("reshape", emit("roll", flat, shift=[int(shift)], axes=[0]), shape=list(x.shape))
    axes = [axis_of(a, len(x.shape), "roll") for a in ints(axis, "roll", "axis")]
    shifts = ints(shift, "roll", "shift")
    shifts = shifts * len(axes) if len(shifts) == 1 else shifts
    if len(shifts) != len(axes):
        raise ConfigError(f"roll: expected a shift for each of {len(axes)} axes, got {len(shifts)}.")
    total: dict[int, int] = {}
    for a, s in zip(axes, shifts, strict=True):
        total[a] = total.get(a, 0) + s
    return emit("roll", x, shift=list(total.values()), axes=list(total))


@operation
def meshgrid(*x, indexing="xy"):
    """Vectors as coordinate tensors of their grid.

    Parameters
    ----------
    *x : tensor
        Vectors.
    indexing : {"xy", "ij"}
        Whether the first vector runs along axis 1 or axis 0.
    """
    if indexing not in ("xy", "ij"):
        raise ConfigError(f"meshgrid: expected indexing 'xy' or 'ij', got {indexing!r}.")
    vectors = [ravel(v) for v in x]
    order = list(range(len(vectors)))
    if indexing == "xy" and len(order) > 1:
        order[0], order[1] = 1, 0
    shape = [0] * len(order)
    for v, axis in zip(vectors, order, strict=True):
        shape[axis] = v.shape[0]
    grids = []
    for v, axis in zip(vectors, order, strict=True):
        line = emit("reshape", v, shape=[-1 if a == axis else 1 for a in range(len(order))])
        grids.append(emit("broadcast_to", line, shape=shape))
    return grids


@operation
def depth_to_space(x, block_size, data_format="channels_last"):
    """Channels moved into ``block_size`` x ``block_size`` blocks of pixels."""
    n, h, w, c = _image(x, data_format, "depth_to_space")
    b = block_size
    if c % (b * b):
        raise ShapeError(f"depth_to_space: expected channels divisible by {b * b}, got {c}.")
    x = transpose(reshape(x, (n, h, w, b, b, c // (b * b))), (0, 1, 3, 2, 4, 5))
    return reshape(x, (n, h * b, w * b, c // (b * b)))


@operation
def space_to_depth(x, block_size, data_format="channels_last"):
    """``block_size`` x ``block_size`` blocks of pixels moved into channels."""
    n, h, w, c = _image(x, data_format, "space_to_depth")
    b = block_size
    if h % b or w % b:
        raise ShapeError(f"space_to_depth: expected height and width divisible by {b}, got {h} and {w}.")
    x = transpose(reshape(x, (n, h // b, b, w // b, b, c)), (0, 1, 3, 2, 4, 5))
    return reshape(x, (n, h // b, w // b, b * b * c))


def _image(x, data_format, who):
    if data_format == "channels_first":
        raise NotSupportedError(f"{who}: data_format='channels_first' is not supported. Use channels_last.")
    shape = tuple(live(x).shape)
    if len(shape) != 4:
        raise ShapeError(f"{who}: expected (batch, height, width, channels), got shape {shape}.")
    return shape


@operation
def cast(x, dtype):
    """``x`` in another dtype; anything but 0 becomes True as bool.

    Examples
    --------
    >>> from genodl import ops
    >>> ops.cast([1.7, -1.7], "int32")
    array([ 1, -1], dtype=int32)
    """
    return to_dtype(x, standardize(dtype))
