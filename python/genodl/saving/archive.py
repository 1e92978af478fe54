"""The model file: one zip of config.json, weights.safetensors and meta.json.

Nothing in it is code and nothing in it is unpickled. The bytes are the business of ``container``.
"""

from __future__ import annotations

import contextlib
from datetime import datetime, timezone

from genodl import _core, _trace
from genodl._budget import Budget
from genodl._errors import FileFormatError, GenodlError
from genodl.saving.container import read_parts, write_parts

FORMAT = 1
_ROOM = 16 << 20  # bytes for what a model has beside its weights: counters, metrics


# ---- writing ----------------------------------------------------------------------------------


def save_model(model, filepath, overwrite=True, **unused):
    """Writes a model with weights, optimizer state and compile arguments to one file.

    Parameters
    ----------
    model : Model
    filepath : str or Path
        Any name; the format does not depend on it.
    overwrite : bool
        Whether an existing file may be replaced.
    """
    from genodl.saving.registration import serialize_object

    config = {"format": FORMAT, "model": serialize_object(model), "compile": _compile_config(model)}
    if getattr(model, "_seen_inputs", None) is not None:
        config["inputs"] = model._seen_inputs
    tensors = dict(_named(model.weights))
    if getattr(model, "optimizer", None) is not None and model.optimizer.built:
        tensors.update((f"optimizer/{i}", v.numpy()) for i, v in enumerate(model.optimizer.variables))
    write_parts(filepath, config, tensors, _meta(model), overwrite)


def save_weights(model, filepath, overwrite=True):
    """Writes the weights alone."""
    write_parts(filepath, {"format": FORMAT, "model": None}, dict(_named(model.weights)), _meta(model), overwrite)


def _named(variables):
    """Weights under their number and path: the number orders, the path explains."""
    return [(f"{i:05d}/{v.path}", v.numpy()) for i, v in enumerate(variables)]


def _compile_config(model):
    try:
        return model.get_compile_config()
    except TypeError:
        # A loss or metric without a name cannot be written down; the model can.
        return None


def _meta(model):
    graph = getattr(model, "_graph", None)
    history = getattr(getattr(model, "history", None), "history", None) or {}
    return {
        "genodl": _core.version,
        "written": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "encoding": "one-hot in A, C, G, T order; N is a quarter each",
        "inputs": [t.name for t in graph.input_tensors] if graph else None,
        "parameters": int(sum(v.size for v in model.weights)),
        "training": {name: float(values[-1]) for name, values in history.items() if values},
        "data_fingerprint": getattr(model, "data_fingerprint", None),
        "licence": getattr(model, "licence", None),
    }


# ---- reading ----------------------------------------------------------------------------------


def load_model(filepath, custom_objects=None, compile=True, **unused):
    """The model in a file, with weights and, if it was compiled, its training state.

    Parameters
    ----------
    filepath : str or Path
    custom_objects : dict, optional
        Names in the file and the classes or functions they mean; or use ``gd.register``.
    compile : bool
    """
    from genodl.saving.registration import custom_object_scope, deserialize_object

    config, tensors = _read(filepath)
    if config.get("model") is None:
        raise FileFormatError(f"load_model: {filepath} holds weights only. Build the model and use load_weights.")
    stored = sum(value.nbytes for value in tensors.values())
    with custom_object_scope(custom_objects or {}):
        with _damage(filepath), Budget(2 * stored + _ROOM, blank=True):
            model = deserialize_object(config["model"])
            if not hasattr(model, "weights"):
                raise FileFormatError(f"load_model: expected a model in {filepath}, got {type(model).__name__}.")
            if not model.built and config.get("inputs") is not None:
                model.build_on(config["inputs"])
        _restore(model, tensors, filepath)
        if compile and config.get("compile"):
            with _damage(filepath), Budget(8 * stored + _ROOM):
                model.compile_from_config(config["compile"])
                state = [tensors[k] for k in sorted((k for k in tensors if k.startswith("optimizer/")), key=_number)]
                if state and model.optimizer.built and len(state) == len(model.optimizer.variables):
                    model.optimizer.set_weights(state)
    return model


@contextlib.contextmanager
def _damage(filepath):
    """What a wrong description makes constructors raise becomes one kind of error; their words stay."""
    try:
        yield
    except (GenodlError, ValueError):
        raise
    except (Exception, RecursionError) as error:
        raise FileFormatError(
            f"load_model: the description in {filepath} is damaged or of another genodl "
            f"({error or type(error).__name__})."
        ) from error


def load_weights(model, filepath):
    """Puts the weights of a file into a model of the same shape."""
    _, tensors = _read(filepath)
    _restore(model, tensors, filepath)


def _read(filepath):
    config, tensors = read_parts(filepath)
    if not isinstance(config, dict) or type(config.get("format")) is not int:
        raise FileFormatError(f"load: {filepath} has no format number; it is not a genodl model file.")
    if config["format"] > FORMAT:
        raise FileFormatError(
            f"load: {filepath} has format {config['format']}, this genodl reads up to {FORMAT}. Install a newer genodl."
        )
    return config, tensors


def _number(name):
    return int(name.rpartition("/")[2])


def _restore(model, tensors, filepath):
    stored = [tensors[k] for k in sorted(k for k in tensors if not k.startswith("optimizer/"))]
    variables = model.weights
    if len(stored) != len(variables):
        raise ValueError(
            f"load: expected {len(variables)} weights for {model.name}, got {len(stored)} in {filepath}. "
            "Is it the file of another model, or is this one not built yet?"
        )
    for variable, value in zip(variables, stored, strict=True):
        if variable.shape != value.shape:
            raise ValueError(
                f"load: expected shape {variable.shape} for {variable.path}, got {value.shape} in {filepath}."
            )
    with _trace.NoTrace():
        for variable, value in zip(variables, stored, strict=True):
            variable.assign(value)
