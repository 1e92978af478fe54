"""Sequences of different lengths as one array."""

from __future__ import annotations

import numpy as np

from genodl._errors import ConfigError


def pad_sequences(sequences, maxlen=None, dtype="int32", padding="pre", truncating="pre", value=0.0):
    """Cuts or fills sequences to one length.

    Parameters
    ----------
    sequences : list of lists
    maxlen : int, optional
        The longest one's length by default.
    dtype : str
    padding, truncating : {"pre", "post"}
        Where to fill and where to cut.
    value : float or str

    Returns
    -------
    array (number, maxlen, ...)

    Examples
    --------
    >>> import genodl as gd
    >>> gd.utils.pad_sequences([[1], [2, 3]]).tolist()
    [[0, 1], [2, 3]]
    """
    if not hasattr(sequences, "__len__"):
        raise ValueError(f"pad_sequences: expected a list of sequences, got {type(sequences).__name__}.")
    for what, where in (("padding", padding), ("truncating", truncating)):
        if where not in ("pre", "post"):
            raise ConfigError(f"pad_sequences: expected {what} to be 'pre' or 'post', got {where!r}.")
    arrays = []
    for i, sequence in enumerate(sequences):
        if not hasattr(sequence, "__len__"):
            raise ValueError(f"pad_sequences: expected sequence {i} to be a list, got {sequence!r}.")
        arrays.append(np.asarray(sequence))
    longest = max((len(a) for a in arrays), default=0)
    maxlen = longest if maxlen is None else maxlen
    row = next((a.shape[1:] for a in arrays if len(a)), ())
    is_text = np.issubdtype(np.dtype(dtype), np.str_) or np.issubdtype(np.dtype(dtype), np.object_)
    if isinstance(value, str) and not is_text:
        raise ValueError(f"pad_sequences: expected a number to fill {dtype} with, got {value!r}.")
    out = np.full((len(arrays), maxlen, *row), value, dtype)
    for i, array in enumerate(arrays):
        if not len(array):
            continue
        if array.shape[1:] != row:
            raise ValueError(f"pad_sequences: expected items of shape {row} in sequence {i}, got {array.shape[1:]}.")
        kept = (array[-maxlen:] if truncating == "pre" else array[:maxlen]) if maxlen else array[:0]
        if padding == "post":
            out[i, : len(kept)] = kept
        else:
            out[i, maxlen - len(kept) :] = kept
    return out
