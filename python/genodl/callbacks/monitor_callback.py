"""The base of callbacks that watch one number of the logs."""

from __future__ import annotations

import warnings

import numpy as np

from genodl import ops
from genodl.callbacks._direction import direction_of
from genodl.callbacks.callback import Callback


class MonitorCallback(Callback):
    """Decides whether a number of the logs has improved.

    Parameters
    ----------
    monitor : str
        Name in the logs.
    mode : str
        "min", "max", or "auto": losses go down, metrics say themselves which way is better.
    baseline : float, optional
        The best value to begin with.
    min_delta : float
        Smallest change that counts as an improvement.
    """

    def __init__(self, monitor="val_loss", mode="auto", baseline=None, min_delta=0):
        super().__init__()
        if mode not in ("auto", "min", "max"):
            warnings.warn(
                f"{type(self).__name__} mode {mode!r} is unknown: expected 'auto', 'min' or 'max'. 'auto' is used.",
                stacklevel=3,
            )
            mode = "auto"
        self.monitor = monitor
        self.mode = mode
        self.best = baseline
        self.min_delta = abs(min_delta)
        self.monitor_op = None

    def _set_monitor_op(self):
        """Finds the direction; only after the first epoch are all metrics of the model known."""
        if self.monitor_op is not None:
            return
        mode = self.mode if self.mode != "auto" else self._direction_of(self.monitor.removeprefix("val_"))
        if mode is None:
            raise ValueError(
                f"{type(self).__name__}: expected monitor to be a loss or a metric of the model, or a mode beside it, "
                f"got monitor={self.monitor!r}. Pass mode='max' or mode='min'."
            )
        self.monitor_op = ops.less if mode == "min" else ops.greater

    def _direction_of(self, name):
        if name == "loss" or name.endswith("_loss"):
            return "min"
        for metric in _metrics(getattr(self.model, "metrics", ())):
            if metric.name == name or name.endswith("_" + metric.name):
                return direction_of(metric)
        return None

    def _current(self, logs):
        """The watched number as a float; None if the logs do not have it."""
        value = (logs or {}).get(self.monitor)
        if value is None:
            return None
        if np.size(value) != 1:
            raise ValueError(
                f"{type(self).__name__}: expected {self.monitor!r} to be one number, got shape {np.shape(value)}. "
                "Average the metric, or watch another."
            )
        return float(np.asarray(value).reshape(()))

    def _is_improvement(self, value, reference):
        if np.isnan(value):
            return False
        if reference is None:
            return True
        margin = self.min_delta if self.monitor_op is ops.greater else -self.min_delta
        return bool(self.monitor_op(value - margin, reference))

    def _missing(self, purpose, logs, stacklevel=4):
        warnings.warn(
            f"{type(self).__name__}: {purpose} needs {self.monitor!r}, which is not in the logs. They hold: "
            f"{', '.join(logs)}.",
            stacklevel=stacklevel,
        )


def _metrics(metrics):
    for metric in metrics:
        yield metric
        yield from _metrics(getattr(metric, "metrics", None) or ())
