"""Nested lists, tuples and dicts of tensors."""

from __future__ import annotations


def is_leaf(x):
    return not isinstance(x, (list, tuple, dict))


def flatten(structure):
    """Leaves in order; dicts by sorted key, as Keras does."""
    if isinstance(structure, dict):
        return [leaf for key in sorted(structure) for leaf in flatten(structure[key])]
    if isinstance(structure, (list, tuple)):
        return [leaf for item in structure for leaf in flatten(item)]
    return [structure]


def map_structure(function, first, *rest):
    """The same nest with ``function`` applied to corresponding leaves."""
    if isinstance(first, dict):
        return {k: map_structure(function, v, *(r[k] for r in rest)) for k, v in first.items()}
    if isinstance(first, (list, tuple)):
        return like(first, [map_structure(function, *items) for items in zip(first, *rest, strict=True)])
    return function(first, *rest)


def like(sequence, items):
    """``items`` in the type of ``sequence``: list, tuple or named tuple."""
    if hasattr(sequence, "_fields"):
        return type(sequence)(*items)
    return type(sequence)(items) if type(sequence) in (list, tuple) else list(items)


def pack_like(structure, leaves):
    """The nest of ``structure`` filled with ``leaves`` in flatten order."""
    iterator = iter(leaves)

    def fill(s):
        if isinstance(s, dict):
            filled = {key: fill(s[key]) for key in sorted(s)}
            return {key: filled[key] for key in s}
        if isinstance(s, (list, tuple)):
            return like(s, [fill(item) for item in s])
        return next(iterator)

    return fill(structure)
