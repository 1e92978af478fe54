"""Optimizers: how variables follow their gradients."""

from __future__ import annotations

from genodl._lookup import Catalogue
from genodl.optimizers import schedules
from genodl.optimizers.adadelta import Adadelta
from genodl.optimizers.adafactor import Adafactor
from genodl.optimizers.adagrad import Adagrad
from genodl.optimizers.adam import Adam
from genodl.optimizers.adamax import Adamax
from genodl.optimizers.adamw import AdamW
from genodl.optimizers.ftrl import Ftrl
from genodl.optimizers.lamb import Lamb
from genodl.optimizers.lion import Lion
from genodl.optimizers.nadam import Nadam
from genodl.optimizers.optimizer import Optimizer
from genodl.optimizers.rmsprop import RMSprop
from genodl.optimizers.sgd import SGD

__all__ = [
    "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lamb", "Lion", "Nadam", "Optimizer",
    "RMSprop", "SGD", "deserialize", "get", "schedules", "serialize",
]  # fmt: skip

_CLASSES = (
    Adadelta, Adafactor, Adagrad, Adam, AdamW, Adamax, Ftrl, Lamb, Lion, Nadam, Optimizer, RMSprop, SGD,
)  # fmt: skip
_catalogue = Catalogue("optimizer", _CLASSES, {cls.__name__.lower(): cls for cls in _CLASSES})


def serialize(optimizer):
    """The optimizer as a dict that can be written as JSON."""
    return _catalogue.serialize(optimizer)


def deserialize(config, custom_objects=None):
    """The optimizer that :func:`serialize` wrote down; names of built-in ones may be in any case."""
    return _catalogue.deserialize(config, custom_objects)


def get(identifier):
    """An optimizer from its name, config or itself; None gives None.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.optimizers.get("adamw").learning_rate.numpy()
    array(0.001, dtype=float32)
    """
    if identifier is None or isinstance(identifier, Optimizer):
        return identifier
    found = deserialize(identifier) if isinstance(identifier, dict) else None
    if isinstance(identifier, str):
        found = _catalogue.named(identifier)()
    if not isinstance(found, Optimizer):
        raise ValueError(f"optimizer: expected a name, a config or an Optimizer, got {identifier!r}.")
    return found
