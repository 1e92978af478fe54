"""Deletions and insertions: everything to the right moves, so mutants are computed in full."""

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

    def run(self, i, sequences):
        """Outputs for ``sequences`` (m, length, 4) in place of sequence ``i``; yields (slice, outputs)."""
        others = [np.repeat(a, self.rows, axis=0) for a in self.inputs.row(i)]
        for begin in range(0, len(sequences), self.rows):
            end = min(begin + self.rows, len(sequences))
            rows = np.minimum(np.arange(begin, begin + self.rows), end - 1)
            others[self.inputs.source] = np.ascontiguousarray(sequences[rows])
            [outputs] = self.session.run(others, 0)
            yield slice(begin, end), outputs[: end - begin]

    def outputs(self, i, sequences):
        """All outputs at once."""
        return np.concatenate([o for _, o in self.run(i, sequences)])


class _Shifts:
    """Scores of mutants that move what follows them."""

    def __init__(self, inputs, choose, first, last, memory, bases):
        self.inputs = inputs
        self.first, self.last, self.bases = first, last, bases
        self.runs = FullRuns(inputs, choose, memory)
        tail = () if self.runs.shape == (1,) else self.runs.shape
        self.shape = (last - first, *((4,) if bases == 4 else ()), *tail)
        self.count = (last - first) * bases
        self.dtype = self.runs.dtype

    def of(self, i, rule, bar):
        sequence = self.inputs.sequences[i]
        [(_, reference)] = self.runs.run(i, sequence[None])
        delta = np.empty((self.count, *self.runs.shape), self.dtype)
        # A few positions at a time: whole mutants of a long region would not fit.
        positions = max(1, self.runs.rows // self.bases)
        for begin in range(self.first, self.last, positions):
            at = range(begin, min(begin + positions, self.last))
            mutants = np.stack([self.mutant(sequence, p, b) for p in at for b in range(self.bases)])
            start = (begin - self.first) * self.bases
            for part, outputs in self.runs.run(i, mutants):
                delta[start + part.start : start + part.stop] = rule(outputs, reference[0])
                bar.update(len(outputs))
        return reference[0], delta.reshape(self.shape)


class _Deletions(_Shifts):
    @staticmethod
    def mutant(sequence, position, _):
        unknown = np.full((1, 4), 0.25, sequence.dtype)
        return np.concatenate([sequence[:position], sequence[position + 1 :], unknown])


class _Insertions(_Shifts):
    @staticmethod
    def mutant(sequence, position, base):
        row = np.eye(4, dtype=sequence.dtype)[base : base + 1]
        return np.concatenate([sequence[:position], row, sequence[position:-1]])


def deletions(inputs, choose, first, last, memory):
    return _Deletions(inputs, choose, first, last, memory, 1)


def insertions(inputs, choose, first, last, memory):
    return _Insertions(inputs, choose, first, last, memory, 4)
