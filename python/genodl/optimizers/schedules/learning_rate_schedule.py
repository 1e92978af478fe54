"""The base of learning rate schedules."""

from __future__ import annotations

from genodl import ops


class LearningRateSchedule:
    """A learning rate that depends on the step.

    Subclasses write ``__call__(step)`` with ``gd.ops``: it runs at once on numbers and becomes part of a
    compiled training step.

    Examples
    --------
    >>> import genodl as gd
    >>> class Halved(gd.optimizers.schedules.LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return 0.1 * gd.ops.power(0.5, gd.ops.cast(step, "float32"))
    >>> float(Halved()(1))
    0.05000000074505806
    """

    def __call__(self, step):
        raise NotImplementedError(f"{type(self).__name__}: __call__(step) is missing.")

    def get_config(self):
        raise NotImplementedError(f"{type(self).__name__}: get_config() is missing, so it cannot be saved.")

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def __repr__(self):
        return f"<{type(self).__name__}>"


def as_step(step):
    """The step as a float32 tensor."""
    return ops.cast(step, "float32")


def check_positive(who, **sizes):
    for name, value in sizes.items():
        if value <= 0:
            raise ValueError(f"{who}: expected {name} above 0, got {value}.")
