"""Configurations: what the constructor was called with, as data."""

from __future__ import annotations

import functools
import inspect

from genodl._errors import NotSupportedError


def _signature(cls):
    signature = _signatures.get(cls)
    if signature is None:
        signature = _signatures[cls] = inspect.signature(cls.__init__)
    return signature


_signatures: dict[type, inspect.Signature] = {}
_BASE = ("name", "trainable", "dtype")


def _takes(cls, name):
    parameters = _signature(cls).parameters
    return name in parameters or any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values())


class Configured:
    """Captures the arguments of the constructor, so that no class writes ``get_config`` by hand."""

    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls)
        try:
            bound = _signature(cls).bind(self, *args, **kwargs)
        except TypeError:
            # The constructor itself will say what is wrong.
            object.__setattr__(self, "_init_arguments", {})
            return self
        bound.apply_defaults()
        arguments = {}
        for name, parameter in list(_signature(cls).parameters.items())[1:]:
            value = bound.arguments[name]
            if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                arguments.update(value)
            elif parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                arguments[name] = list(value)
            else:
                arguments[name] = value
        object.__setattr__(self, "_init_arguments", arguments)
        return self

    def get_config(self):
        """Arguments that make an equal layer: ``type(layer).from_config(config)``."""
        from genodl.saving.registration import serialize_object

        config = {"name": self.name, "trainable": self.trainable, "dtype": self.dtype}
        for name, value in self._init_arguments.items():
            if name not in _BASE and (name != "activity_regularizer" or value is not None):
                config[name] = serialize_object(value)
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None):
        from genodl.saving.registration import custom_object_scope, revive_layers

        with custom_object_scope(custom_objects or {}):
            arguments = revive_layers(config)
            # A constructor need not pass name, trainable and dtype on.
            kept = {k: arguments.pop(k) for k in _BASE if k in arguments and not _takes(cls, k)}
            try:
                made = cls(**arguments)
                made.name = kept.get("name", made.name)
                if kept.get("trainable") is False:
                    made.trainable = False
                return made
            except NotSupportedError:
                raise
            except Exception as error:
                # Keras's kind of error: what is wrong is the config, whatever the constructor says.
                raise TypeError(f"{cls.__name__}.from_config: the config does not fit. {error}") from error


def wraps_build(build):
    """Marks the layer as built after its ``build``, inside the layer's name scope."""
    if hasattr(build, "__wrapped__"):
        return build

    @functools.wraps(build)
    def wrapper(self, *args, **kwargs):
        from genodl.layers import _calling

        with _calling.in_scope(self):
            result = build(self, *args, **kwargs)
        self.built = True
        if args or kwargs:
            self._build_shapes = kwargs or (args[0] if len(args) == 1 else args)
        return result

    return wrapper
