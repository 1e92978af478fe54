"""genodl: deep learning for genomics."""

from __future__ import annotations

import importlib

_MODULES = (
    "activations", "callbacks", "constraints", "data", "datasets", "explain", "initializers", "layers", "losses",
    "metrics", "models", "ops", "optimizers", "plot", "random", "regularizers", "saving", "sequence", "utils",
    "zoo",
)  # fmt: skip
_NAMES = {
    "DNAInput": "layers.input_layer",
    "Input": "layers.input_layer",
    "KerasTensor": "_tensor",
    "Layer": "layers.layer",
    "Model": "models",
    "Sequential": "models",
    "Variable": "_variable",
    "ConfigError": "_errors",
    "DTypeError": "_errors",
    "FileFormatError": "_errors",
    "GenodlError": "_errors",
    "NotBuiltError": "_errors",
    "NotFiniteError": "_errors",
    "NotSupportedError": "_errors",
    "ShapeError": "_errors",
    "get_threads": "_config",
    "gradients": "_gradients",
    "load_model": "saving",
    "register": "saving",
    "save_model": "saving",
    "set_precise": "_config",
    "set_seed": "_seeds",
    "set_threads": "_config",
    "show_config": "_config",
}
__all__ = sorted([*_MODULES, *_NAMES, "__version__"])


# Modules load when first used, so that `import genodl` costs next to nothing.
def __getattr__(name):
    if name in _MODULES:
        value = importlib.import_module(f"genodl.{name}")
    elif name in _NAMES:
        value = getattr(importlib.import_module(f"genodl.{_NAMES[name]}"), name)
    elif name == "__version__":
        from genodl import _core

        value = _core.version
    else:
        from genodl._suggest import nearest

        raise AttributeError(f"genodl has no attribute {name!r}{nearest(name, __all__)}")
    globals()[name] = value
    return value


def __dir__():
    return __all__
