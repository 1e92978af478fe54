"""Motifs put into backgrounds: what one does, and what two do at a distance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genodl._errors import ShapeError
from genodl.explain._full_runs import FullRuns
from genodl.explain._tracing import ModelInputs, chooser


@dataclass
class Marginalization:
    """What a motif does in many backgrounds.

    Attributes
    ----------
    before, after : ndarray (n, ...)
        Outputs for the backgrounds without and with the motif.
    """

    before: np.ndarray
    after: np.ndarray

    @property
    def effect(self):
        """The mean change over the backgrounds."""
        return (self.after - self.before).mean(axis=0)


@dataclass
class Cooperativity:
    """What two motifs do together beyond what each does alone, by the distance between them.

    Attributes
    ----------
    spacings : ndarray (s,)
        Bases between the end of the first and the start of the second.
    values : ndarray (s, n, ...)
        ``f(both) - f(first) - f(second) + f(neither)`` in each background.
    """

    spacings: np.ndarray
    values: np.ndarray

    @property
    def effect(self):
        """The mean over the backgrounds, (s, ...)."""
        return self.values.mean(axis=1)


def marginalize(model, motif, backgrounds, output=None, position=None, input=None, memory=512 << 20):
    """Outputs with and without a motif in the middle of background sequences.

    Parameters
    ----------
    model : Model
    motif : str or Motif
        Letters, or a motif whose consensus is put in.
    backgrounds : DNA, strings, array (n, length, 4), or nest of these and other inputs
    output : int, str, (str, int) or callable, optional
        As of :func:`mutation_map`.
    position : int, optional
        Where the motif begins; in the middle where absent.

    Returns
    -------
    Marginalization

    Examples
    --------
    >>> import genodl as gd
    >>> model = gd.zoo.deepbind(30)
    >>> gd.explain.marginalize(model, "TGACTCA", ["ACGTT" * 6] * 3).after.shape[0]
    3
    """
    who = "marginalize"
    inputs = ModelInputs(model, backgrounds, who, input)
    rows = _rows_of(motif, inputs.sequences.dtype, who)
    length = inputs.sequences.shape[1]
    position = (length - len(rows)) // 2 if position is None else int(position)
    _check_place(position, len(rows), length, who)
    runs = FullRuns(inputs, chooser(model, output, who), memory)
    before, after = [], []
    for i in range(inputs.rows):
        plain = inputs.sequences[i]
        pair = runs.outputs(inputs.row(i), np.stack([plain, _with(plain, rows, position)]))
        before.append(pair[0])
        after.append(pair[1])
    return Marginalization(np.stack(before), np.stack(after))


def cooperativity(model, motif_a, motif_b, spacings, backgrounds=None, output=None, count=16, seed=0, input=None,
                  memory=512 << 20):
    """What two motifs do together beyond what each does alone, at each of some distances.

    Parameters
    ----------
    model : Model
    motif_a, motif_b : str or Motif
    spacings : sequence of int
        Bases between the end of the first motif and the start of the second.
    backgrounds : DNA, strings, array (n, length, 4), or nest, optional
        ``count`` random sequences of equal base frequencies where absent (models with one DNA input of
        known length).
    output : int, str, (str, int) or callable, optional
        As of :func:`mutation_map`.

    Returns
    -------
    Cooperativity

    Examples
    --------
    >>> import genodl as gd
    >>> model = gd.zoo.deepbind(40)
    >>> gd.explain.cooperativity(model, "TGACTCA", "GGGCGG", [0, 5], count=2).effect.shape[0]
    2
    """
    who = "cooperativity"
    if backgrounds is None:
        backgrounds = _random_backgrounds(model, count, seed, who)
    inputs = ModelInputs(model, backgrounds, who, input)
    first, second = (_rows_of(m, inputs.sequences.dtype, who) for m in (motif_a, motif_b))
    length = inputs.sequences.shape[1]
    spacings = np.atleast_1d(np.asarray(spacings, int))
    places = []
    for spacing in spacings:
        whole = len(first) + spacing + len(second)
        start = (length - whole) // 2
        _check_place(start, whole, length, who)
        if spacing < 0:
            raise ValueError(f"{who}: expected spacings of at least 0, got {spacing}.")
        places.append((start, start + len(first) + spacing))
    runs = FullRuns(inputs, chooser(model, output, who), memory)
    values = []
    for i in range(inputs.rows):
        plain = inputs.sequences[i]
        mutants = [plain]
        for a, b in places:
            one = _with(plain, first, a)
            mutants += [one, _with(plain, second, b), _with(one, second, b)]
        neither, *rest = runs.outputs(inputs.row(i), np.stack(mutants))
        values.append([both - one - two + neither for one, two, both in zip(rest[::3], rest[1::3], rest[2::3])])
    return Cooperativity(spacings, np.moveaxis(np.array(values), 0, 1))


def _with(sequence, rows, position):
    changed = sequence.copy()
    changed[position : position + len(rows)] = rows
    return changed


def _rows_of(motif, dtype, who):
    from genodl.sequence import encode

    letters = motif if isinstance(motif, str) else getattr(motif, "consensus", None)
    letters = letters() if callable(letters) else letters
    if not isinstance(letters, str) or not letters:
        raise TypeError(f"{who}: expected letters or a Motif, got {type(motif).__name__}.")
    return encode([letters]).one_hot()[0].astype(dtype)


def _check_place(start, width, length, who):
    if start < 0 or start + width > length:
        raise ShapeError(f"{who}: expected motifs that fit {length} bases, got {width} from position {start}.")


def _random_backgrounds(model, count, seed, who):
    graph = getattr(model, "_graph", None)
    shape = graph.input_tensors[0].shape if graph is not None and len(graph.input_tensors) == 1 else ()
    if len(shape) != 3 or shape[1] is None:
        raise ShapeError(f"{who}: expected backgrounds for a model without one DNA input of known length, got none.")
    bases = np.random.default_rng(seed).integers(0, 4, (count, shape[1]))
    return np.eye(4, dtype="float32")[bases]
