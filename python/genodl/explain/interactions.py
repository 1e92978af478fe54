"""Pairs of mutations: what two do together beyond what each does alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genodl._errors import ShapeError
from genodl.explain._mutants import make_mutants
from genodl.explain._progress import progress
from genodl.explain._tracing import ModelInputs, chooser

_EDITS_AT_ONCE = 4096


@dataclass
class Interactions:
    """Second-order effects of the mutations of one sequence.

    Attributes
    ----------
    reference : float
    single : ndarray (positions, 4)
        The effect of each mutation alone.
    values : ndarray (positions, 4, positions, 4)
        Effect of two mutations less the effects of each alone; symmetric, 0 where two meet at one position.
    sequence : ndarray (length, 4)
    region : (int, int)
    """

    reference: float
    single: np.ndarray
    values: np.ndarray
    sequence: np.ndarray
    region: tuple

    def per_position(self):
        """The strongest interaction of each pair of positions by its size, (positions, positions)."""
        return np.abs(self.values).max(axis=(1, 3))

    def plot(self, ax=None):
        """Draws the strength of each pair of positions; see :func:`genodl.plot.interactions`."""
        from genodl import plot

        return plot.interactions(self.values, ax=ax, start=self.region[0])


def interactions(model, x, region=None, output=None, input=None, memory=512 << 20, verbose="auto"):
    """All pairs of substitutions in a region: ``f(both) - f(first) - f(second) + f(reference)``.

    Parameters
    ----------
    model : Model
    x : DNA, strings, array (1, length, 4), or nest of these and other inputs
        One sequence.
    region : (int, int), optional
        Positions [first, last); the whole sequence where absent. Work grows with its square.
    output : int, str, (str, int) or callable, optional
        As of :func:`mutation_map`; must be one number.

    Returns
    -------
    Interactions

    Examples
    --------
    >>> import genodl as gd
    >>> model = gd.zoo.deepbind(30)
    >>> gd.explain.interactions(model, ["ACGTT" * 6], region=(10, 14)).values.shape
    (4, 4, 4, 4)
    """
    who = "interactions"
    inputs = ModelInputs(model, x, who, input)
    if inputs.rows != 1:
        raise ShapeError(f"{who}: expected one sequence, got {inputs.rows}. Call it for each.")
    sequence = inputs.sequences[0]
    first, last = (0, len(sequence)) if region is None else (int(r) for r in region)
    if not 0 <= first < last <= len(sequence):
        raise ShapeError(f"{who}: expected a region within 0 and {len(sequence)}, got {first} to {last}.")
    n = last - first
    mutants = make_mutants(inputs, chooser(model, output, who), n, first, first + 1, memory, who)
    if int(np.prod(mutants.shape)) != 1:
        raise ShapeError(
            f"{who}: expected one number for each sequence, got outputs {mutants.shape}. Choose one with output=."
        )
    reference = float(np.ravel(mutants.set_reference(inputs.row(0)))[0])
    own = sequence[first:last]
    position, base = np.nonzero(np.any(own[:, None] != np.eye(4, dtype=own.dtype), axis=-1))
    one, two = np.nonzero(position[:, None] < position[None, :])
    with progress(len(position) + len(one), who, verbose) as bar:

        def effects(*mutations):
            found = np.empty(len(mutations[0]))
            for begin in range(0, len(found), _EDITS_AT_ONCE):
                chosen = [m[begin : begin + _EDITS_AT_ONCE] for m in mutations]
                edits = np.repeat(own[None], len(chosen[0]), axis=0)
                for m in chosen:
                    edits[np.arange(len(m)), position[m]] = np.eye(4, dtype=own.dtype)[base[m]]
                for part, outputs in mutants.run(np.full(len(edits), first), edits):
                    found[begin + part.start : begin + part.stop] = outputs.reshape(-1) - reference
                    bar.update(len(outputs))
            return found

        alone = effects(np.arange(len(position)))
        both = effects(one, two)
    single = np.zeros((n, 4))
    single[position, base] = alone
    values = np.zeros((n, 4, n, 4))
    together = both - alone[one] - alone[two]
    values[position[one], base[one], position[two], base[two]] = together
    values[position[two], base[two], position[one], base[one]] = together
    return Interactions(reference, single, values, sequence, (first, last))
