"""Names of dtypes and the conversion of whatever a user hands in to arrays the engine reads."""

from __future__ import annotations

import numpy as np

from genodl._errors import DTypeError

ENGINE = ("float32", "float64", "int32", "int64", "uint8", "bool")
_NARROW = {"float16": "float32", "int8": "int32", "int16": "int32", "uint16": "int32", "uint32": "int64",
           "uint64": "int64"}


def standardize(dtype):
    """The name of a dtype: ``float`` is float32, ``int`` is int32, as in Keras."""
    if dtype is None or dtype is float:
        return "float32"
    if dtype is int:
        return "int32"
    if dtype is bool:
        return "bool"
    try:
        return np.dtype(dtype).name
    except TypeError:
        raise DTypeError(f"dtype: expected a NumPy dtype or its name, got {dtype!r}.") from None


def is_float(dtype):
    return standardize(dtype).startswith("float")


def to_array(x, dtype=None):
    """A C-contiguous array of an engine dtype; Python floats become float32, ints int32."""
    if isinstance(x, np.ndarray):
        array = x
    else:
        array = np.asarray(x.numpy() if hasattr(x, "numpy") else x)
        if dtype is None and not isinstance(x, np.generic):
            array = array.astype({"float64": "float32", "int64": "int32"}.get(array.dtype.name, array.dtype))
    if array.dtype == object or array.dtype.kind in "USVcmM":
        raise DTypeError(f"tensor: expected numbers, got an array of {array.dtype}.")
    name = standardize(dtype) if dtype is not None else array.dtype.name
    name = _NARROW.get(name, name)
    if name not in ENGINE:
        raise DTypeError(f"tensor: expected one of {', '.join(ENGINE)}, got {name}.")
    return np.require(array, dtype=np.dtype(name).newbyteorder("="), requirements=["C", "A"])
