"""One input or target of a model as an array the engine reads, and how it enters a trace."""

from __future__ import annotations

import numpy as np

from genodl import _core, _trace
from genodl._dtypes import to_array
from genodl._errors import DTypeError, ShapeError
from genodl.models import _inputs


class Column:
    """Rows of one tensor.

    Attributes
    ----------
    kind : {"plain", "dna"}
        ``dna`` columns hold one byte a base and are one-hot for the model.
    array : ndarray or sliceable
    """

    def __init__(self, kind, array):
        self.kind = kind
        self.array = array

    @property
    def rows(self):
        return int(self.array.shape[0]) if len(self.array.shape) else None

    @property
    def key(self):
        return self.kind, tuple(self.array.shape[1:]), str(self.array.dtype)

    def take(self, rows):
        return Column(self.kind, self.array[rows])

    def whole(self):
        """The rows as one contiguous array."""
        return to_array(self.array[:] if not isinstance(self.array, np.ndarray) else self.array)

    def placeholder(self, rows, name):
        return _core.placeholder((rows, *self.array.shape[1:]), str(self.array.dtype), name)

    def live(self, value, name):
        """The live tensor the model sees for a placeholder."""
        if self.kind == "dna":
            [value] = _core.node("dna_one_hot", [value], {}, name)
        return _trace.live_tensor(value, name)


def input_column(x, outline):
    """A column for a model's input; ``outline`` is the input's symbolic tensor if the model has one."""
    if _inputs.is_dna(x):
        return _dna_column(x.codes, outline)
    if _inputs.is_strings(x):
        from genodl.sequence import encode

        return _dna_column(encode([x] if isinstance(x, str) else list(x)).codes, outline)
    array = _engine_array(x)
    is_dna = outline is not None and outline._history is not None and _is_dna_input(outline._history[0].target)
    if is_dna and array.dtype == np.uint8 and array.ndim == 2:
        return _dna_column(array, outline)
    if outline is not None:
        array = _fit(array, outline)
    if isinstance(array, np.ndarray) and array.ndim == 3 and array.shape[2] == 4 and array.dtype == np.float32:
        codes = _core.one_hot_codes(array)
        if codes is not None:
            return Column("dna", codes)
    return Column("plain", array)


def _is_dna_input(layer):
    return type(layer).__name__ == "DNAInputLayer"


def _dna_column(codes, outline):
    codes = np.ascontiguousarray(codes)
    if outline is not None and (len(outline.shape) != 3 or outline.shape[1] not in (None, codes.shape[1])):
        raise ShapeError(
            f"{outline.name}: expected DNA of length {outline.shape[1] if len(outline.shape) > 1 else outline.shape}, "
            f"got {codes.shape[1]}."
        )
    return Column("dna", codes)


def _engine_array(x):
    if isinstance(x, np.ndarray) or not (hasattr(x, "shape") and hasattr(x, "__getitem__")) or hasattr(x, "_handle"):
        array = to_array(x)
        return array.astype("float32") if array.dtype == np.float64 else array
    return _engine_array(np.asarray(x[:]) if len(x.shape) else np.asarray(x))


def _fit(array, outline):
    """A rank one too high or low is forgiven where the odd axis has size one, as in Keras."""
    want = outline.shape
    shape = array.shape
    if len(shape) == len(want) + 1 and shape[-1] == 1:
        array = array.reshape(shape[:-1])
    elif len(shape) == len(want) - 1 and want and want[-1] == 1:
        array = array.reshape((*shape, 1))
    shape = array.shape
    if len(shape) != len(want) or (
        not outline._any_size and any(w is not None and w != s for w, s in zip(want[1:], shape[1:]))
    ):
        raise ShapeError(
            f"{outline.name}: expected an array of shape {want}, got {shape}. Reshape the data or change the Input."
        )
    if outline.dtype != str(array.dtype) and array.dtype.kind == "f" and not outline.dtype.startswith("float"):
        if np.any(array != np.trunc(array)):
            raise DTypeError(f"{outline.name}: expected whole numbers ({outline.dtype}), got fractions.")
        array = array.astype(outline.dtype)
    return array


def target_column(y):
    """A column for a target or for sample weights."""
    array = _engine_array(y)
    return Column("plain", array.astype("int32") if array.dtype == np.int64 else array)
