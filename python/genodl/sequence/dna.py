"""Many DNA sequences of one length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from .._errors import ShapeError
from ._letters import decode_flat

FRACTIONS = np.zeros((16, 4))
for _code in range(1, 16):
    _bases = [_code >> base & 1 for base in range(4)]
    FRACTIONS[_code] = np.array(_bases) / sum(_bases)
FRACTIONS.flags.writeable = False

N_CODE = 15


class DNA:
    """DNA sequences of equal length, one byte a base.

    A code is a set of bases in four bits (A = 1, C = 2, G = 4, T = 8), so that every IUPAC letter has
    one; N is 15, and 0 stands for nothing (a row of zeros). Behaves like a list of strings where one
    item is asked for, and like an array (n, length) of codes everywhere else.

    Parameters
    ----------
    codes : array (n, length)
        Integers from 0 to 15.
    soft_mask : array (n, length) of bool, optional
        True where a letter was lower case (repeats, in a soft-masked genome).

    Examples
    --------
    >>> import genodl as gd
    >>> dna = gd.sequence.encode(["ACGT", "ttNR"])
    >>> dna.shape
    (2, 4)
    >>> dna[1]
    'ttNR'
    >>> dna[:, 1:3].strings()
    ['CG', 'tN']
    >>> dna.one_hot()[1, 3].tolist()
    [0.5, 0.0, 0.5, 0.0]
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, codes: Any, soft_mask: Any = None):
        codes = np.asarray(codes)
        if codes.ndim != 2:
            raise ShapeError(
                f"DNA: expected codes of shape (n, length), got {codes.shape}. "
                "Encode strings with gd.sequence.encode."
            )
        if codes.dtype.kind not in "iu" or (codes.size and (codes.min() < 0 or codes.max() > 15)):
            raise ValueError(
                "DNA: expected integer codes from 0 to 15 (A = 1, C = 2, G = 4, T = 8 and their sums), got "
                f"{_describe_values(codes)}. Encode strings with gd.sequence.encode, one-hot with gd.sequence.decode."
            )
        self._codes = np.ascontiguousarray(codes, dtype=np.uint8)
        self._mask = None
        if soft_mask is not None:
            mask = np.ascontiguousarray(soft_mask, dtype=bool)
            if mask.shape != self.shape:
                raise ShapeError(
                    f"DNA: expected a soft mask of shape {self.shape}, got {mask.shape}. Give one value a letter."
                )
            self._mask = mask

    @classmethod
    def _trusted(cls, codes: np.ndarray, mask: np.ndarray | None) -> DNA:
        dna = object.__new__(cls)
        dna._codes, dna._mask = codes, mask
        return dna

    @property
    def codes(self) -> np.ndarray:
        """Codes, uint8 (n, length)."""
        return self._codes

    @property
    def soft_mask(self) -> np.ndarray | None:
        """Where letters are soft-masked, bool (n, length), or None if none is."""
        return self._mask

    @property
    def shape(self) -> tuple[int, int]:
        return self._codes.shape  # type: ignore[return-value]

    @property
    def ndim(self) -> int:
        return 2

    @property
    def dtype(self) -> np.dtype:
        return self._codes.dtype

    @property
    def size(self) -> int:
        return self._codes.size

    @property
    def nbytes(self) -> int:
        return self._codes.nbytes + (0 if self._mask is None else self._mask.nbytes)

    def one_hot(self, dtype: Any = "float32", n: str = "quarter") -> np.ndarray:
        """One-hot array (n, length, 4) in A, C, G, T order; see `gd.sequence.one_hot`."""
        return one_hot_codes(self._codes, dtype, n)

    def strings(self) -> list[str]:
        """One string per sequence, soft-masked letters in lower case."""
        n, length = self.shape
        mask = None if self._mask is None else np.ascontiguousarray(self._mask).reshape(-1)
        codes = np.ascontiguousarray(self._codes).reshape(-1)
        return decode_flat(codes, range(0, n * length + 1, length) if length else [0] * (n + 1), mask)

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self.strings())

    def __getitem__(self, key: Any) -> Any:
        codes = self._codes[key]
        mask = None if self._mask is None else self._mask[key]
        if codes.ndim == 2:
            return DNA._trusted(codes, mask)
        if codes.ndim > 2:
            raise IndexError(f"DNA: expected an index of rows and letters, got {key!r}. Index .codes instead.")
        picks_letters = isinstance(key, tuple) and not isinstance(key[-1], slice) and len(key) == 2
        if codes.ndim == 1 and picks_letters and not isinstance(key[0], (int, np.integer)):
            raise IndexError("DNA: expected a range of letters such as [:, 3:4], got one column. Index .codes instead.")
        row = codes.reshape(1, -1)
        return DNA._trusted(row, None if mask is None else np.asarray(mask).reshape(1, -1)).strings()[0]

    def __eq__(self, other: Any) -> Any:
        if not isinstance(other, DNA):
            return NotImplemented
        return np.array_equal(self._codes, other._codes) and np.array_equal(_mask_of(self), _mask_of(other))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if dtype is None or np.dtype(dtype) == self._codes.dtype:
            return self._codes.copy() if copy else self._codes
        if copy is False:
            raise ValueError(f"DNA: expected dtype uint8 for an array without a copy, got {np.dtype(dtype)}.")
        return self._codes.astype(dtype)

    def __repr__(self) -> str:
        n, length = self.shape
        lines = [f"DNA: {n:,} x {length:,} bp"]
        for text in self[:3, :60].strings():
            lines.append(f"  {text}{'...' if length > 60 else ''}")
        if n > 3:
            lines.append("  ...")
        return "\n".join(lines)


