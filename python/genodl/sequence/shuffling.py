"""Random sequences that keep the k-mers of given ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._seeds import next_seed
from ._batch import Batch, as_batch
from .dna import FRACTIONS

_IS_AMBIGUOUS = (FRACTIONS > 0).sum(1) != 1


def shuffle(
    x: Any,
    k: int = 2,
    seed: int | None = None,
    copies: int = 1,
    *,
    ambiguous: str = "keep",
    masked: str = "shuffle",
) -> Any:
    """Shuffles sequences and keeps the count of every k-mer exactly.

    Each result is drawn uniformly from all sequences that have the same k-mer counts and the same first
    and last (k-1)-mer. `k=1` is a plain permutation, `k=2` the dinucleotide shuffle that makes fair
    negatives for motif models.

    Parameters
    ----------
    x : DNA, Sequences, one string, strings, or uint8 codes (n, length)
    k : int from 1 to 31
    seed : int, optional
        The same seed gives the same result for any number of threads. None: the next seed of
        `gd.set_seed`'s source.
    copies : int
        Shuffles of each sequence; copy c of sequence i is row ``i * copies + c``.
    ambiguous : "keep" or "error"
        Ambiguous letters stay in place and each stretch between them is shuffled on its own, or they
        are refused.
    masked : "shuffle", "keep" or "error"
        Soft-masked letters are shuffled as letters like any other (the result has no mask), stay in
        place as ambiguous ones do, or are refused.

    Returns
    -------
    the same kind with n * copies sequences; a list for one string when copies > 1

    Examples
    --------
    >>> import genodl as gd
    >>> before = gd.sequence.encode(["ACGATTACAGATTACA"])
    >>> after = gd.sequence.shuffle(before, k=2, seed=1)
    >>> bool((gd.sequence.kmer_counts(before, 2) == gd.sequence.kmer_counts(after, 2)).all())
    True
    """
    if not isinstance(k, (int, np.integer)) or not 1 <= k <= _core.genomics.max_shuffle_k:
        raise ValueError(
            f"shuffle: expected k from 1 to {_core.genomics.max_shuffle_k}, got {k!r}. "
            "k=2 keeps dinucleotides, k=1 permutes letters."
        )
    if not isinstance(copies, (int, np.integer)) or copies < 1:
        raise ValueError(f"shuffle: expected copies of at least 1, got {copies!r}. Ask for one or more.")
    if ambiguous not in ("keep", "error"):
        raise ValueError(f"shuffle: expected ambiguous='keep' or 'error', got {ambiguous!r}. Choose one of them.")
    if masked not in ("shuffle", "keep", "error"):
        raise ValueError(f"shuffle: expected masked='shuffle', 'keep' or 'error', got {masked!r}. Choose one of them.")

    batch = as_batch(x, "shuffle")
    if ambiguous == "error":
        _refuse(batch, _IS_AMBIGUOUS[batch.codes], "an ambiguous letter", "ambiguous='keep'")
    kept = batch.mask if masked == "keep" else None
    if masked == "error" and batch.mask is not None:
        _refuse(batch, batch.mask, "a soft-masked letter", "masked='keep'")
    codes = _core.genomics.shuffle(batch.codes, batch.offsets, kept, int(k), _seed_bits(seed), int(copies))
    return batch.like_source(codes, None if kept is None else _repeat(kept, batch.offsets, copies), copies)


def _seed_bits(seed: int | None) -> int:
    if seed is None:
        return next_seed()
    if not isinstance(seed, (int, np.integer)):
        raise TypeError(f"shuffle: expected an integer as seed, got {type(seed).__name__}. Give a number or None.")
    return int(seed) & (2**64 - 1)


def _repeat(mask: np.ndarray, offsets: np.ndarray, copies: int) -> np.ndarray:
    rows = np.split(mask, offsets[1:-1])
    return np.concatenate([row for row in rows for _ in range(copies)])


def _refuse(batch: Batch, where: np.ndarray, what: str, way_out: str) -> None:
    if where.any():
        at = int(np.argmax(where))
        record = int(np.searchsorted(batch.offsets, at, "right")) - 1
        raise ValueError(
            f"shuffle: expected plain letters, got {what} at position {at - batch.offsets[record] + 1} of "
            f"sequence {record + 1} of {len(batch)}. Leave it in place with {way_out}."
        )
