"""Cosine decay with warm-up (Loshchilov and Hutter, 2016)."""

from __future__ import annotations

import math

from genodl import ops
from genodl.optimizers.schedules.learning_rate_schedule import LearningRateSchedule, as_step, check_positive


class CosineDecay(LearningRateSchedule):
    """Half a cosine from the initial rate to ``alpha`` times it, after an optional linear rise.

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : int
        Length of the decay, without the warm-up.
    alpha : float
        Share of the rate that is left in the end.
    name : str
    warmup_target : float, optional
        The rate rises to it in ``warmup_steps``, then decays from it.
    warmup_steps : int

    Examples
    --------
    >>> import genodl as gd
    >>> schedule = gd.optimizers.schedules.CosineDecay(0.0, 10, warmup_target=1.0, warmup_steps=4)
    >>> [round(float(schedule(step)), 3) for step in (0, 2, 4, 9, 14)]
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """

    def __init__(
        self,
        initial_learning_rate,
        decay_steps,
        alpha=0.0,
        name="CosineDecay",
        warmup_target=None,
        warmup_steps=0,
    ):
        check_positive(name, decay_steps=decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    def __call__(self, step):
        step = as_step(step)
        if self.warmup_target is None:
            return self._decayed(step, self.initial_learning_rate)
        decayed = self._decayed(step - self.warmup_steps, self.warmup_target)
        if self.warmup_steps <= 0:
            return decayed
        rise = self.warmup_target - self.initial_learning_rate
        rising = rise * (step / self.warmup_steps) + self.initial_learning_rate
        return ops.where(ops.less(step, float(self.warmup_steps)), rising, decayed)

    def _decayed(self, step, start):
        done = ops.minimum(step, float(self.decay_steps)) / self.decay_steps
        falling = 0.5 * (1 + ops.cos(math.pi * done))
        return start * ((1 - self.alpha) * falling + self.alpha)

    def get_config(self):
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "alpha": self.alpha,
            "name": self.name,
            "warmup_target": self.warmup_target,
            "warmup_steps": self.warmup_steps,
        }
