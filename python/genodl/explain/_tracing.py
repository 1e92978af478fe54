"""A model as a graph from plain arrays to the outputs that are asked for."""

from __future__ import annotations

import numpy as np

from genodl import _core, _trace, _tree
from genodl._errors import ShapeError
from genodl._suggest import nearest
from genodl._tensor import KerasTensor


class ModelInputs:
    """The inputs of a model as arrays with one row a sequence, DNA as one-hot rows.

    Attributes
    ----------
    arrays : list of ndarray
    source : int
        Which of them is mutated.
    """

    def __init__(self, model, x, who, source=None):
        from genodl.training.data import Batch  # models must be loaded first

        self.model = model
        batch = Batch(model, x)
        self.nest = batch.x_nest
        outlines = model._graph.input_tensors if batch.x_nest is None else [None] * len(batch.x)
        self.arrays = [_plain(c, o) for c, o in zip(batch.x, outlines, strict=True)]
        self.rows = batch.rows
        if not self.rows:
            raise ShapeError(f"{who}: expected at least one sequence, got none.")
        self.source = _find_source(self.arrays, batch.x, outlines, who, source)

    @property
    def sequences(self):
        """One-hot rows of all sequences (n, length, 4)."""
        return self.arrays[self.source]

    def row(self, i):
        return [a[i : i + 1] for a in self.arrays]

    def trace(self, rows, choose):
        """Placeholders for ``rows`` sequences and the live outputs that ``choose`` picks."""
        with _trace.Trace(training=False):
            values = [_core.placeholder((rows, *a.shape[1:]), str(a.dtype), f"x{i}") for i, a in enumerate(self.arrays)]
            live = [_trace.live_tensor(v, f"x{i}") for i, v in enumerate(values)]
            nest = _tree.pack_like(self.model._graph.inputs if self.nest is None else self.nest, live)
            outputs = self.model(nest, training=False)
            chosen = choose(outputs)
        self.model._clear_losses()
        return values, chosen


def _plain(column, outline):
    dtype = "float32" if outline is None or not outline.dtype.startswith("float") else outline.dtype
    if column.kind == "dna":
        from genodl.sequence import DNA

        return np.ascontiguousarray(DNA(column.whole()).one_hot(), dtype)
    array = column.whole()
    return array.astype(dtype) if array.dtype.kind == "f" else array


def _find_source(arrays, columns, outlines, who, source):
    if source is not None:
        names = [o.name if o is not None else f"x{i}" for i, o in enumerate(outlines)]
        if source in names:
            source = names.index(source)
        if isinstance(source, str) or not 0 <= source < len(arrays):
            raise ValueError(f"{who}: no input is called {source!r}{nearest(str(source), names)}")
        if arrays[source].ndim != 3 or arrays[source].shape[2] != 4:
            raise ShapeError(f"{who}: expected a DNA input (n, length, 4), got {arrays[source].shape}.")
        return source
    found = [i for i, (a, c) in enumerate(zip(arrays, columns)) if c.kind == "dna" or (a.ndim == 3 and a.shape[2] == 4)]
    if len(found) != 1:
        shapes = ", ".join(str(a.shape) for a in arrays)
        raise ShapeError(
            f"{who}: expected one DNA input (n, length, 4), got {len(found)} among inputs of the shapes {shapes}. "
            + ("Name it with input=." if found else "Give one-hot rows, strings or gd.sequence.DNA.")
        )
    return found[0]


def chooser(model, output, who):
    """A function from the outputs of a traced model to the one live tensor that is asked for."""

    def choose(outputs):
        if callable(output):
            chosen = output(outputs)
            if not isinstance(chosen, KerasTensor):
                got = type(chosen).__name__
                raise TypeError(f"{who}: expected output to return a tensor made with gd.ops, got {got}.")
            return chosen
        tensors = [t for t in _tree.flatten(outputs) if isinstance(t, KerasTensor)]
        name, column = output if isinstance(output, tuple) else (output, None)
        if isinstance(name, str):
            named = outputs if isinstance(outputs, dict) else dict(zip(model.output_names, tensors, strict=False))
            if name not in named:
                raise ValueError(f"{who}: no output is called {name!r}{nearest(name, named)}")
            chosen = named[name]
        else:
            column = name if column is None else column
            if len(tensors) != 1:
                raise ValueError(
                    f"{who}: expected output to name one of {len(tensors)} outputs, got {output!r}. "
                    f"Choose among {', '.join(map(repr, getattr(model, 'output_names', [])))}."
                )
            chosen = tensors[0]
        if column is None:
            return chosen
        if not -chosen.shape[-1] <= column < chosen.shape[-1]:
            raise ValueError(f"{who}: expected a column from 0 to {chosen.shape[-1] - 1}, got {column}.")
        return chosen[..., column]

    return choose
