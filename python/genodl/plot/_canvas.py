"""Axes, colours and the one place that imports matplotlib."""

from __future__ import annotations

from typing import Any

# Okabe and Ito's colours: told apart by colour-blind readers, and ordered dark to light for grey.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")


def new_axes(ax: Any, who: str, figsize: tuple[float, float] = (5.0, 4.0)) -> Any:
    """`ax` itself, or the axes of a new figure."""
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ImportError:
        raise ImportError(f'{who}: needs matplotlib. Install it with: pip install "genodl[plot]"') from None
    return pyplot.subplots(figsize=figsize, layout="constrained")[1]


def tidy(ax: Any) -> Any:
    """The house style: no box, a light grid behind the lines."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(True, color="#DDDDDD", linewidth=0.6)
    ax.set_axisbelow(True)
    return ax
