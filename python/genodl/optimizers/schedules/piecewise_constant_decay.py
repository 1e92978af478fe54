"""A constant rate between boundaries."""

from __future__ import annotations

from genodl import ops
from genodl.optimizers.schedules.learning_rate_schedule import LearningRateSchedule, as_step


class PiecewiseConstantDecay(LearningRateSchedule):
    """``values[i]`` up to and including step ``boundaries[i]``, the last value after the last boundary.

    Parameters
    ----------
    boundaries : list of int
        Increasing.
    values : list of float
        One more than there are boundaries.
    name : str

    Examples
    --------
    >>> import genodl as gd
    >>> schedule = gd.optimizers.schedules.PiecewiseConstantDecay([10, 20], [1.0, 0.5, 0.25])
    >>> [float(schedule(step)) for step in (10, 11, 21)]
    [1.0, 0.5, 0.25]
    """

    def __init__(self, boundaries, values, name="PiecewiseConstant"):
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                f"{name}: expected one more value than boundaries, got {len(values)} values and "
                f"{len(boundaries)} boundaries."
            )
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def __call__(self, step):
        step = as_step(step)
        rate = ops.ones_like(step) * float(self.values[-1])
        for boundary, value in reversed(list(zip(self.boundaries, self.values[:-1], strict=True))):
            rate = ops.where(ops.less_equal(step, float(boundary)), float(value), rate)
        return rate

    def get_config(self):
        return {"boundaries": self.boundaries, "values": self.values, "name": self.name}
