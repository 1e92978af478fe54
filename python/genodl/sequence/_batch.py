"""What every function of this package reads: many sequences as one flat array of codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ._letters import encode_strings
from .dna import DNA
from .sequences import Sequences


@dataclass
class Batch:
    """Flat codes, where each sequence begins, and what to turn results back into."""

    codes: np.ndarray
    offsets: np.ndarray
    mask: np.ndarray | None
    source: Any

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> np.ndarray:
        return np.diff(self.offsets)

    @property
    def is_single(self) -> bool:
        return isinstance(self.source, (str, bytes))

    def one_per_sequence(self, values: np.ndarray | list[str]) -> Any:
        """Values with one row per sequence; the row itself when one string was given."""
        return values[0] if self.is_single else values

    def like_source(self, codes: np.ndarray, mask: np.ndarray | None, copies: int = 1) -> Any:
        """New letters in the form the user gave: DNA, Sequences, codes, string or strings."""
        lengths = np.repeat(self.lengths, copies)
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        source = self.source
        if isinstance(source, Sequences):
            ids = source.ids if copies == 1 else [f"{i}_{c + 1}" for i in source.ids for c in range(copies)]
            descriptions = [d for d in source.descriptions for _ in range(copies)]
            return Sequences._from_flat(ids, descriptions, codes, offsets, mask)
        if isinstance(source, (DNA, np.ndarray)) and not _holds_strings(source):
            shape = (len(lengths), source.shape[1])
            dna = DNA._trusted(codes.reshape(shape), None if mask is None else mask.reshape(shape))
            return dna if isinstance(source, DNA) else dna.codes
        strings = Sequences._from_flat([""] * len(lengths), [""] * len(lengths), codes, offsets, mask).strings()
        return strings[0] if self.is_single and copies == 1 else strings


def as_batch(x: Any, who: str) -> Batch:
    """Reads DNA, Sequences, one string, strings, or uint8 codes (n, length)."""
    if isinstance(x, Sequences):
        return Batch(x._codes, x._offsets, x._mask, x)
    if isinstance(x, DNA):
        return _flat(x, x)
    if isinstance(x, np.ndarray) and not _holds_strings(x):
        return _flat(DNA(x), x)
    strings = [x] if isinstance(x, (str, bytes)) else x
    return Batch(*encode_strings(strings, who), x)


def _flat(dna: DNA, source: Any) -> Batch:
    n, length = dna.shape
    mask = None if dna.soft_mask is None else np.ascontiguousarray(dna.soft_mask).reshape(-1)
    codes = np.ascontiguousarray(dna.codes).reshape(-1)
    return Batch(codes, np.arange(n + 1, dtype=np.int64) * length, mask, source)


def _holds_strings(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype.kind in "USO"
