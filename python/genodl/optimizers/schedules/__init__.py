"""Learning rates that depend on the step."""

from __future__ import annotations

from genodl._lookup import Catalogue
from genodl.optimizers.schedules.cosine_decay import CosineDecay
from genodl.optimizers.schedules.cosine_decay_restarts import CosineDecayRestarts
from genodl.optimizers.schedules.exponential_decay import ExponentialDecay
from genodl.optimizers.schedules.inverse_time_decay import InverseTimeDecay
from genodl.optimizers.schedules.learning_rate_schedule import LearningRateSchedule
from genodl.optimizers.schedules.noam_decay import NoamDecay
from genodl.optimizers.schedules.one_cycle import OneCycle
from genodl.optimizers.schedules.piecewise_constant_decay import PiecewiseConstantDecay
from genodl.optimizers.schedules.polynomial_decay import PolynomialDecay

__all__ = [
    "CosineDecay", "CosineDecayRestarts", "ExponentialDecay", "InverseTimeDecay", "LearningRateSchedule", "NoamDecay",
    "OneCycle", "PiecewiseConstantDecay", "PolynomialDecay", "deserialize", "get", "serialize",
]  # fmt: skip

_catalogue = Catalogue(
    "schedule",
    (
        CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay, NoamDecay, OneCycle,
        PiecewiseConstantDecay, PolynomialDecay,
    ),
)  # fmt: skip


def serialize(learning_rate_schedule):
    """The schedule as a dict that can be written as JSON."""
    return _catalogue.serialize(learning_rate_schedule)


def deserialize(config, custom_objects=None):
    """The schedule that :func:`serialize` wrote down."""
    return _catalogue.deserialize(config, custom_objects)


def get(identifier):
    """A schedule from its config or itself; None gives None."""
    if identifier is None or isinstance(identifier, LearningRateSchedule):
        return identifier
    if isinstance(identifier, dict):
        return deserialize(identifier)
    raise ValueError(f"schedule: expected a config or a LearningRateSchedule, got {identifier!r}.")
