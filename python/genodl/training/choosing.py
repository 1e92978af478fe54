"""Losses and metrics from what ``compile`` was given: names, functions, objects."""

from __future__ import annotations

from genodl import _names, losses, metrics
from genodl._errors import ConfigError


def _kind(y_true, y_pred):
    """Whether targets are yes or no, class numbers or one-hot, by their shapes."""
    if y_pred.shape[-1] == 1:
        return "binary"
    lower_rank = len(y_true.shape) < len(y_pred.shape)
    return "sparse" if lower_rank or y_true.shape[-1] == 1 else "categorical"


def _name_of(x):
    if hasattr(x, "name"):
        return x.name
    return _names.snake_case(getattr(x, "__name__", type(x).__name__))


def choose_loss(identifier, y_true, y_pred):
    """A Loss; "crossentropy" is the one that fits the shapes. None stays None."""
    if identifier is None:
        return None
    if str(identifier).lower() in ("crossentropy", "ce"):
        found = {
            "binary": losses.binary_crossentropy,
            "sparse": losses.sparse_categorical_crossentropy,
            "categorical": losses.categorical_crossentropy,
        }[_kind(y_true, y_pred)]
    else:
        found = losses.get(identifier)
    if isinstance(found, losses.Loss):
        return found
    name = identifier if isinstance(identifier, str) else _name_of(found)
    return _wrapped(found, name)


# Classes of losses that know more than their function: masks of ignored classes, say.
_CLASS_OF = {
    losses.sparse_categorical_crossentropy: losses.SparseCategoricalCrossentropy,
}


def _wrapped(function, name):
    known = _CLASS_OF.get(function)
    return known(name=name) if known else losses.LossFunctionWrapper(function, name=name)


def choose_metric(identifier, y_true, y_pred):
    """A Metric; "accuracy" is the one that fits the shapes."""
    if identifier is None:
        raise ConfigError("metrics: expected a metric, got None.")
    if str(identifier).lower() in ("accuracy", "acc"):
        found = {
            "binary": metrics.BinaryAccuracy,
            "sparse": metrics.SparseCategoricalAccuracy,
            "categorical": metrics.CategoricalAccuracy,
        }[_kind(y_true, y_pred)]()
    else:
        found = metrics.get(identifier)
    name = identifier if isinstance(identifier, str) else _name_of(found)
    if not isinstance(found, metrics.Metric):
        found = metrics.MeanMetricWrapper(found)
    found.name = name
    return found


def needs_predictions(identifier):
    """Whether a metric must see all predictions, as far as its name, class or object tells."""
    if isinstance(identifier, str) and identifier.lower() not in ("accuracy", "acc"):
        identifier = metrics.get(identifier)
    return getattr(identifier, "needs_predictions", False)
