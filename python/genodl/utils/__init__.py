"""Small helpers around models, by their names in Keras."""

from __future__ import annotations

from genodl._names import clear as _clear_names
from genodl._seeds import set_random_seed
from genodl.saving.registration import (
    custom_object_scope,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from genodl.saving.registration import deserialize_object as deserialize_keras_object
from genodl.saving.registration import serialize_object as serialize_keras_object
from genodl.utils.numerical import normalize, to_categorical
from genodl.utils.sequences import pad_sequences
from genodl.utils.splitting import split_dataset

CustomObjectScope = custom_object_scope


def clear_session(free_memory=True):
    """Starts default names again: the next Dense is ``dense``."""
    from genodl.layers import _calling

    _clear_names()
    _calling.reset_eager_steps()


def plot_model(model, to_file=None, **options):
    """A picture of the model's graph; see ``gd.plot.model``."""
    from genodl import plot

    return plot.model(model, to_file=to_file, **options)


__all__ = [
    "CustomObjectScope", "clear_session", "custom_object_scope", "deserialize_keras_object", "get_registered_name",
    "get_registered_object", "normalize", "pad_sequences", "plot_model", "register_keras_serializable",
    "serialize_keras_object", "set_random_seed", "split_dataset", "to_categorical",
]  # fmt: skip
