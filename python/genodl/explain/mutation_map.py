"""The effect of every single mutation, exact to full recomputation."""

from __future__ import annotations

import contextlib

import numpy as np

from genodl._errors import ShapeError
from genodl.explain import scores
from genodl.explain._files import new_archive
from genodl.explain._mutants import make_mutants
from genodl.explain._progress import progress
from genodl.explain._tracing import ModelInputs, chooser
from genodl.explain.map import MutationMap
from genodl.explain.shifts import deletions, insertions

_KINDS = ("substitutions", "deletions", "insertions")


def mutation_map(model, x, output=None, mutations="substitutions", score="difference", region=None, input=None,
                 path=None, memory=512 << 20, verbose="auto"):
    """The effect of every single mutation of some sequences on an output of a model.

    Exact: what a mutation cannot change is taken from the reference, everything else is computed as
    :meth:`predict` would. Where an op sees the whole sequence, the rest is computed in full.

    Parameters
    ----------
    model : Model
    x : DNA, strings, array (n, length, 4), or nest of these and other inputs
        One or more sequences. Other inputs keep their values.
    output : int, str, (str, int) or callable, optional
        A column of the only output, the name of an output, a column of a named one, or a function of the
        outputs written with ``gd.ops`` that gives one row for each sequence. All columns where absent.
    mutations : "substitutions", "deletions" or "insertions"
        A deletion takes one position away; what follows moves up and an N (a quarter of each base) comes
        in at the end. An insertion puts a base before a position; the last position falls off the end.
    score : "difference", "deltascore", "logit" or callable
        From (mutant, reference) to a number; see :mod:`genodl.explain.scores`.
    region : (int, int), optional
        Only mutations at positions [first, last).
    input : int or str, optional
        Which input is mutated, if several look like DNA.
    path : str, optional
        Writes the map to this .npz file as it is made instead of keeping ``delta`` in memory; the result
        reads it from there.
    memory : int
        Bytes to work in.
    verbose : "auto", 0 or 1
        Whether to show progress; "auto" shows it on a terminal.

    Returns
    -------
    MutationMap
        ``delta`` is (n, positions, 4) and one axis more for each axis of the output beyond the batch; of
        deletions (n, positions). A substitution by the base that is there is 0. At a position that is not
        one clear base (N, R, ...) all four bases are substituted.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.set_seed(0)
    >>> model = gd.Sequential([gd.Input((8, 4)), gd.layers.Conv1D(2, 3), gd.layers.GlobalMaxPooling1D(),
    ...                        gd.layers.Dense(1)])
    >>> gd.explain.mutation_map(model, ["ACGTACGT"]).delta.shape
    (1, 8, 4)
    """
    who = "mutation_map"
    if mutations not in _KINDS:
        raise ValueError(f"{who}: expected mutations to be one of {', '.join(map(repr, _KINDS))}, got {mutations!r}.")
    rule = scores.get(score, who)
    inputs = ModelInputs(model, x, who, input)
    length = inputs.sequences.shape[1]
    first, last = _region(region, length, who)
    choose = chooser(model, output, who)
    if mutations == "substitutions":
        outputs = Substitutions(inputs, choose, first, last, memory)
    else:
        outputs = {"deletions": deletions, "insertions": insertions}[mutations](inputs, choose, first, last, memory)
    shape = (inputs.rows, *outputs.shape)
    references = []

    def rows():
        with progress(inputs.rows * outputs.count, who, verbose) as bar:
            for i in range(inputs.rows):
                reference, delta = outputs.of(i, rule, bar)
                references.append(reference)
                yield delta

    def result(delta):
        reference = np.stack(references)
        if reference.ndim == 2 and reference.shape[1] == 1:
            reference = reference[:, 0]
        name = score if isinstance(score, str) else getattr(score, "__name__", "score")
        return MutationMap(reference, delta, inputs.sequences, (first, last), mutations, name)

    if path is None:
        delta = np.empty(shape, outputs.dtype)
        for i, row in enumerate(rows()):
            delta[i] = row
        return result(delta)
    with contextlib.ExitStack() as stack:
        archive = stack.enter_context(new_archive(path))
        with archive.rows("delta", shape, outputs.dtype) as write:
            for row in rows():
                write(row)
        result(None)._write_rest(archive)
    return MutationMap.load(path)


def _region(region, length, who):
    first, last = (0, length) if region is None else region
    if not 0 <= first < last <= length:
        raise ShapeError(f"{who}: expected a region within 0 and {length}, got {first} to {last}.")
    return int(first), int(last)


class Substitutions:
    """Scores of all substitutions, one sequence at a time."""

    def __init__(self, inputs, choose, first, last, memory):
        self.inputs = inputs
        self.region = first, last
        self.mutants = make_mutants(inputs, choose, 1, first, last, memory, "mutation_map")
        self.tail = squeezed(self.mutants.shape)
        self.shape = (last - first, 4, *self.tail)
        self.count = (last - first) * 4
        self.dtype = np.dtype(self.mutants.dtype)

    def of(self, i, rule, bar):
        reference = self.mutants.set_reference(self.inputs.row(i))
        first, last = self.region
        rows = self.inputs.sequences[i, first:last]
        bases = np.eye(4, dtype=rows.dtype)
        # What is to be tried: a base that is there already changes nothing.
        position, base = np.nonzero(np.any(rows[:, None] != bases, axis=-1))
        delta = np.zeros((self.shape[0], 4, *self.mutants.shape), self.dtype)
        done = 0
        for part, outputs in self.mutants.run(position + first, bases[base][:, None]):
            delta[position[part], base[part]] = rule(outputs, reference)
            bar.update(len(outputs))
            done += len(outputs)
        bar.update(self.count - done)
        return reference, delta.reshape(self.shape)


def squeezed(shape):
    """An output of one number needs no axis of its own."""
    return () if shape == (1,) else shape
