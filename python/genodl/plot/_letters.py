"""Letters drawn as shapes, stretched to any box."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

# One colour a base, told apart by colour-blind readers and by their darkness in grey.
BASE_COLORS = {"A": "#009E73", "C": "#0072B2", "G": "#E69F00", "T": "#D55E00", "N": "#999999"}


@cache
def _outline(letter: str) -> Any:
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path
    from matplotlib.textpath import TextPath

    path = TextPath((0, 0), letter, size=1, prop=FontProperties(family="DejaVu Sans", weight="bold"))
    low, high = path.vertices.min(axis=0), path.vertices.max(axis=0)
    return Path((path.vertices - low) / (high - low), path.codes)


def stack_letters(ax: Any, heights: np.ndarray, start: int = 0, width: float = 0.94) -> None:
    """Draws (positions, 4) heights as stacked letters: positive ones up from 0, negative ones down, the largest
    outermost."""
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path

    shapes: dict[str, list[Any]] = {base: [] for base in "ACGT"}
    for position, row in enumerate(np.asarray(heights, float)):
        for sign in (1, -1):
            level = 0.0
            for base in np.argsort(np.abs(row), kind="stable"):
                height = row[base]
                if not np.isfinite(height) or height * sign <= 0:
                    continue
                outline = _outline("ACGT"[base])
                low = level if sign > 0 else level + height
                box = outline.vertices * (width, abs(height)) + (start + position - width / 2, low)
                shapes["ACGT"[base]].append(Path(box, outline.codes))
                level += height
    for base, paths in shapes.items():
        ax.add_collection(PathCollection(paths, facecolors=BASE_COLORS[base], edgecolors="none"))


def limits(heights: np.ndarray) -> tuple[float, float]:
    """The range that stacks of letters need."""
    heights = np.nan_to_num(np.asarray(heights, float))
    up, down = np.where(heights > 0, heights, 0).sum(axis=1), np.where(heights < 0, heights, 0).sum(axis=1)
    high, low = up.max(initial=0.0), down.min(initial=0.0)
    return (low, high) if high > low else (0.0, 1.0)
