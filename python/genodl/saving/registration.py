"""Names for classes and functions in files: a registry, never an import path."""

from __future__ import annotations

import contextlib
import importlib
import threading

import numpy as np

from genodl._suggest import nearest

# Modules whose public classes a file may name.
CATEGORIES = ("layers", "models", "losses", "metrics", "optimizers", "optimizers.schedules", "initializers",
              "regularizers", "constraints", "activations", "ops",
              "sequence")

_by_name: dict = {}
_by_object: dict = {}


class _Scopes(threading.local):
    def __init__(self):
        self.stack = []


_scopes = _Scopes()


def register(name):
    """Gives a custom class or function a name under which models that use it are saved.

    Parameters
    ----------
    name : str

    Examples
    --------
    >>> import genodl as gd
    >>> @gd.register("double")
    ... def double(x):
    ...     return x * 2
    """
    if not isinstance(name, str) or not name:
        raise ValueError(f"register: expected a name, got {name!r}.")

    def decorator(x):
        _by_name[name] = x
        _by_object[x] = name
        return x

    return decorator


def register_keras_serializable(package="Custom", name=None):
    """Keras's spelling of :func:`register`."""
    return lambda x: register(f"{package}>{name or x.__name__}")(x)


@contextlib.contextmanager
def custom_object_scope(custom_objects):
    """Inside, the names of ``custom_objects`` mean these classes and functions."""
    _scopes.stack.append(dict(custom_objects or {}))
    try:
        yield
    finally:
        _scopes.stack.pop()


def get_registered_name(x):
    """The name under which files know a class or function; its own if it is not registered."""
    return _by_object.get(x, getattr(x, "__name__", None))


def get_registered_object(name, custom_objects=None):
    """The class or function that a name in a file means, or None."""
    return _custom(name, custom_objects)


def _custom(name, custom_objects=None):
    for scope in [custom_objects or {}, *reversed(_scopes.stack)]:
        if name in scope:
            return scope[name]
    if name in _by_name:
        return _by_name[name]
    short = [x for full, x in _by_name.items() if full.rpartition(">")[2] == name]
    return short[-1] if short else None


def category_of(cls):
    """The public module of a built-in class or function; None for others."""
    module = getattr(cls, "__module__", "") or ""
    if not module.startswith("genodl."):
        return None
    path = module.removeprefix("genodl.")
    for category in sorted(CATEGORIES, key=len, reverse=True):
        if path == category or path.startswith(category + "."):
            return category
    return None


def find(name, category=None, custom_objects=None):
    """The class or function that a file calls ``name``."""
    if not isinstance(name, str):
        raise ValueError(f"load: expected the name of a class or function, got {name!r}.")
    custom = _custom(name, custom_objects)
    if custom is not None:
        return custom
    known = []
    for place in [category] if category in CATEGORIES else CATEGORIES:
        module = importlib.import_module(f"genodl.{place}")
        found = getattr(module, name, None) if not name.startswith("_") else None
        if callable(found) and category_of(found) is not None:
            return found
        known += [n for n in vars(module) if not n.startswith("_")]
    raise ValueError(
        f"load: no class or function is registered as {name!r}{nearest(name, known)} "
        "Register your own with gd.register(name), or pass custom_objects."
    )


resolve = find


def serialize_object(x):
    """Plain data that :func:`deserialize_object` makes an equal object from."""
    if x is None or isinstance(x, (bool, int, float, str)):
        return x
    if isinstance(x, np.generic):
        return x.item()
    if isinstance(x, np.ndarray):
        return x.tolist()
    if isinstance(x, np.dtype):
        return x.name
    if isinstance(x, (list, tuple)):
        return [serialize_object(item) for item in x]
    if isinstance(x, dict):
        return {k: serialize_object(v) for k, v in x.items()}
    if hasattr(x, "get_config") and not isinstance(x, type):
        cls = type(x)
        category = category_of(cls)
        return {
            "module": category,
            "class_name": cls.__name__,
            "config": x.get_config(),
            "registered_name": None if category else get_registered_name(cls),
        }
    if hasattr(x, "numpy"):
        return x.numpy().tolist()
    if callable(x) and hasattr(x, "__name__"):
        if category_of(x) == "activations":
            return x.__name__
        return {
            "module": category_of(x),
            "class_name": "function",
            "config": x.__name__,
            "registered_name": None if category_of(x) else get_registered_name(x),
        }
    raise TypeError(f"get_config: expected data or an object with get_config, got {type(x).__name__}.")


def is_object_config(config):
    return isinstance(config, dict) and "class_name" in config and "config" in config


def deserialize_object(config, custom_objects=None):
    """The object of a configuration; lists and dicts of them too."""
    if isinstance(config, list):
        return [deserialize_object(item, custom_objects) for item in config]
    if not isinstance(config, dict):
        return config
    if not is_object_config(config):
        return {k: deserialize_object(v, custom_objects) for k, v in config.items()}
    registered = config.get("registered_name")
    if config["class_name"] == "function":
        return find(registered or config["config"], config.get("module"), custom_objects)
    cls = _custom(registered, custom_objects) if registered else None
    if cls is None:
        cls = find(config["class_name"], config.get("module"), custom_objects)
    if not isinstance(cls, type):
        raise ValueError(f"load: expected a class called {config['class_name']!r}, got a function.")
    inner = config["config"]
    with custom_object_scope(custom_objects or {}):
        return cls.from_config(dict(inner)) if hasattr(cls, "from_config") else cls(**inner)


def revive_layers(config):
    """Constructor arguments in which nested layers and models are objects again."""

    def revive(x):
        if is_object_config(x) and (x.get("module") in ("layers", "models", None) or x.get("registered_name")):
            return deserialize_object(x)
        if isinstance(x, list):
            return [revive(item) for item in x]
        return x

    return {k: revive(v) for k, v in config.items()}
