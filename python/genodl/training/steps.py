"""Compiled steps: a model traced for one kind of batch, planned, with a session to run it."""

from __future__ import annotations

import numpy as np

from genodl import _core, _trace, _tree
from genodl._tensor import KerasTensor
from genodl.layers import _calling


class Step:
    """A plan for batches of one size and kind.

    Attributes
    ----------
    outputs : nest
        The nest of the model's outputs, for steps that return them.
    fetched : list
        Shapes of one row of each output the plan returns.
    """

    def __init__(self, model, mode, batch, rows):
        self.rows = rows
        placeholders = []

        def enter(columns, nest, prefix):
            live = []
            for i, column in enumerate(columns):
                if column is None:
                    live.append(None)
                    continue
                name = f"{prefix}{i}"
                value = column.placeholder(rows, name)
                placeholders.append(value)
                live.append(column.live(value, name))
            if nest is None:
                return live
            return _tree.pack_like(nest, live)

        with _trace.Trace(training=mode == "train") as trace:
            x = enter(batch.x, batch.x_nest, "x")
            if batch.x_nest is None:
                graph = model._graph
                x = _tree.pack_like(graph.inputs, x)
            y = enter(batch.y, batch.y_nest, "y") if batch.y_nest is not None else None
            w = enter(batch.w, batch.w_nest, "sample_weight") if batch.w_nest is not None else None
            outputs = model._trace_step(mode, x, y, w, rows)
            updates = [(v._handle, t._value) for v, t in trace.updates()]
        model._clear_losses()
        self.outputs = outputs
        fetched = [t for t in _tree.flatten(outputs) if isinstance(t, KerasTensor)]
        self.specs = [(t.shape, t.dtype) for t in fetched]
        self.plan = _core.Plan(placeholders, [t._value for t in fetched], updates)
        self.session = _core.Session(self.plan)

    def run(self, arrays, number):
        """Results for one batch, in the nest of the outputs."""
        results = iter(self.session.run(arrays, number))
        leaves = [next(results) if isinstance(t, KerasTensor) else t for t in _tree.flatten(self.outputs)]
        return _tree.pack_like(self.outputs, leaves)

    def result_arrays(self, rows):
        """Arrays for the outputs of ``rows`` samples; None where an output has no rows."""
        if any(not shape or shape[0] != self.rows for shape, _ in self.specs):
            return None
        return [np.empty((rows, *shape[1:]), dtype) for shape, dtype in self.specs]


class Steps:
    """Steps of one model, made when first needed and kept while they are valid."""

    _MOST = 32

    def __init__(self, model):
        self.model = model
        self.known = {}

    def get(self, mode, batch, rows):
        key = (
            mode,
            rows,
            tuple(c.key if c is not None else None for group in (batch.x, batch.y, batch.w) for c in group),
            repr(batch.nests),
            self.model._step_key(mode),
            _calling.version(),
            _core.get_threads(),
        )
        step = self.known.pop(key, None)
        if step is None:
            step = Step(self.model, mode, batch, rows)
            while len(self.known) >= self._MOST:
                self.known.pop(next(iter(self.known)))
        self.known[key] = step
        return step

    def clear(self):
        self.known.clear()
