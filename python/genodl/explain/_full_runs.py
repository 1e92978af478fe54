"""Outputs of a model for whole mutants, nothing taken from the reference."""

from __future__ import annotations

import numpy as np

from genodl import _core

_ROWS = 32


class FullRuns:
    """Outputs of a model for whole mutants, in batches of one size."""

    def __init__(self, inputs, choose, memory, rows=_ROWS):
        self.inputs = inputs
        self.rows = rows
        values, chosen = inputs.trace(rows, choose)
        self.plan = _core.Plan(values, [chosen._value], [])
        while self.plan.arena_bytes > memory and self.rows > 1:
            self.rows = max(1, self.rows // 2)
            values, chosen = inputs.trace(self.rows, choose)
            self.plan = _core.Plan(values, [chosen._value], [])
        self.session = _core.Session(self.plan)
        self.shape = chosen.shape[1:]
        self.dtype = np.dtype(chosen.dtype)

    def run(self, arrays, sequences):
        """Outputs for ``sequences`` (m, length, 4) in place of that of ``arrays``; yields (slice, outputs)."""
        others = [np.repeat(a, self.rows, axis=0) for a in arrays]
        for begin in range(0, len(sequences), self.rows):
            end = min(begin + self.rows, len(sequences))
            rows = np.minimum(np.arange(begin, begin + self.rows), end - 1)
            others[self.inputs.source] = np.ascontiguousarray(sequences[rows])
            [outputs] = self.session.run(others, 0)
            yield slice(begin, end), outputs[: end - begin]

    def outputs(self, arrays, sequences):
        """All outputs at once."""
        return np.concatenate([o for _, o in self.run(arrays, sequences)])
