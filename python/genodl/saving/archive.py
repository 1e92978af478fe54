"""The model file: one zip of config.json, weights.safetensors and meta.json.

Nothing in it is code and nothing in it is unpickled. Names, sizes and offsets are checked before data
is read; a file is written under a temporary name and renamed when it is whole.
"""

from __future__ import annotations

import json
import os
import struct
import tempfile
import zipfile
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from genodl import _core, _trace
from genodl._errors import FileFormatError

FORMAT = 1
_MAX_JSON = 64 << 20
_DTYPES = {"F32": "float32", "F64": "float64", "I32": "int32", "I64": "int64", "U8": "uint8", "BOOL": "bool"}


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
    _write(filepath, config, tensors, _meta(model), overwrite)


def save_weights(model, filepath, overwrite=True):
    """Writes the weights alone."""
    _write(filepath, {"format": FORMAT, "model": None}, dict(_named(model.weights)), _meta(model), overwrite)


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


def _write(filepath, config, tensors, meta, overwrite):
    from safetensors.numpy import save

    path = Path(os.fspath(filepath))
    if path.is_dir():
        raise IsADirectoryError(f"save: expected the name of a file, got the folder {path}.")
    if path.exists() and not overwrite:
        raise FileExistsError(f"save: {path} exists already. Pass overwrite=True or choose another name.")
    if not path.parent.exists():
        raise FileNotFoundError(f"save: the folder {path.parent} does not exist. Make it first.")
    parts = {
        "config.json": json.dumps(config, indent=1, default=_refuse).encode(),
        "weights.safetensors": save(tensors),
        "meta.json": json.dumps(meta, indent=1).encode(),
    }
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                for name, data in parts.items():
                    archive.writestr(name, data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _refuse(value):
    name = getattr(value, "__name__", type(value).__name__)
    raise TypeError(
        f"save: expected numbers, strings and functions known by name, got {name}. Give the function a name and mark "
        "it with @gd.register(name), or leave it out of get_config()."
    )


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


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
    with custom_object_scope(custom_objects or {}):
        try:
            model = deserialize_object(config["model"])
            if not model.built and config.get("inputs") is not None:
                model.build_on(config["inputs"])
        except (KeyError, IndexError, AttributeError) as error:
            raise FileFormatError(f"load_model: the description in {filepath} is damaged ({error!r}).") from error
        _restore(model, tensors, filepath)
        if compile and config.get("compile"):
            model.compile_from_config(config["compile"])
            state = [tensors[k] for k in sorted((k for k in tensors if k.startswith("optimizer/")), key=_number)]
            if state and model.optimizer.built and len(state) == len(model.optimizer.variables):
                model.optimizer.set_weights(state)
    return model


def load_weights(model, filepath):
    """Puts the weights of a file into a model of the same shape."""
    _, tensors = _read(filepath)
    _restore(model, tensors, filepath)


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


def _read(filepath):
    """Config and tensors of a file; every claim of the file is checked before it is believed."""
    path = Path(os.fspath(filepath))
    if not path.exists():
        raise FileNotFoundError(f"load: there is no file {path}.")
    size = path.stat().st_size
    try:
        with zipfile.ZipFile(path) as archive:
            config = _json_part(archive, "config.json", path)
            info = _entry(archive, "weights.safetensors", path)
            if info.compress_type != zipfile.ZIP_STORED or info.file_size > size:
                raise FileFormatError(f"load: the weights in {path} claim more bytes than the file has.")
            tensors = _tensors(archive.read(info), path)
    except FileFormatError:
        raise
    except (zipfile.BadZipFile, EOFError, struct.error, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise FileFormatError(f"load: {path} is not a genodl model file, or it is damaged ({error}).") from error
    if not isinstance(config, dict) or not isinstance(config.get("format"), int):
        raise FileFormatError(f"load: {path} has no format number; it is not a genodl model file.")
    if config["format"] > FORMAT:
        raise FileFormatError(
            f"load: {path} has format {config['format']}, this genodl reads up to {FORMAT}. Install a newer genodl."
        )
    return config, tensors


def _entry(archive, name, path):
    names = archive.namelist()
    if names.count(name) != 1:
        raise FileFormatError(f"load: expected one {name} in {path}, got {names.count(name)}.")
    return archive.getinfo(name)


def _json_part(archive, name, path):
    info = _entry(archive, name, path)
    if info.file_size > _MAX_JSON:
        raise FileFormatError(f"load: {name} in {path} claims {info.file_size} bytes, more than any model needs.")
    try:
        return json.loads(archive.read(info))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise FileFormatError(f"load: {name} in {path} is damaged ({error}).") from error


def _tensors(data, path):
    """Arrays of a safetensors block, copied out of it."""
    if len(data) < 8:
        raise FileFormatError(f"load: the weights in {path} are truncated.")
    (length,) = struct.unpack("<Q", data[:8])
    if length > len(data) - 8 or length > _MAX_JSON:
        raise FileFormatError(f"load: the weights in {path} claim a header of {length} bytes.")
    try:
        header = json.loads(data[8 : 8 + length])
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise FileFormatError(f"load: the header of the weights in {path} is damaged ({error}).") from error
    if not isinstance(header, dict):
        raise FileFormatError(f"load: the header of the weights in {path} is damaged.")
    body = memoryview(data)[8 + length :]
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            tensors[name] = _one_tensor(name, entry, body, path)
    return tensors


def _one_tensor(name, entry, body, path):
    try:
        dtype = np.dtype(_DTYPES[entry["dtype"]])
        shape = tuple(entry["shape"])
        begin, end = entry["data_offsets"]
        whole = [*shape, begin, end]
        good = all(type(n) is int and 0 <= n < 2**62 for n in whole)
    except (KeyError, TypeError, ValueError) as error:
        raise FileFormatError(f"load: weight {name!r} in {path} is described wrongly ({error!r}).") from error
    count = 1
    for n in shape if good else ():
        count *= n
    if not good or not begin <= end <= len(body) or count * dtype.itemsize != end - begin:
        raise FileFormatError(f"load: weight {name!r} in {path} claims bytes that do not fit its shape or the file.")
    return np.frombuffer(body[begin:end], dtype).reshape(shape).copy()
