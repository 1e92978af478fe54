"""Pictures of what mutations do."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._canvas import new_axes
from ._letters import stack_letters

# Both ends dark and the middle light: readable in grey, where the tracks above say which sign it is.
_COLORS = "RdBu_r"


def mutation_map(mutations: Any, row: int = 0, output: int = 0, ax: Any = None) -> Any:
    """Draws the effect of every mutation of a sequence: a heat map under the sequence and its gains and losses.

    Parameters
    ----------
    mutations : MutationMap, or array (length, 4)
        An array has NaN or 0 at the reference's base.
    row : int
        Which sequence.
    output : int
        Which output, where there are several.
    ax : matplotlib axes, optional
        Divided in three: gains and losses above, letters, and the heat map.

    Returns
    -------
    matplotlib axes of the heat map

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> ax = gd.plot.mutation_map(np.random.default_rng(0).normal(size=(30, 4)))  # doctest: +SKIP
    """
    delta, letters, start = _table(mutations, row, output)
    n = len(delta)
    own = ax is None
    ax = new_axes(ax, "plot.mutation_map", (float(np.clip(0.14 * n + 1.6, 6, 20)), 3.1))
    if own:
        _leave_margins(ax.figure)
    from mpl_toolkits.axes_grid1 import make_axes_locatable

    largest = float(np.nanmax(np.abs(delta), initial=0.0)) or 1.0
    extent = (start - 0.5, start + n - 0.5, 3.5, -0.5)
    picture = ax.imshow(delta.T, aspect="auto", cmap=_COLORS, vmin=-largest, vmax=largest, extent=extent,
                        interpolation="nearest")  # fmt: skip
    ax.set_yticks(range(4), list("ACGT"))
    ax.set_xlabel("position")
    divider = make_axes_locatable(ax)
    _tracks(divider.append_axes("top", size="55%", pad=0.06, sharex=ax), delta, letters, start)
    bar = divider.append_axes("right", size=0.12, pad=0.12)
    ax.figure.colorbar(picture, cax=bar, label=getattr(mutations, "score", "effect"))
    return ax


def _leave_margins(figure: Any) -> None:
    # Axes that are divided take no part in automatic layout.
    figure.set_layout_engine(None)
    width, height = figure.get_size_inches()
    figure.subplots_adjust(left=0.75 / width, right=1 - 0.75 / width, bottom=0.5 / height, top=1 - 0.12 / height)


def _table(mutations: Any, row: int, output: int) -> tuple[np.ndarray, str | None, int]:
    if not hasattr(mutations, "delta"):
        delta = np.asarray(mutations, float)
        if delta.ndim != 2 or delta.shape[1] != 4:
            raise ValueError(f"plot.mutation_map: expected a MutationMap or an array (length, 4), got {delta.shape}.")
        return delta, None, 0
    if mutations.mutations == "deletions":
        raise ValueError("plot.mutation_map: expected substitutions, got deletions. Use plot.attribution for them.")
    delta = np.asarray(mutations.delta[row], float)
    if delta.ndim > 2:
        delta = delta.reshape(*delta.shape[:2], -1)[..., output]
    return delta, mutations.letters(row), mutations.region[0]


def _tracks(ax: Any, delta: np.ndarray, letters: str | None, start: int) -> None:
    """The largest gain and loss at each position, with the reference letters along the middle."""
    n = len(delta)
    x = np.arange(n) + start
    gain, loss = np.nanmax(delta, axis=1).clip(0), np.nanmin(delta, axis=1).clip(None, 0)
    ax.fill_between(x, gain, step="mid", color="#B2182B", linewidth=0, label="largest gain")
    ax.fill_between(x, loss, step="mid", color="#2166AC", linewidth=0, label="largest loss")
    high, low = float(gain.max()), float(loss.min())
    span = (high - low) or 1.0
    ax.axhline(0, color="black", linewidth=0.6)
    ax.spines[["top", "right", "bottom"]].set_visible(False)
    ax.tick_params(bottom=False, labelbottom=False)
    ax.set_ylabel("gain / loss")
    room = 0.0
    if letters and n <= 250:
        room = 0.3 * span
        heights = np.zeros((n, 4))
        for i, letter in enumerate(letters):
            if letter in "ACGT":
                heights[i, "ACGT".index(letter)] = 0.22 * span
        _shifted_letters(ax, heights, start, low - room)
    ax.set_ylim(low - room - 0.02 * span, high + 0.08 * span)


def _shifted_letters(ax: Any, heights: np.ndarray, start: int, level: float) -> None:
    before = len(ax.collections)
    stack_letters(ax, heights, start=start)
    for collection in ax.collections[before:]:
        for path in collection.get_paths():
            path.vertices = path.vertices + (0.0, level)


def interactions(table: Any, ax: Any = None, start: int = 0) -> Any:
    """Draws how much pairs of positions depend on each other.

    Parameters
    ----------
    table : array (positions, positions), or an object with ``values``
        Effect of both mutations less the effects of each; arrays with more axes are reduced to the
        largest effect by absolute value.
    ax : matplotlib axes, optional
    start : int
        Number of the first position.

    Returns
    -------
    matplotlib axes

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> ax = gd.plot.interactions(np.eye(5))  # doctest: +SKIP
    """
    values = np.asarray(getattr(table, "values", table), float)
    if values.ndim == 4:
        n = values.shape[0]
        flat = np.nan_to_num(values.transpose(0, 2, 1, 3).reshape(n, values.shape[2], -1))
        values = np.take_along_axis(flat, np.abs(flat).argmax(axis=-1)[..., None], axis=-1)[..., 0]
    if values.ndim != 2 or values.shape[0] != values.shape[1]:
        raise ValueError(f"plot.interactions: expected an array (positions, positions), got shape {values.shape}.")
    ax = new_axes(ax, "plot.interactions", (5.0, 4.2))
    largest = float(np.nanmax(np.abs(values), initial=0.0)) or 1.0
    end = start + len(values) - 0.5
    picture = ax.imshow(values, cmap=_COLORS, vmin=-largest, vmax=largest, extent=(start - 0.5, end, end, start - 0.5))
    ax.set(xlabel="position", ylabel="position")
    ax.figure.colorbar(picture, ax=ax, label="interaction", shrink=0.85)
    return ax
