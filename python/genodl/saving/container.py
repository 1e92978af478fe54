"""The bytes of a model file: a zip of plain parts, written whole or not at all, read with suspicion.

A file is written under a temporary name and renamed when it is whole. Reading checks names, sizes and
offsets before data is read, so that what a file may cost is bounded by its own size.
"""

from __future__ import annotations

import errno
import json
import os
import struct
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from genodl._errors import FileFormatError

_MAX_JSON = 64 << 20
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others let a file choose how much memory they take
_DTYPES = {"F32": "float32", "F64": "float64", "I32": "int32", "I64": "int64", "U8": "uint8", "BOOL": "bool"}
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)


# ---- writing ----------------------------------------------------------------------------------


def write_parts(filepath, config, tensors, meta, overwrite):
    """Writes config, weights and meta to one file; a file that was there before stays whole until then."""
    from safetensors.numpy import save

    path = Path(os.fspath(filepath))
    if path.is_dir():
        raise IsADirectoryError(f"save: expected the name of a file, got the folder {path}.")
    if path.exists() and not path.is_file():
        raise ValueError(f"save: expected the name of a file, got the device or pipe {path}.")
    if path.exists() and not overwrite:
        raise FileExistsError(f"save: {path} exists already. Pass overwrite=True or choose another name.")
    if not path.parent.exists():
        raise FileNotFoundError(f"save: the folder {path.parent} does not exist. Make it first.")
    parts = {
        "config.json": json.dumps(config, indent=1, default=_refuse).encode(),
        "weights.safetensors": save(tensors),
        "meta.json": json.dumps(meta, indent=1).encode(),
    }
    try:
        _replace(path, parts)
    except OSError as error:
        raise _explained(error, path) from error


def _replace(path, parts):
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


def _explained(error, path):
    before = "The file that was there is whole as before." if path.exists() else ""
    if error.errno in _FULL:
        words = f"save: no room to write {path}. Free some space or choose another disk. {before}"
    elif error.errno in _CLOSED:
        words = f"save: {path.parent} may not be written to. Choose another folder. {before}"
    else:
        words = f"save: {path} could not be written ({error.strerror}). {before}"
    return type(error)(error.errno, words.strip())


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


def read_parts(filepath):
    """Config and tensors of a file; every claim of the file is checked before it is believed."""
    path = Path(os.fspath(filepath))
    if not path.exists():
        raise FileNotFoundError(f"load: there is no file {path}.")
    if not path.is_file():
        raise FileFormatError(f"load: expected a file, got {'the folder' if path.is_dir() else 'the device'} {path}.")
    if not os.access(path, os.R_OK):
        raise PermissionError(f"load: {path} may not be read. Change its permissions.")
    try:
        with zipfile.ZipFile(path) as archive:
            config = _json(_part(archive, "config.json", path), "config.json", path)
            return config, _tensors(_part(archive, "weights.safetensors", path), path)
    except FileFormatError:
        raise
    # Damage shows in many ways inside zipfile and the decompressors.
    except Exception as error:
        raise FileFormatError(f"load: {path} is not a genodl model file, or it is damaged ({error}).") from error


def _part(archive, name, path):
    names = archive.namelist()
    if names.count(name) != 1:
        raise FileFormatError(f"load: expected one {name} in {path}, got {names.count(name)}.")
    info = archive.getinfo(name)
    limit = path.stat().st_size if info.compress_type == zipfile.ZIP_STORED else _MAX_JSON
    if info.compress_type not in _PLAIN or info.file_size > limit:
        raise FileFormatError(f"load: {name} in {path} claims {info.file_size} bytes, more than it can hold.")
    return archive.read(info)


def _json(data, name, path):
    if len(data) > _MAX_JSON:
        raise FileFormatError(f"load: {name} in {path} has {len(data)} bytes, more than any model needs.")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FileFormatError(f"load: {name} in {path} is damaged ({error}).") from error


def _tensors(data, path):
    """Arrays of a safetensors block, copied out of it."""
    if len(data) < 8:
        raise FileFormatError(f"load: the weights in {path} are truncated.")
    (length,) = struct.unpack("<Q", data[:8])
    if length > len(data) - 8:
        raise FileFormatError(f"load: the weights in {path} claim a header of {length} bytes.")
    header = _json(data[8 : 8 + length], "the header of the weights", path)
    if not isinstance(header, dict):
        raise FileFormatError(f"load: the header of the weights in {path} is damaged.")
    body = memoryview(data)[8 + length :]
    tensors, left = {}, len(body)
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        tensors[name] = _one_tensor(name, entry, body, path)
        left -= tensors[name].nbytes
        if left < 0:
            raise FileFormatError(f"load: the weights in {path} share bytes, so they would take more than the file.")
    return tensors


def _one_tensor(name, entry, body, path):
    try:
        dtype = np.dtype(_DTYPES[entry["dtype"]])
        shape = tuple(entry["shape"])
        begin, end = entry["data_offsets"]
        good = all(type(n) is int and 0 <= n < 2**62 for n in [*shape, begin, end])
    except (KeyError, TypeError, ValueError) as error:
        raise FileFormatError(f"load: weight {name!r} in {path} is described wrongly ({error!r}).") from error
    count = 1
    for n in shape if good else ():
        count *= n
    if not good or not begin <= end <= len(body) or count * dtype.itemsize != end - begin:
        raise FileFormatError(f"load: weight {name!r} in {path} claims bytes that do not fit its shape or the file.")
    return np.frombuffer(body[begin:end], dtype).reshape(shape).copy()
