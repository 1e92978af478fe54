"""Sequences of different lengths as one array."""

from __future__ import annotations

import numpy as np

from genodl._errors import ConfigError, ShapeError


def pad_sequences(sequences, maxlen=None, dtype="int32", padding="pre", truncating="pre", value=0.0):
    """Pads and cuts sequences to one length.

    Parameters
    ----------
    sequences : list of sequences
        Of numbers, strings or vectors of one size.
    maxlen : int, optional
        The longest length by default.
    dtype : str
    padding, truncating : {"pre", "post"}
        Which end is filled or cut.
    value : float or str
        What is filled in.

    Returns
    -------
    array (sequences, maxlen, ...)

    Examples
    --------
    >>> import genodl as gd
    >>> gd.utils.pad_sequences([[1], [2, 3]])
    array([[0, 1],
           [2, 3]], dtype=int32)
    """
    for name, choice in (("padding", padding), ("truncating", truncating)):
        if choice not in ("pre", "post"):
            raise ConfigError(f'pad_sequences: expected {name} "pre" or "post", got {choice!r}.')
    if not hasattr(sequences, "__len__"):
        raise ConfigError(f"pad_sequences: expected a list of sequences, got {type(sequences).__name__}.")
    text = np.issubdtype(dtype, np.str_) or np.issubdtype(dtype, np.bytes_) or np.dtype(dtype) == object
    if isinstance(value, str) and not text:
        raise ConfigError(f"pad_sequences: expected a number as value for {dtype}, got {value!r}. Use dtype=object.")
    for i, sequence in enumerate(sequences):
        if not hasattr(sequence, "__len__"):
            raise ConfigError(f"pad_sequences: expected sequence {i} to have a length, got {sequence!r}.")
    item_shape = next((np.asarray(s).shape[1:] for s in sequences if len(s)), ())
    if maxlen is None:
        maxlen = max((len(s) for s in sequences), default=0)
    result = np.full((len(sequences), maxlen, *item_shape), value, dtype=dtype)
    for i, sequence in enumerate(sequences):
        cut = sequence[max(len(sequence) - maxlen, 0) :] if truncating == "pre" else sequence[:maxlen]
        if not len(cut):
            continue
        cut = np.asarray(cut, dtype=dtype)
        if cut.shape[1:] != item_shape:
            raise ShapeError(
                f"pad_sequences: expected items of shape {item_shape} in sequence {i}, got {cut.shape[1:]}."
            )
        if padding == "pre":
            result[i, maxlen - len(cut) :] = cut
        else:
            result[i, : len(cut)] = cut
    return result
