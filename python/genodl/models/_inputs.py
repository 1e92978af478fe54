"""What users hand to a model, as arrays and tensors the model's inputs accept."""

from __future__ import annotations

import numpy as np

from genodl import _tree
from genodl._dtypes import to_array
from genodl._tensor import KerasTensor


def as_nest(structure):
    """Tuples of tensors become lists, so that nests compare equal after saving."""
    return structure


def is_dna(x):
    from genodl.sequence import DNA

    return isinstance(x, DNA)


def is_strings(x):
    if isinstance(x, str):
        return True
    if isinstance(x, np.ndarray):
        return x.dtype.kind in "US" or (x.dtype == object and x.size > 0 and isinstance(x.flat[0], str))
    return isinstance(x, (list, tuple)) and len(x) > 0 and isinstance(x[0], str)


def one_array(x):
    """One input as an array: DNA and strings as one-hot, numbers as they are."""
    if is_dna(x):
        return x.one_hot()
    if is_strings(x):
        from genodl.sequence import encode

        return encode([x] if isinstance(x, str) else list(x)).one_hot()
    return to_array(x)


def from_user(model, inputs):
    """Arrays in the nest of the model's inputs; a plain list of numbers is one array."""
    if isinstance(inputs, KerasTensor) or inputs is None:
        return inputs
    if is_dna(inputs) or is_strings(inputs):
        return one_array(inputs)
    if isinstance(inputs, dict):
        return {k: from_user(model, v) for k, v in inputs.items()}
    if isinstance(inputs, (list, tuple)):
        if all(_is_number(x) for x in _tree.flatten(inputs)) and not _expects_many(model):
            return to_array(inputs)
        return type(inputs)(from_user(model, x) for x in inputs)
    return one_array(inputs)


def _is_number(x):
    return isinstance(x, (int, float, bool, np.generic))


def _expects_many(model):
    graph = getattr(model, "_graph", None)
    return graph is not None and len(graph.input_tensors) > 1


def cast_like(x, outline):
    if str(x.dtype) == outline.dtype:
        return x
    from genodl import ops

    return ops.cast(x, outline.dtype)
