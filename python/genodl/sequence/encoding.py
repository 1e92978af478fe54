"""Strings, codes and one-hot arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._errors import ShapeError
from ._batch import as_batch
from ._letters import decode_flat, encode_strings
from .dna import DNA, FRACTIONS, one_hot_codes


def encode(strings: Any) -> DNA:
    """Encodes strings of letters, one byte a base.

    A, C, G and T; lower case is kept as a soft mask; U reads as T; IUPAC letters are sets of bases and
    N is all four. Any other letter is an error that names the sequence, the position and the letter.

    Parameters
    ----------
    strings : str or iterable of str (n)
        Sequences of one length.

    Returns
    -------
    DNA (n, length)

    Examples
    --------
    >>> import genodl as gd
    >>> gd.sequence.encode(["ACGT", "acgN"]).codes.tolist()
    [[1, 2, 4, 8], [1, 2, 4, 15]]
    """
    if isinstance(strings, DNA):
        return strings
    if isinstance(strings, (str, bytes)):
        strings = [strings]
    codes, offsets, mask = encode_strings(strings, "encode")
    lengths = np.diff(offsets)
    if not len(lengths):
        raise ValueError("encode: expected at least one sequence, got none. Check how the list was made.")
    odd = np.flatnonzero(lengths != lengths[0])
    if odd.size:
        raise ShapeError(
            f"encode: expected sequences of one length, got {lengths[0]} letters in sequence 1 and {lengths[odd[0]]} "
            f"in sequence {odd[0] + 1} of {len(lengths)}. Cut them or pad them with N; gd.sequence.Sequences "
            "holds different lengths."
        )
    shape = (len(lengths), int(lengths[0]))
    return DNA._trusted(codes.reshape(shape), None if mask is None else mask.reshape(shape))


def one_hot(x: Any, dtype: Any = "float32", n: str = "quarter") -> np.ndarray:
    """One-hot array in A, C, G, T order.

    Parameters
    ----------
    x : DNA, strings, or uint8 codes (n, length)
    dtype : dtype, default "float32"
    n : "quarter" or "zero"
        What N becomes. Other ambiguous letters are fractions: R is (1/2, 0, 1/2, 0).

    Returns
    -------
    array (n, length, 4), or (length, 4) for one string

    Examples
    --------
    >>> import genodl as gd
    >>> gd.sequence.one_hot("AN", n="zero").tolist()
    [[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]
    """
    batch = as_batch(x, "one_hot")
    lengths = batch.lengths
    if len(lengths) and (lengths != lengths[0]).any():
        raise ShapeError(
            f"one_hot: expected sequences of one length, got {lengths.min()} to {lengths.max()} letters. "
            "Cut them or pad them with N."
        )
    length = batch.source.shape[1] if not len(lengths) else int(lengths[0])
    return batch.one_per_sequence(one_hot_codes(batch.codes.reshape(len(lengths), length), dtype, n))


def decode(x: Any) -> Any:
    """Letters of encoded or one-hot DNA.

    Parameters
    ----------
    x : DNA, Sequences, uint8 codes (n, length), or one-hot (n, length, 4) or (length, 4)
        Soft-masked letters come out in lower case; nothing (code 0, a row of zeros) comes out as N.

    Returns
    -------
    list of str, or one str for a one-hot array (length, 4)

    Examples
    --------
    >>> import genodl as gd
    >>> gd.sequence.decode(gd.sequence.one_hot(["ACRN"]))
    ['ACRN']
    """
    if isinstance(x, np.ndarray) and (x.ndim == 3 or (x.ndim == 2 and x.dtype.kind == "f")):
        dna = DNA._trusted(_codes_of_one_hot(x.reshape((-1, *x.shape[-2:]))), None)
        return dna.strings() if x.ndim == 3 else dna.strings()[0]
    batch = as_batch(x, "decode")
    return batch.one_per_sequence(decode_flat(batch.codes, batch.offsets.tolist(), batch.mask))


def _codes_of_one_hot(x: np.ndarray) -> np.ndarray:
    if x.shape[-1] != 4:
        raise ShapeError(
            f"decode: expected a one-hot array (n, length, 4), got {x.shape}. Move the bases to the last axis."
        )
    codes = ((x > 0) * np.array([1, 2, 4, 8], np.uint8)).sum(-1, dtype=np.uint8)
    wrong = np.abs(x - FRACTIONS[codes]).max(-1, initial=0) > 1e-3
    if not np.isfinite(x).all() or wrong.any():
        wrong |= ~np.isfinite(x).all(-1)
        record, position = (int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(
            "decode: expected one-hot rows (or equal fractions for ambiguous letters), got "
            f"{x[record, position].tolist()} at position {position + 1} of sequence {record + 1} of {len(x)}. "
            "Probabilities have no letters: take the most probable base first."
        )
    return codes


