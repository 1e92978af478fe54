"""Which stretches matter: the output with a block of the sequence hidden."""

from __future__ import annotations

import numpy as np

from genodl._errors import ShapeError
from genodl.explain import scores
from genodl.explain._mutants import make_mutants
from genodl.explain._progress import progress
from genodl.explain._tracing import ModelInputs, chooser
from genodl.explain.attribution import Attribution


def occlusion(model, x, width=1, output=None, step=1, fill="n", score="difference", input=None, memory=512 << 20,
              verbose="auto"):
    """The effect of hiding ``width`` neighbouring bases, at every place.

    Parameters
    ----------
    model : Model
    x : DNA, strings, array (n, length, 4), or nest of these and other inputs
    width : int
        Bases hidden at a time.
    output : int, str, (str, int) or callable, optional
        As of :func:`mutation_map`; must be one number for each sequence.
    step : int
        From one block to the next. The last block ends where the sequence ends.
    fill : "n" or "zero"
        A quarter of each base, or nothing.
    score : "difference", "deltascore", "logit" or callable

    Returns
    -------
    Attribution
        At each base the mean of the scores, reference against hidden, of the blocks that cover it: positive
        where the base holds the output up. It stands at the letter that is there.

    Examples
    --------
    >>> import genodl as gd
    >>> model = gd.zoo.deepbind(30)
    >>> gd.explain.occlusion(model, ["ACGTT" * 6], width=5).per_base().shape
    (1, 30)
    """
    who = "occlusion"
    if fill not in ("n", "zero"):
        raise ValueError(f"{who}: expected fill to be 'n' or 'zero', got {fill!r}.")
    rule = scores.get(score, who)
    inputs = ModelInputs(model, x, who, input)
    sequences = inputs.sequences
    length = sequences.shape[1]
    if not 1 <= width <= length or step < 1:
        raise ValueError(
            f"{who}: expected a width from 1 to {length} and a step of at least 1, got {width} and {step}."
        )
    starts = np.unique(np.append(np.arange(0, length - width + 1, step), length - width))
    mutants = make_mutants(inputs, chooser(model, output, who), width, 0, length - width + 1, memory, who)
    if int(np.prod(mutants.shape)) != 1:
        raise ShapeError(
            f"{who}: expected one number for each sequence, got outputs {mutants.shape}. Choose one with output=."
        )
    hidden = np.full((len(starts), width, 4), 0.25 if fill == "n" else 0.0, sequences.dtype)
    covered = np.zeros(length)
    for s in starts:
        covered[s : s + width] += 1
    values = np.zeros(sequences.shape)
    with progress(inputs.rows * len(starts), who, verbose) as bar:
        for i in range(inputs.rows):
            reference = mutants.set_reference(inputs.row(i))
            total = np.zeros(length)
            for part, outputs in mutants.run(starts, hidden):
                for s, effect in zip(starts[part], -rule(outputs, reference).reshape(-1)):
                    total[s : s + width] += effect
                bar.update(len(outputs))
            values[i] = (total / np.maximum(covered, 1))[:, None] * sequences[i]
    return Attribution(values, sequences, f"occlusion of {width}")
