"""How training went."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._canvas import COLORS, new_axes, tidy


def history(history: Any, metric: str = "loss", ax: Any = None) -> Any:
    """Draws a quantity over epochs, with its validation values where there are any.

    Parameters
    ----------
    history : History or dict
        What `fit` returned, or its `.history`.
    metric : str, default "loss"
        Name of the loss or of a metric, without "val_".
    ax : matplotlib axes, optional

    Returns
    -------
    matplotlib axes

    Examples
    --------
    >>> import genodl as gd
    >>> ax = gd.plot.history({"loss": [0.7, 0.5], "val_loss": [0.6, 0.55]})  # doctest: +SKIP
    """
    logs = getattr(history, "history", history)
    if metric not in logs:
        known = sorted(name for name in logs if not name.startswith("val_"))
        raise ValueError(f"plot.history: expected a metric of {known}, got {metric!r}. Choose one of these names.")
    ax = tidy(new_axes(ax, "plot.history"))
    values = np.asarray(logs[metric], dtype=float)
    epochs = np.arange(1, len(values) + 1)
    ax.plot(epochs, values, color=COLORS[0], marker="o", markersize=3, label="training")
    if f"val_{metric}" in logs:
        held_out = np.asarray(logs[f"val_{metric}"], dtype=float)
        at = np.linspace(epochs[-1] / len(held_out), epochs[-1], len(held_out))
        ax.plot(at, held_out, color=COLORS[1], linestyle="--", marker="s", markersize=3, label="validation")
        ax.legend(frameon=False)
    ax.set_xlabel("epoch")
    ax.set_ylabel(metric.replace("_", " "))
    ax.xaxis.get_major_locator().set_params(integer=True)
    return ax
