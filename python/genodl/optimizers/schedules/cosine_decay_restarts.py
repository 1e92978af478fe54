"""Cosine decay with warm restarts (Loshchilov and Hutter, 2016)."""

from __future__ import annotations

import math

from genodl import ops
from genodl.optimizers.schedules.learning_rate_schedule import LearningRateSchedule, as_step, check_positive


class CosineDecayRestarts(LearningRateSchedule):
    """Half cosines one after the other, each ``t_mul`` times as long and ``m_mul`` times as high.

    Parameters
    ----------
    initial_learning_rate : float
    first_decay_steps : int
    t_mul, m_mul : float
    alpha : float
        Share of the initial rate that is left at the end of each period.
    name : str

    Examples
    --------
    >>> import genodl as gd
    >>> schedule = gd.optimizers.schedules.CosineDecayRestarts(1.0, 10)
    >>> [round(float(schedule(step)), 3) for step in (0, 5, 10, 20)]
    [1.0, 0.5, 1.0, 0.5]
    """

    def __init__(
        self, initial_learning_rate, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0, name="SGDRDecay"
    ):
        check_positive(name, first_decay_steps=first_decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = first_decay_steps
        self.t_mul = t_mul
        self.m_mul = m_mul
        self.alpha = alpha
        self.name = name

    def __call__(self, step):
        periods = as_step(step) / self.first_decay_steps
        if self.t_mul == 1.0:
            restarts = ops.floor(periods)
            done = periods - restarts
        else:
            # Periods of lengths 1, t, t^2 ... have together (1 - t^n) / (1 - t) = periods. The last factor
            # keeps the first step of a period, where n is whole, from being rounded down.
            t = float(self.t_mul)
            restarts = ops.floor(ops.log(1 - periods * (1 - t)) * ((1 + 1e-6) / math.log(t)))
            length = ops.power(t, restarts)
            done = (periods - (1 - length) / (1 - t)) / length
        height = ops.power(float(self.m_mul), restarts)
        falling = 0.5 * height * (1 + ops.cos(math.pi * done))
        return self.initial_learning_rate * ((1 - self.alpha) * falling + self.alpha)

    def get_config(self):
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "first_decay_steps": self.first_decay_steps,
            "t_mul": self.t_mul,
            "m_mul": self.m_mul,
            "alpha": self.alpha,
            "name": self.name,
        }
