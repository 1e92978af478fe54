"""Saving and loading: one file, plain data, no code."""

from genodl.saving.archive import load_model, load_weights, save_model, save_weights
from genodl.saving.registration import (
    custom_object_scope,
    deserialize_object,
    get_registered_name,
    get_registered_object,
    register,
    register_keras_serializable,
    serialize_object,
)

CustomObjectScope = custom_object_scope
serialize_keras_object = serialize_object
deserialize_keras_object = deserialize_object

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "deserialize_keras_object",
    "deserialize_object",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "register",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
    "serialize_object",
]