def concatenate(parts: Iterable[DNA]) -> DNA:
    """Joins DNA of one length, one below the other.

    Parameters
    ----------
    parts : DNA objects, each (n_i, length)

    Returns
    -------
    DNA (sum of n_i, length)

    Examples
    --------
    >>> import genodl as gd
    >>> gd.sequence.concatenate([gd.sequence.encode(["ACG"]), gd.sequence.encode(["TTT"])]).strings()
    ['ACG', 'TTT']
    """
    parts = list(parts)
    lengths = sorted({part.shape[1] for part in parts})
    if len(lengths) != 1:
        raise ShapeError(
            f"concatenate: expected DNA of one length, got lengths {lengths}. Cut or pad the sequences first."
        )
    masked = any(part.soft_mask is not None for part in parts)
    mask = np.concatenate([_mask_of(part) for part in parts]) if masked else None
    return DNA._trusted(np.concatenate([part.codes for part in parts]), mask)


def one_hot_codes(codes: np.ndarray, dtype: Any, n: str) -> np.ndarray:
    """The rows of FRACTIONS that codes of any shape name, as `dtype`."""
    if n not in ("quarter", "zero"):
        raise ValueError(f"one_hot: expected n='quarter' or n='zero', got {n!r}. Choose what N stands for.")
    dtype = np.dtype(dtype)
    table = FRACTIONS.copy()
    if n == "zero":
        table[N_CODE] = 0
    rows = table.astype(dtype)
    exact = np.all(rows == table, axis=1) if dtype.kind != "f" else np.ones(16, bool)
    if not exact.all():
        lost = ~exact[codes]
        if lost.any():
            where = [int(i) for i in np.argwhere(lost)[0]]
            raise ValueError(
                f"one_hot: expected a float dtype for ambiguous letters, got {dtype} with one at index {where}. "
                "Use dtype='float32', or n='zero' if the only ambiguous letter is N."
            )
    return rows[codes]


def _mask_of(dna: DNA) -> np.ndarray:
    return np.zeros(dna.shape, bool) if dna.soft_mask is None else dna.soft_mask


def _describe_values(codes: np.ndarray) -> str:
    if codes.dtype.kind not in "iu":
        return f"dtype {codes.dtype}"
    return f"values from {codes.min()} to {codes.max()}"
