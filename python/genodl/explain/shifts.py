"""Deletions and insertions: everything to the right moves, so mutants are computed in full."""

from __future__ import annotations

import numpy as np

from genodl.explain._full_runs import FullRuns


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
        arrays = self.inputs.row(i)
        [reference] = self.runs.outputs(arrays, sequence[None])
        delta = np.empty((self.count, *self.runs.shape), self.dtype)
        # A few positions at a time: whole mutants of a long region would not fit.
        positions = max(1, self.runs.rows // self.bases)
        for begin in range(self.first, self.last, positions):
            at = range(begin, min(begin + positions, self.last))
            mutants = np.stack([self.mutant(sequence, p, b) for p in at for b in range(self.bases)])
            start = (begin - self.first) * self.bases
            for part, outputs in self.runs.run(arrays, mutants):
                delta[start + part.start : start + part.stop] = rule(outputs, reference)
                bar.update(len(outputs))
        return reference, delta.reshape(self.shape)


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
