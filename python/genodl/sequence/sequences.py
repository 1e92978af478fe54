"""Named sequences of any lengths, as a FASTA file holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from .._errors import ShapeError
from ._letters import decode_flat, encode_strings
from .dna import DNA


class Record(NamedTuple):
    """One named sequence; soft-masked letters are in lower case."""

    id: str
    description: str
    sequence: str


class Sequences:
    """Named sequences of equal or different lengths.

    Parameters
    ----------
    ids : list of str
        The first word of each header.
    descriptions : list of str
        The rest of each header.
    dna : DNA or strings
        The letters; strings may differ in length.

    Examples
    --------
    >>> import genodl as gd
    >>> named = gd.sequence.Sequences(["a", "b"], ["", "shorter"], ["ACGTA", "cgt"])
    >>> named.lengths.tolist()
    [5, 3]
    >>> named[1]
    Record(id='b', description='shorter', sequence='cgt')
    >>> named[:1].dna.shape
    (1, 5)
    """

    def __init__(self, ids: Iterable[str], descriptions: Iterable[str], dna: Any):
        self.ids = [str(i) for i in ids]
        self.descriptions = [str(d) for d in descriptions]
        if isinstance(dna, DNA):
            n, length = dna.shape
            self._codes = np.ascontiguousarray(dna.codes).reshape(-1)
            self._mask = None if dna.soft_mask is None else np.ascontiguousarray(dna.soft_mask).reshape(-1)
            self._offsets = np.arange(n + 1, dtype=np.int64) * length
        else:
            self._codes, self._offsets, self._mask = encode_strings(dna, "Sequences")
        n = len(self._offsets) - 1
        if len(self.ids) != n or len(self.descriptions) != n:
            raise ShapeError(
                f"Sequences: expected one id and one description per sequence, got {len(self.ids)} ids, "
                f"{len(self.descriptions)} descriptions and {n} sequences. Give lists of equal length."
            )

    @classmethod
    def _from_flat(
        cls,
        ids: list[str],
        descriptions: list[str],
        codes: np.ndarray,
        offsets: np.ndarray,
        mask: np.ndarray | None,
    ) -> Sequences:
        out = object.__new__(cls)
        out.ids, out.descriptions = list(ids), list(descriptions)
        out._codes, out._offsets, out._mask = codes, offsets, mask
        return out

    @property
    def lengths(self) -> np.ndarray:
        """Letters per sequence, int64 (n,)."""
        return np.diff(self._offsets)

    @property
    def dna(self) -> DNA:
        """The letters as DNA (n, length); only for sequences of one length."""
        lengths = self.lengths
        if not len(lengths):
            raise ShapeError("Sequences.dna: expected at least one sequence, got none. Check the selection.")
        odd = np.flatnonzero(lengths != lengths[0])
        if odd.size:
            raise ShapeError(
                f"Sequences.dna: expected sequences of one length, got {lengths[0]} letters in {self.ids[0]!r} and "
                f"{lengths[odd[0]]} in {self.ids[odd[0]]!r}. Select one length, for example "
                f"seqs[seqs.lengths == {lengths[0]}]."
            )
        shape = (len(self), int(lengths[0]))
        mask = None if self._mask is None else self._mask.reshape(shape)
        return DNA._trusted(self._codes.reshape(shape), mask)

    def strings(self) -> list[str]:
        """One string per sequence, soft-masked letters in lower case."""
        return decode_flat(self._codes, self._offsets.tolist(), self._mask)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __iter__(self) -> Iterator[Record]:
        return (Record(*fields) for fields in zip(self.ids, self.descriptions, self.strings(), strict=True))

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, (int, np.integer)):
            i = range(len(self))[key]
            return next(iter(self[i : i + 1]))
        rows = np.arange(len(self))[key]
        if isinstance(key, slice) and key.step in (None, 1):
            start, stop, _ = key.indices(len(self))
            stop = max(start, stop)
            letters: Any = slice(self._offsets[start], self._offsets[stop])
            offsets = self._offsets[start : stop + 1] - self._offsets[start]
        else:
            lengths = self.lengths[rows]
            offsets = np.concatenate([[0], np.cumsum(lengths)])
            letters = np.repeat(self._offsets[rows] - offsets[:-1], lengths) + np.arange(offsets[-1])
        mask = None if self._mask is None else self._mask[letters]
        ids = [self.ids[i] for i in rows]
        return Sequences._from_flat(ids, [self.descriptions[i] for i in rows], self._codes[letters], offsets, mask)

    def __repr__(self) -> str:
        if not len(self):
            return "Sequences: none"
        lengths = self.lengths
        spread = f"{lengths.min():,}" if lengths.min() == lengths.max() else f"{lengths.min():,} to {lengths.max():,}"
        return f"Sequences: {len(self):,} of {spread} bp, first {self.ids[0]!r}"
