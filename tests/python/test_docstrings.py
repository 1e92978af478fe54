"""Public names say what they are, and the examples in their docstrings run."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil

import pytest

import genodl as gd


def modules():
    yield "genodl"
    for module in pkgutil.walk_packages(gd.__path__, "genodl."):
        if not module.name.startswith("genodl._core"):
            yield module.name


def public():
    """Names and objects that a user reaches as gd.name or gd.module.name."""
    for name in gd.__all__:
        value = getattr(gd, name)
        if not inspect.ismodule(value):
            yield name, value
            continue
        for inner in getattr(value, "__all__", [n for n in vars(value) if not n.startswith("_")]):
            yield f"{name}.{inner}", getattr(value, inner)


def is_own(value):
    return callable(value) and (getattr(value, "__module__", None) or "").startswith("genodl")


OWN = {name: value for name, value in public() if is_own(value)}


@pytest.mark.parametrize("name", list(modules()))
def test_examples_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0


def test_public_names_are_documented():
    assert len(OWN) > 400
    undocumented = [n for n, v in OWN.items() if not (v.__doc__ if inspect.isclass(v) else inspect.getdoc(v))]
    assert not undocumented


def test_layers_have_an_example():
    classes = {n: v for n, v in OWN.items() if n.startswith("layers.") and inspect.isclass(v)}
    without = [n for n, v in classes.items() if ">>>" not in v.__doc__ and not n.endswith("InputLayer")]
    assert len(classes) > 50 and not without
