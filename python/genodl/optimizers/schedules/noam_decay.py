"""The schedule of the first Transformer (Vaswani and others, 2017)."""

from __future__ import annotations

from genodl import ops
from genodl.optimizers.schedules.learning_rate_schedule import LearningRateSchedule, as_step, check_positive


class NoamDecay(LearningRateSchedule):
    """``scale * d_model ** -0.5 * min(n ** -0.5, n * warmup_steps ** -1.5)`` with ``n = step + 1``.

    Parameters
    ----------
    d_model : int
        Width of the model.
    warmup_steps : int
        The rate rises linearly until there, then falls as one over the root of the step.
    scale : float
    name : str

    Examples
    --------
    >>> import genodl as gd
    >>> schedule = gd.optimizers.schedules.NoamDecay(d_model=64, warmup_steps=100)
    >>> round(float(schedule(99)), 6)
    0.0125
    """

    def __init__(self, d_model, warmup_steps=4000, scale=1.0, name="NoamDecay"):
        check_positive(name, d_model=d_model, warmup_steps=warmup_steps)
        self.d_model = d_model
        self.warmup_steps = warmup_steps
        self.scale = scale
        self.name = name

    def __call__(self, step):
        n = as_step(step) + 1
        return self.scale * self.d_model**-0.5 * ops.minimum(ops.rsqrt(n), n * self.warmup_steps**-1.5)

    def get_config(self):
        return {
            "d_model": self.d_model,
            "warmup_steps": self.warmup_steps,
            "scale": self.scale,
            "name": self.name,
        }
