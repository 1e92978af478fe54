"""Letters to codes and back: the one rule for letters, and the words of its errors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .. import _core

LETTERS = "A C G T, U, N or an IUPAC letter (lower case: soft-masked)"


def encode_strings(strings: Iterable[Any], who: str) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Flat codes, offsets and soft mask (None if no letter is lower case) of many strings."""
    try:
        items = [s.decode("latin-1") if isinstance(s, bytes) else s for s in strings]
    except TypeError:
        items = None
    if items is None:
        raise TypeError(
            f"{who}: expected DNA, Sequences, strings or uint8 codes, got {type(strings).__name__}. "
            "Encode your sequences with gd.sequence.encode."
        )
    for i, item in enumerate(items):
        if not isinstance(item, str):
            raise TypeError(
                f"{who}: expected strings of letters, got {type(item).__name__} as sequence {i + 1} of "
                f"{len(items)}. Turn it into a string first."
            )
        if not item:
            raise ValueError(
                f"{who}: expected sequences with letters, got an empty one as sequence {i + 1} of "
                f"{len(items)}. Leave it out."
            )
    offsets = np.zeros(len(items) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, items), np.int64, len(items)), out=offsets[1:])
    # A character outside ASCII becomes '?', which is no letter either.
    text = "".join(items).encode("ascii", "replace")
    codes, mask, bad = _core.genomics.encode(np.frombuffer(text, np.uint8))
    if bad >= 0:
        record = int(np.searchsorted(offsets, bad, "right")) - 1
        position = bad - int(offsets[record])
        raise ValueError(
            f"{who}: expected {LETTERS}, got {items[record][position]!r} at position {position + 1} of "
            f"sequence {record + 1} of {len(items)}. Correct it or write N for it."
        )
    return codes, offsets, mask


def decode_flat(codes: np.ndarray, offsets: Sequence[int], mask: np.ndarray | None) -> list[str]:
    """One string per sequence; soft-masked letters in lower case."""
    text = _core.genomics.decode(codes, mask).decode("ascii")
    return [text[a:b] for a, b in zip(offsets[:-1], offsets[1:], strict=True)]
