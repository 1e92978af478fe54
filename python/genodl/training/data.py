"""Data for fit, evaluate and predict: whole arrays, or batches that come one by one."""

from __future__ import annotations

import numpy as np

from genodl import _tree
from genodl._dtypes import to_array
from genodl._errors import NotFiniteError, ShapeError
from genodl._tensor import KerasTensor
from genodl.models import _inputs
from genodl.models.graph import standardize_inputs
from genodl.training import columns


def unpack_x_y_sample_weight(data):
    """``(x, y, sample_weight)`` from what a generator yields."""
    if isinstance(data, list):
        data = tuple(data)
    if not isinstance(data, tuple):
        return data, None, None
    if len(data) > 3:
        raise ValueError(f"data: expected x, (x, y) or (x, y, sample_weight), got {len(data)} things.")
    return (*data, None, None)[:3] if len(data) < 3 else data


def is_arrays(x):
    """Whether all leaves have rows that can be counted and sliced."""
    if x is None:
        return False
    if _inputs.is_dna(x) or _inputs.is_strings(x):
        return True
    if isinstance(x, (list, tuple)):
        return len(x) > 0 and all(is_arrays(i) or isinstance(i, (int, float, bool, np.generic)) for i in x)
    if isinstance(x, dict):
        return all(is_arrays(v) for v in x.values())
    if isinstance(x, KerasTensor):
        return False
    return hasattr(x, "shape") and hasattr(x, "__getitem__") and not callable(x)


def is_stored(nest):
    """Whether a leaf lies outside memory, in a file that is read by slices (h5py, zarr)."""
    return any(
        hasattr(x, "shape") and not isinstance(x, (np.ndarray, np.generic)) and not _inputs.is_dna(x)
        and not hasattr(x, "_handle") and len(x.shape) > 0
        for x in _tree.flatten(nest)
    )


class Batch:
    """One batch, or a whole data set: columns of inputs, targets and weights and the nests they fill."""

    def __init__(self, model, x, y=None, sample_weight=None, class_weight=None):
        self.x_nest, self.x = _input_columns(model, x)
        self.y_nest, self.y = _target_columns(y)
        if class_weight is not None:
            sample_weight = _with_class_weight(self.y, sample_weight, class_weight)
        self.w_nest, self.w = _target_columns(sample_weight)
        for what, group in (("sample_weight", self.w), ("y", self.y)):
            if any(c is not None and c.rows is None for c in group):
                raise ShapeError(f"{what}: expected an array with one row per sample, got a single number.")
        self.rows = self._count_rows()

    @property
    def columns(self):
        return [c for c in [*self.x, *self.y, *self.w] if c is not None]

    @property
    def nests(self):
        return self.x_nest, self.y_nest, self.w_nest

    def _count_rows(self):
        rows = {c.rows for c in self.columns}
        if len(rows) > 1:
            sizes = ", ".join(str(c.rows) for c in self.columns)
            raise ValueError(f"data: expected arrays with the same number of rows, got {sizes}.")
        return rows.pop() if rows else 0

    def y_arrays(self):
        """Targets in their nest, as arrays."""
        return None if self.y_nest is None else _tree.pack_like(self.y_nest, [c and c.whole() for c in self.y])

    def w_arrays(self):
        """Sample weights in their nest, as arrays."""
        return None if self.w_nest is None else _tree.pack_like(self.w_nest, [c and c.whole() for c in self.w])

    def take(self, rows):
        """The same nests with these rows only; ``rows`` is a slice or an index array."""
        part = object.__new__(Batch)
        part.x_nest, part.y_nest, part.w_nest = self.nests
        part.x = [c.take(rows) for c in self.x]
        part.y = [None if c is None else c.take(rows) for c in self.y]
        part.w = [None if c is None else c.take(rows) for c in self.w]
        part.rows = part._count_rows()
        return part

    def check_finite(self):
        """Finds the first NaN or infinity among inputs, and infinity among targets."""
        for what, group in (("x", self.x), ("sample_weight", self.w)):
            for i, column in enumerate(group):
                _check_finite(column, what if len(group) == 1 else f"{what}[{i}]")


def _input_columns(model, x):
    graph = getattr(model, "_graph", None)
    if graph is not None:
        given = [x] if len(graph.input_tensors) == 1 and not isinstance(x, (dict, list, tuple)) else x
        if len(graph.input_tensors) == 1 and isinstance(x, (list, tuple)) and not _holds_arrays(x):
            given = [x]  # rows written as a list
        values = standardize_inputs(graph, given, model.name) if not _is_single(given) else given
        return None, [columns.input_column(v, t) for v, t in zip(values, graph.input_tensors, strict=True)]
    if isinstance(x, (list, tuple)) and not _holds_arrays(x):
        x = x if _inputs.is_strings(x) else to_array(x)
    nest = _skeleton(x)
    return nest, [columns.input_column(v, None) for v in _leaves(x)]


def _is_single(given):
    return isinstance(given, list) and len(given) == 1


def _holds_arrays(x):
    return any(hasattr(i, "shape") or isinstance(i, (dict,)) or _inputs.is_dna(i) for i in x)


def _leaves(x):
    return [x] if _inputs.is_strings(x) or _inputs.is_dna(x) else _tree.flatten(x)


def _skeleton(x):
    """The nest with its leaves taken out."""
    if _inputs.is_strings(x) or _inputs.is_dna(x):
        return 0
    return _tree.map_structure(lambda _: 0, x)


def _target_columns(y):
    if y is None:
        return None, []
    if isinstance(y, (list, tuple)) and y and not _holds_arrays(y) and not any(v is None for v in y):
        if not any(isinstance(v, (list, tuple)) and v and hasattr(v[0], "shape") for v in y):
            y = to_array(y)
    nest = _tree.map_structure(lambda v: 0 if v is not None else None, y)
    return nest, [None if v is None else columns.target_column(v) for v in _tree.flatten(y)]


def _with_class_weight(targets, sample_weight, class_weight):
    if len(targets) != 1:
        raise ValueError(f"class_weight: expected one output, got {len(targets)}. Use sample_weight.")
    y = targets[0].whole()
    labels = np.argmax(y, axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y.reshape(len(y))
    weights = np.ones(len(labels), "float32")
    for label, weight in class_weight.items():
        weights[np.round(labels) == int(label)] = weight
    return weights if sample_weight is None else weights * np.asarray(sample_weight, "float32").reshape(len(weights))


def _check_finite(column, name):
    if column is None or column.kind != "plain" or column.array.dtype.kind != "f":
        return
    step = max(1, (1 << 20) // max(1, int(np.prod(column.array.shape[1:]))))
    for start in range(0, column.rows, step):
        part = column.array[start : start + step]
        if not np.isfinite(np.min(part, initial=0)) or not np.isfinite(np.max(part, initial=0)):
            index = np.argwhere(~np.isfinite(part))[0]
            value = part[tuple(index)]
            where = tuple(int(i) for i in (index[0] + start, *index[1:]))
            raise NotFiniteError(f"{name}: expected finite numbers, got {value} at index {where}.")


def split_off(batch, fraction):
    """The first rows for training and the last ``fraction`` for validation."""
    if not 0 < fraction < 1:
        raise ValueError(f"validation_split: expected a fraction between 0 and 1, got {fraction}.")
    cut = int(batch.rows * (1 - fraction))
    if cut == 0 or cut == batch.rows:
        raise ValueError(
            f"validation_split: expected a split with samples on both sides, got {batch.rows} samples at {fraction}."
        )
    return batch.take(slice(0, cut)), batch.take(slice(cut, None))
