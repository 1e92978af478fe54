"""How well scores tell two classes apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._canvas import COLORS, new_axes, tidy


def roc(y: Any, p: Any, ax: Any = None, label: str | None = None) -> Any:
    """Draws the receiver operating characteristic, with its area in the legend.

    Parameters
    ----------
    y : array (n,)
        True classes, 0 and 1.
    p : array (n,)
        Scores or probabilities: higher means more likely 1. Ties are drawn as slopes, so the area is exact.
    ax : matplotlib axes, optional
        Call again with the axes returned to compare curves.
    label : str, optional

    Returns
    -------
    matplotlib axes

    Examples
    --------
    >>> import genodl as gd
    >>> ax = gd.plot.roc([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.9])  # doctest: +SKIP
    """
    false_positives, true_positives = roc_curve(y, p, "plot.roc")
    ax = tidy(new_axes(ax, "plot.roc", (4.6, 4.4)))
    if not ax.lines:
        ax.plot([0, 1], [0, 1], color="#999999", linewidth=1, linestyle=":")
    _draw(ax, false_positives, true_positives, label, f"area {_area(false_positives, true_positives):.3f}")
    ax.set(xlabel="false positive rate", ylabel="true positive rate", aspect="equal")
    return ax


def precision_recall(y: Any, p: Any, ax: Any = None, label: str | None = None) -> Any:
    """Draws precision against recall, with the average precision in the legend.

    Parameters
    ----------
    y : array (n,)
        True classes, 0 and 1.
    p : array (n,)
        Scores or probabilities: higher means more likely 1.
    ax : matplotlib axes, optional
        Call again with the axes returned to compare curves.
    label : str, optional

    Returns
    -------
    matplotlib axes

    Examples
    --------
    >>> import genodl as gd
    >>> ax = gd.plot.precision_recall([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.9])  # doctest: +SKIP
    """
    recall, precision = precision_recall_curve(y, p, "plot.precision_recall")
    ax = tidy(new_axes(ax, "plot.precision_recall", (4.6, 4.4)))
    if not ax.lines:
        ax.axhline(precision[-1], color="#999999", linewidth=1, linestyle=":")
    _draw(ax, recall, precision, label, f"average precision {_step_area(recall, precision):.3f}", drawstyle="steps-pre")
    ax.set(xlabel="recall", ylabel="precision", aspect="equal")
    return ax


def roc_curve(y: Any, p: Any, who: str) -> tuple[np.ndarray, np.ndarray]:
    """False and true positive rate below each distinct score, from (0, 0) to (1, 1)."""
    hits, picked = _counts_by_score(y, p, who)
    misses = picked - hits
    return misses / misses[-1], hits / hits[-1]


def precision_recall_curve(y: Any, p: Any, who: str) -> tuple[np.ndarray, np.ndarray]:
    """Recall and precision below each distinct score; starts at recall 0 with the first precision."""
    hits, picked = _counts_by_score(y, p, who)
    precision = hits[1:] / picked[1:]
    return hits / hits[-1], np.concatenate([precision[:1], precision])


def area_under_roc(y: Any, p: Any) -> float:
    """Chance that a random 1 scores above a random 0, ties counted half."""
    return _area(*roc_curve(y, p, "area_under_roc"))


def average_precision(y: Any, p: Any) -> float:
    """Precision averaged over the true 1s."""
    return _step_area(*precision_recall_curve(y, p, "average_precision"))


def _area(x: np.ndarray, y: np.ndarray) -> float:
    return float((np.diff(x) * (y[1:] + y[:-1]) / 2).sum())


def _step_area(recall: np.ndarray, precision: np.ndarray) -> float:
    return float((np.diff(recall) * precision[1:]).sum())


def _draw(ax: Any, x: np.ndarray, y: np.ndarray, label: str | None, area: str, **style: Any) -> None:
    drawn = sum(line.get_gid() == "genodl curve" for line in ax.lines)
    line = ("-", "--", "-.", (0, (1, 1)))[drawn % 4]
    text = area if label is None else f"{label}: {area}"
    ax.plot(x, y, color=COLORS[drawn % len(COLORS)], linestyle=line, label=text, gid="genodl curve", **style)
    ax.set_xlim(-0.01, 1.01)
    ax.set_ylim(-0.01, 1.01)
    ax.legend(frameon=False, loc="lower right" if y[0] < 0.5 else "lower left")


def _counts_by_score(y: Any, p: Any, who: str) -> tuple[np.ndarray, np.ndarray]:
    """How many 1s, and how many in all, score at least each distinct score; both start at 0."""
    y, p = np.asarray(y).reshape(-1), np.asarray(p, dtype=float).reshape(-1)
    if y.shape != p.shape:
        raise ValueError(f"{who}: expected as many scores as classes, got {len(p)} and {len(y)}. Give one per sample.")
    if not np.isin(y, (0, 1)).all() or not 0 < np.count_nonzero(y) < len(y):
        raise ValueError(f"{who}: expected classes 0 and 1, both present, got {np.unique(y)[:5].tolist()}. Check y.")
    if np.isnan(p).any():
        raise ValueError(f"{who}: expected scores, got NaN at index {int(np.argmax(np.isnan(p)))}. Check the model.")
    order = np.argsort(-p, kind="stable")
    # p[order] may hold infinities, whose differences are NaN: compare instead.
    last_of_score = np.append(np.flatnonzero(p[order][1:] != p[order][:-1]), len(p) - 1)
    hits = np.cumsum(y[order] == 1)[last_of_score]
    return np.append(0, hits), np.append(0, last_of_score + 1)
