"""Sequences that stand on both sides of a split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import _core
from ._batch import Batch, as_batch


@dataclass
class Leakage:
    """What `check_leakage` found; false if nothing.

    Attributes
    ----------
    duplicates : int64 (pairs, 2)
        Index of a test sequence (second column) and of the first training sequence with the same letters.
    reverse_complements : int64 (pairs, 2)
        The same for the reverse complement; palindromes count as duplicates.
    test_size : int
    """

    duplicates: np.ndarray
    reverse_complements: np.ndarray
    test_size: int

    @property
    def test_indices(self) -> np.ndarray:
        """Test sequences that are in the training set in either direction, int64, sorted."""
        return np.unique(np.concatenate([self.duplicates[:, 1], self.reverse_complements[:, 1]]))

    def __bool__(self) -> bool:
        return bool(len(self.test_indices))

    def __repr__(self) -> str:
        if not self:
            return f"Leakage: none of {self.test_size:,} test sequences is in the training set"
        return (
            f"Leakage: {len(self.test_indices):,} of {self.test_size:,} test sequences are in the training set "
            f"({len(self.duplicates):,} as they are, {len(self.reverse_complements):,} as reverse complement)"
        )


def check_leakage(train: Any, test: Any) -> Leakage:
    """Finds test sequences that the network has seen in training, on either strand.

    Letters are compared without regard to case.

    Parameters
    ----------
    train, test : DNA, Sequences, one string, strings, or uint8 codes (n, length)

    Returns
    -------
    Leakage
        Print it; take the sequences found out of the test set by `.test_indices`.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.sequence.check_leakage(["ACGTT", "GGGCC"], ["ggcCC", "TTTTT", "ACGTT"])
    Leakage: 2 of 3 test sequences are in the training set (1 as they are, 1 as reverse complement)
    """
    seen: dict[bytes, int] = {}
    for i, letters in enumerate(_rows(as_batch(train, "check_leakage"))):
        seen.setdefault(letters, i)
    batch = as_batch(test, "check_leakage")
    turned, _ = _core.genomics.reverse_complement(batch.codes, batch.offsets, None)
    twins = _rows(Batch(turned, batch.offsets, None, None))
    duplicates, reverse = [], []
    for i, (letters, twin) in enumerate(zip(_rows(batch), twins, strict=True)):
        same, other = seen.get(letters), seen.get(twin)
        if same is not None:
            duplicates.append((same, i))
        if other is not None and twin != letters:
            reverse.append((other, i))
    return Leakage(
        np.array(duplicates, np.int64).reshape(-1, 2), np.array(reverse, np.int64).reshape(-1, 2), len(batch)
    )


def _rows(batch: Batch) -> list[bytes]:
    content = batch.codes.tobytes()
    offsets = batch.offsets.tolist()
    return [content[a:b] for a, b in zip(offsets[:-1], offsets[1:], strict=True)]
