"""Outputs of a model for many edits of one sequence, recomputing only what an edit can change."""

from __future__ import annotations

import warnings

import numpy as np

from genodl import _core
from genodl._errors import NotSupportedError, ShapeError
from genodl.explain._full_runs import FullRuns

# Mutants a run: many share the packing of weights, while their windows should stay in the cache.
_MOST_MUTANTS = 192
_FEWEST_MUTANTS = 12
_CACHE_BYTES = 24 << 20


class Mutants:
    """A delta plan of a model and the reference it was last given.

    Parameters
    ----------
    inputs : ModelInputs
    choose : callable
        From the outputs of the traced model to the one wanted.
    width : int
        Consecutive positions an edit may change.
    first, last : int
        Edits start at positions [first, last).
    memory : int
        Bytes the plan may take.
    """

    def __init__(self, inputs, choose, width, first, last, memory=512 << 20, mutants=None):
        self.inputs = inputs
        self.first = first
        self.width = width
        if mutants is not None:
            self._make(choose, width, first, last, mutants)
            return
        self._make(choose, width, first, last, _MOST_MUTANTS)
        for most, fewest in ((_CACHE_BYTES, _FEWEST_MUTANTS), (memory, 2)):
            while self.plan.arena_bytes > most and self.count > fewest:
                fitting = int(self.count * most / self.plan.arena_bytes)
                self._make(choose, width, first, last, max(fewest, min(fitting, self.count - 1)))
        shared = 3 * self._shared_positions()
        if shared > 3 and self.count > shared and self.count % shared:
            self._make(choose, width, first, last, self.count // shared * shared)

    def _make(self, choose, width, first, last, count):
        self.count = count
        places, reference = self.inputs.trace(1, choose)
        sources, mutant = self.inputs.trace(count, choose)
        source = self.inputs.source
        if mutant.shape[:1] != (count,) or reference.shape != (1, *mutant.shape[1:]):
            raise ShapeError(
                f"mutants: expected an output with one row for each sequence, got {mutant.shape} for {count}."
            )
        graph = _core.delta_graph(
            [reference._value], [mutant._value], places[source], sources[source], width, first, last
        )
        self.steps = graph["steps"]
        self.starts = [np.asarray(s, np.int32) for s in graph["starts"]]
        self.shape = mutant.shape[1:]
        self.dtype = mutant.dtype
        self.reference_plan = _core.Plan(places, [reference._value, *graph["reference_values"]], [])
        self.reference_session = _core.Session(self.reference_plan)
        self.changes = graph["outputs"][0] is not None
        wanted = [graph["outputs"][0]] if self.changes else []
        self.plan = _core.Plan([graph["edits"], *graph["tables"], *graph["reference_places"]], wanted, [])
        self.session = _core.Session(self.plan)
        self.kept = []

    def _shared_positions(self):
        """How many neighbouring positions end in the same place: behind pooling, a dense layer reads the
        same weights for their mutants."""
        last = self.starts[-1]
        return int(np.median(np.diff(np.flatnonzero(np.diff(last)), prepend=-1))) if np.any(np.diff(last)) else 1

    def _end(self, begin, positions):
        """Where a piece that begins there ends: short of its size if that keeps such neighbours together."""
        end = min(begin + self.count, len(positions))
        if end == len(positions):
            return end
        places = self.starts[-1][positions[begin : end + 1] - self.first]
        changes = np.flatnonzero(np.diff(places)) + 1
        whole = len(changes) and begin == 0 and changes[-1] > self.count // 2
        return begin + int(changes[-1]) if whole else end

    @property
    def flops(self):
        """Multiplications and additions for one edit, as planned."""
        return sum(s["flops"] for s in self.plan.steps) / self.count

    def set_reference(self, arrays):
        """Takes the sequence that is edited, one row of each input; gives its output."""
        output, *self.kept = self.reference_session.run(arrays, 0)
        self.output = output[0]
        return self.output

    def run(self, positions, edits):
        """Outputs for edits ``(m, width, 4)`` at ``positions``, in pieces of the plan's size.

        Yields pairs (slice of the edits, outputs).
        """
        positions = np.asarray(positions)
        end = 0
        while end < len(positions):
            begin, end = end, self._end(end, positions)
            if not self.changes:
                yield slice(begin, end), np.broadcast_to(self.output, (end - begin, *self.output.shape))
                continue
            # The last piece repeats its last edit: plans have one size.
            rows = np.minimum(np.arange(begin, begin + self.count), end - 1)
            tables = [s[positions[rows] - self.first] for s in self.starts]
            [outputs] = self.session.run([edits[rows], *tables, *self.kept], 0)
            yield slice(begin, end), outputs[: end - begin]


class WholeMutants:
    """The same for models that do something else for another number of rows: every mutant in full."""

    def __init__(self, inputs, choose, width, memory):
        self.inputs = inputs
        self.width = width
        self.runs = FullRuns(inputs, choose, memory)
        self.shape, self.dtype = self.runs.shape, self.runs.dtype

    def set_reference(self, arrays):
        self.arrays = arrays
        self.output = self.runs.outputs(arrays, arrays[self.inputs.source])[0]
        return self.output

    def run(self, positions, edits):
        for begin in range(0, len(positions), self.runs.rows):
            part = slice(begin, min(begin + self.runs.rows, len(positions)))
            mutants = np.repeat(self.arrays[self.inputs.source], part.stop - begin, axis=0)
            for mutant, p, edit in zip(mutants, positions[part], edits[part]):
                mutant[p : p + self.width] = edit
            yield part, self.runs.outputs(self.arrays, mutants)


def make_mutants(inputs, choose, width, first, last, memory, who):
    """A delta plan, or whole mutants, said aloud, for a model that cannot have one."""
    try:
        return Mutants(inputs, choose, width, first, last, memory)
    except NotSupportedError as error:
        warnings.warn(f"{who}: every mutant is computed in full. {error}", stacklevel=3)
        return WholeMutants(inputs, choose, width, memory)
