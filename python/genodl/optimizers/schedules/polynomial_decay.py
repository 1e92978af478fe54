"""Polynomial decay."""

from __future__ import annotations

from genodl import ops
from genodl.optimizers.schedules.learning_rate_schedule import LearningRateSchedule, as_step, check_positive


class PolynomialDecay(LearningRateSchedule):
    """From ``initial_learning_rate`` to ``end_learning_rate`` as ``(1 - step / decay_steps) ** power``.

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : int
    end_learning_rate : float
    power : float
    cycle : bool
        Whether the rate rises again after ``decay_steps``, over a span that grows by ``decay_steps``.
    name : str

    Examples
    --------
    >>> import genodl as gd
    >>> schedule = gd.optimizers.schedules.PolynomialDecay(0.5, 10, end_learning_rate=0.0)
    >>> [float(schedule(step)) for step in (0, 5, 20)]
    [0.5, 0.25, 0.0]
    """

    def __init__(
        self,
        initial_learning_rate,
        decay_steps,
        end_learning_rate=0.0001,
        power=1.0,
        cycle=False,
        name="PolynomialDecay",
    ):
        check_positive(name, decay_steps=decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name

    def __call__(self, step):
        step = as_step(step)
        if self.cycle:
            spans = ops.maximum(ops.ceil(step / self.decay_steps), 1.0)
            done = step / (spans * self.decay_steps)
        else:
            done = ops.minimum(step, float(self.decay_steps)) / self.decay_steps
        drop = float(self.initial_learning_rate) - self.end_learning_rate
        return drop * ops.power(1 - done, float(self.power)) + self.end_learning_rate

    def get_config(self):
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "end_learning_rate": self.end_learning_rate,
            "power": self.power,
            "cycle": self.cycle,
            "name": self.name,
        }
