"""Default names: snake_case of the class, numbered from the second on."""

from __future__ import annotations

import re
from collections import Counter

_counts: Counter[str] = Counter()


def snake_case(name):
    """``MyLayer2D`` becomes ``my_layer2d``, as Keras names layers."""
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
    return f"private{name}" if name.startswith("_") else name


def unique(prefix):
    """``prefix`` the first time, then ``prefix_1``, ``prefix_2`` ..."""
    n = _counts[prefix]
    _counts[prefix] += 1
    return f"{prefix}_{n}" if n else prefix


def auto_name(prefix):
    return unique(snake_case(prefix))


def clear():
    _counts.clear()
