"""Predictions beside what was measured."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._canvas import COLORS, new_axes, tidy


def regression(y: Any, p: Any, ax: Any = None, label: str | None = None) -> Any:
    """Draws predictions against measured values, with Pearson's r in the legend.

    Parameters
    ----------
    y, p : array (n,)
        Measured and predicted values; pairs with NaN are left out.
    ax : matplotlib axes, optional
    label : str, optional

    Returns
    -------
    matplotlib axes

    Examples
    --------
    >>> import genodl as gd
    >>> ax = gd.plot.regression([1.0, 2.0, 3.0], [1.1, 1.9, 3.2])  # doctest: +SKIP
    """
    y, p = _pairs(y, p, "plot.regression")
    ax = tidy(new_axes(ax, "plot.regression", (4.4, 4.2)))
    r = float(np.corrcoef(y, p)[0, 1]) if y.std() > 0 and p.std() > 0 else float("nan")
    text = f"r = {r:.3f}, n = {len(y):,}"
    size, color = float(np.clip(2000 / len(y), 4, 30)), COLORS[len(ax.collections) % 6]
    ax.scatter(y, p, s=size, alpha=0.6, linewidth=0, color=color, label=f"{label}: {text}" if label else text)
    low, high = min(y.min(), p.min()), max(y.max(), p.max())
    ax.plot([low, high], [low, high], color="#999999", linewidth=1, linestyle=":")
    ax.set(xlabel="measured", ylabel="predicted")
    ax.legend(frameon=False)
    return ax


def calibration(y: Any, p: Any, ax: Any = None, bins: int = 10, label: str | None = None) -> Any:
    """Draws how often the event happens among predictions of about the same probability.

    Parameters
    ----------
    y : array (n,)
        0 or 1.
    p : array (n,)
        Probabilities.
    ax : matplotlib axes, optional
    bins : int
        Groups with the same number of samples.
    label : str, optional

    Returns
    -------
    matplotlib axes

    Examples
    --------
    >>> import genodl as gd
    >>> ax = gd.plot.calibration([0, 1, 1, 0], [0.2, 0.7, 0.9, 0.4], bins=2)  # doctest: +SKIP
    """
    y, p = _pairs(y, p, "plot.calibration")
    if p.min() < 0 or p.max() > 1:
        raise ValueError(f"plot.calibration: expected probabilities, got numbers from {p.min():.3g} to {p.max():.3g}.")
    ax = tidy(new_axes(ax, "plot.calibration", (4.4, 4.2)))
    if not ax.lines:
        ax.plot([0, 1], [0, 1], color="#999999", linewidth=1, linestyle=":")
    groups = [g for g in np.array_split(np.argsort(p, kind="stable"), bins) if len(g)]
    predicted = np.array([p[g].mean() for g in groups])
    observed = np.array([y[g].mean() for g in groups])
    error = np.array([1.96 * np.sqrt(max(o * (1 - o), 1e-12) / len(g)) for o, g in zip(observed, groups)])
    ax.errorbar(predicted, observed, yerr=error, marker="o", markersize=4, linewidth=1.4, capsize=2,
                color=COLORS[(len(ax.containers)) % 6], label=label)  # fmt: skip
    ax.set(xlabel="predicted probability", ylabel="observed frequency", xlim=(0, 1), ylim=(0, 1), aspect="equal")
    if label:
        ax.legend(frameon=False)
    return ax


def _pairs(y: Any, p: Any, who: str) -> tuple[np.ndarray, np.ndarray]:
    y, p = np.asarray(y, float).ravel(), np.asarray(p, float).ravel()
    if y.shape != p.shape or not len(y):
        raise ValueError(f"{who}: expected as many predictions as measured values, got {len(p)} and {len(y)}.")
    known = np.isfinite(y) & np.isfinite(p)
    if not known.any():
        raise ValueError(f"{who}: expected at least one pair of finite numbers, got none.")
    return y[known], p[known]
