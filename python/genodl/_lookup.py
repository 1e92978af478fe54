"""``get``, ``serialize`` and ``deserialize`` of losses, metrics, regularizers and constraints."""

from __future__ import annotations

import inspect

from genodl import _names
from genodl._errors import ConfigError
from genodl._suggest import nearest


class Catalogue:
    """Objects of one kind by name.

    Parameters
    ----------
    kind : str
        One word for messages: "loss", "metric".
    objects : iterable of classes and functions
        Found by their own name and its snake_case.
    aliases : dict
        More names.
    """

    def __init__(self, kind, objects, aliases=()):
        self.kind = kind
        self.objects = {}
        for item in objects:
            self.objects[item.__name__] = item
            self.objects.setdefault(_names.snake_case(item.__name__), item)
        self.objects.update(aliases)

    def get(self, identifier):
        """The object of a name, config, class or callable; None stays None."""
        if identifier is None:
            return None
        if isinstance(identifier, dict):
            found = self.deserialize(identifier)
        elif isinstance(identifier, str):
            found = self.named(identifier)
        else:
            found = identifier
        if not callable(found):
            raise ConfigError(
                f"{self.kind}: expected a name, a config, a class or a callable, got {identifier!r}."
            )
        return found() if inspect.isclass(found) else found

    def named(self, name):
        """What is called ``name`` here, or registered under it."""
        found = self.objects.get(name)
        if found is None:
            from genodl.saving.registration import get_registered_object

            found = get_registered_object(name)
        if found is None:
            raise ConfigError(f"{self.kind}: expected a known name, got {name!r}{nearest(name, self.objects)}")
        return found

    def serialize(self, item):
        from genodl.saving.registration import serialize_object

        return serialize_object(item)

    def deserialize(self, config, custom_objects=None):
        if isinstance(config, str):
            return (custom_objects or {}).get(config) or self.named(config)
        from genodl.saving.registration import CATEGORIES, deserialize_object

        # Configs without one of our modules, as Keras writes them, mean an object of this kind.
        known = {} if config.get("module") in CATEGORIES else self.objects
        return deserialize_object(config, {**known, **(custom_objects or {})})
