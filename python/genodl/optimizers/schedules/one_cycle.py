"""The one-cycle policy (Smith and Topin, 2017)."""

from __future__ import annotations

import math

from genodl import ops
from genodl.optimizers.schedules.learning_rate_schedule import LearningRateSchedule, as_step, check_positive


class OneCycle(LearningRateSchedule):
    """One rise to ``max_learning_rate`` and one long fall far below the start.

    Parameters
    ----------
    max_learning_rate : float
    total_steps : int
        Steps of the whole training; the rate stays at its end after them.
    warmup_fraction : float
        Share of the steps in which the rate rises; between 0 and 1.
    start_factor : float
        The rate starts at ``max_learning_rate / start_factor``.
    end_factor : float
        It ends at the start divided by this.
    anneal : str
        "cosine" or "linear".
    name : str

    Examples
    --------
    >>> import genodl as gd
    >>> schedule = gd.optimizers.schedules.OneCycle(1.0, total_steps=100, warmup_fraction=0.25)
    >>> [round(float(schedule(step)), 3) for step in (0, 25, 100)]
    [0.04, 1.0, 0.0]
    """

    def __init__(
        self,
        max_learning_rate,
        total_steps,
        warmup_fraction=0.3,
        start_factor=25.0,
        end_factor=1e4,
        anneal="cosine",
        name="OneCycle",
    ):
        check_positive(name, total_steps=total_steps, start_factor=start_factor, end_factor=end_factor)
        if not 0 < warmup_fraction < 1:
            raise ValueError(f"{name}: expected warmup_fraction between 0 and 1, got {warmup_fraction}.")
        if anneal not in ("cosine", "linear"):
            raise ValueError(f"{name}: expected anneal to be 'cosine' or 'linear', got {anneal!r}.")
        self.max_learning_rate = max_learning_rate
        self.total_steps = total_steps
        self.warmup_fraction = warmup_fraction
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.anneal = anneal
        self.name = name

    def __call__(self, step):
        top = float(self.max_learning_rate)
        start = top / self.start_factor
        peak = self.warmup_fraction * self.total_steps
        step = ops.minimum(as_step(step), float(self.total_steps))
        rising = self._between(start, top, step / peak)
        falling = self._between(top, start / self.end_factor, (step - peak) / (self.total_steps - peak))
        return ops.where(ops.less(step, peak), rising, falling)

    def _between(self, a, b, share):
        if self.anneal == "cosine":
            share = 0.5 * (1 - ops.cos(math.pi * share))
        return a + (b - a) * share

    def get_config(self):
        return {
            "max_learning_rate": self.max_learning_rate,
            "total_steps": self.total_steps,
            "warmup_fraction": self.warmup_fraction,
            "start_factor": self.start_factor,
            "end_factor": self.end_factor,
            "anneal": self.anneal,
            "name": self.name,
        }
