"""One file per layer or family of ops; each holds ``cases``. ``tests/python/test_cases.py`` checks them all."""

import importlib
import pkgutil


def all_cases():
    """Every case of every file, in a fixed order."""
    found = []
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        if not module.name.startswith("_"):
            found += importlib.import_module(f"{__name__}.{module.name}").cases
    names = [case.name for case in found]
    twice = {name for name in names if names.count(name) > 1}
    assert not twice, f"cases of the same name: {sorted(twice)}"
    return found
