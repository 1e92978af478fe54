"""Sequence logos: motifs and contributions as letters."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._canvas import new_axes, tidy
from ._letters import limits, stack_letters


def logo(motif: Any, ax: Any = None, kind: str = "information") -> Any:
    """Draws a motif as a logo.

    Parameters
    ----------
    motif : Motif or array (width, 4)
        An array is drawn as it is: heights of A, C, G and T.
    ax : matplotlib axes, optional
    kind : {"information", "probability"}
        Heights in bits or as probabilities.

    Returns
    -------
    matplotlib axes

    Examples
    --------
    >>> import genodl as gd
    >>> ax = gd.plot.logo(gd.datasets.ctcf_motif())  # doctest: +SKIP
    """
    if kind not in ("information", "probability"):
        raise ValueError(f"plot.logo: expected kind 'information' or 'probability', got {kind!r}.")
    name = ""
    if hasattr(motif, "ppm"):
        heights = motif.ppm()
        name = " ".join(part for part in (motif.name, motif.id) if part)
        if kind == "information":
            heights = heights * motif.information()[:, None]
    else:
        heights = _heights(motif, "plot.logo")
    ax = new_axes(ax, "plot.logo", (max(2.5, 0.28 * len(heights) + 1.0), 1.9))
    stack_letters(ax, heights, start=1)
    low, high = limits(heights)
    if hasattr(motif, "ppm"):
        high = 2.0 if kind == "information" else 1.0
        ax.set_ylabel("bits" if kind == "information" else "probability")
    ax.set(xlim=(0.4, len(heights) + 0.6), ylim=(low, high), title=name)
    ax.set_xticks(_ticks(len(heights)))
    ax.spines[["top", "right"]].set_visible(False)
    if low < 0:
        ax.axhline(0, color="black", linewidth=0.8)
    return ax


def attribution(values: Any, sequence: Any = None, ax: Any = None, start: int = 0) -> Any:
    """Draws how much each base of a sequence contributes, as letters up and down.

    Parameters
    ----------
    values : array (length, 4) or (length,), or an Attribution of one sequence
        With one number a base, ``sequence`` says which letter is drawn.
    sequence : str or DNA of one sequence, optional
    ax : matplotlib axes, optional
    start : int
        Number of the first position on the axis.

    Returns
    -------
    matplotlib axes

    Examples
    --------
    >>> import genodl as gd
    >>> ax = gd.plot.attribution([0.1, -0.4, 0.9], "ACG")  # doctest: +SKIP
    """
    values = np.asarray(getattr(values, "values", values), float)
    if values.ndim == 3 and len(values) == 1:
        values = values[0]
    if values.ndim == 1:
        letters = _letters_of(sequence, len(values))
        heights = np.zeros((len(values), 4))
        for i, letter in enumerate(letters):
            if letter in "ACGT":
                heights[i, "ACGT".index(letter)] = values[i]
    else:
        heights = _heights(values, "plot.attribution")
    n = len(heights)
    ax = tidy(new_axes(ax, "plot.attribution", (float(np.clip(0.12 * n + 1.5, 5, 18)), 2.2)))
    ax.grid(False, axis="x")
    if n <= 400:
        stack_letters(ax, heights, start=start)
    else:
        # Letters would be thinner than ink: draw the sums.
        ax.fill_between(np.arange(n) + start, heights.sum(axis=1), step="mid", color="#444444", linewidth=0)
    low, high = limits(heights)
    room = 0.05 * (high - low)
    ax.set(xlim=(start - 0.7, start + n - 0.3), ylim=(low - room, high + room))
    ax.set(xlabel="position", ylabel="contribution")
    ax.axhline(0, color="black", linewidth=0.8)
    return ax


def _heights(values: Any, who: str) -> np.ndarray:
    values = np.asarray(values, float)
    if values.ndim != 2 or values.shape[1] != 4 or not len(values):
        raise ValueError(f"{who}: expected an array (length, 4) in A, C, G, T order, got shape {values.shape}.")
    return values


def _letters_of(sequence: Any, n: int) -> str:
    if sequence is None:
        raise ValueError("plot.attribution: expected the sequence beside one number a base, got none.")
    letters = sequence if isinstance(sequence, str) else sequence.strings()[0]
    if len(letters) != n:
        raise ValueError(f"plot.attribution: expected a sequence of {n} letters, got {len(letters)}.")
    return letters.upper()


def _ticks(n: int) -> list[int]:
    step = 1 if n <= 12 else 5 if n <= 60 else 10 ** int(np.log10(n))
    return [1, *range(step, n + 1, step)] if step > 1 else list(range(1, n + 1))
