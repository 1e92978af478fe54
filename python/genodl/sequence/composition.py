"""Reverse complement, GC content and k-mer counts."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from .. import _core
from ._batch import as_batch
from .dna import FRACTIONS, N_CODE

MAX_K = 12


def reverse_complement(x: Any) -> Any:
    """The other strand, read in its own direction.

    Parameters
    ----------
    x : DNA, Sequences, one string, strings, or uint8 codes (n, length)

    Returns
    -------
    the same kind; ambiguous letters are complemented as sets, soft masks turn with their letters

    Examples
    --------
    >>> import genodl as gd
    >>> gd.sequence.reverse_complement("AACGr")
    'yCGTT'
    """
    batch = as_batch(x, "reverse_complement")
    return batch.like_source(*_core.genomics.reverse_complement(batch.codes, batch.offsets, batch.mask))


def gc_content(x: Any) -> Any:
    """Share of G and C among the known letters of each sequence.

    Parameters
    ----------
    x : DNA, Sequences, one string, strings, or uint8 codes (n, length)
        Ambiguous letters count by their fractions (S is 1, R is 1/2); N counts for nothing.

    Returns
    -------
    float64 (n,), or a float for one string; NaN for a sequence of N alone

    Examples
    --------
    >>> import genodl as gd
    >>> gd.sequence.gc_content(["ACGT", "GGNS"]).tolist()
    [0.5, 1.0]
    """
    batch = as_batch(x, "gc_content")
    counts = _core.genomics.code_counts(batch.codes, batch.offsets).astype(np.float64)
    counts[:, [0, N_CODE]] = 0
    gc = counts @ (FRACTIONS[:, 1] + FRACTIONS[:, 2])
    known = counts.sum(1)
    share = np.divide(gc, known, out=np.full(len(gc), np.nan), where=known > 0)
    return float(share[0]) if batch.is_single else share


def kmer_counts(x: Any, k: int, both_strands: bool = True, normalize: bool = False) -> np.ndarray:
    """How often each k-mer occurs.

    A k-mer that holds an ambiguous letter is not counted; soft-masked letters count as letters.

    Parameters
    ----------
    x : DNA, Sequences, one string, strings, or uint8 codes (n, length)
    k : int from 1 to 12
    both_strands : bool, default True
        Count a k-mer and its reverse complement as one.
    normalize : bool, default False
        Divide by the number of k-mers counted in the sequence.

    Returns
    -------
    int32 (n, kmers), or float64 when normalized; one row less for one string.
        `kmer_names(k, both_strands)` names the columns.

    Examples
    --------
    >>> import genodl as gd
    >>> counts = gd.sequence.kmer_counts(["AACGTT"], 2)
    >>> dict(zip(gd.sequence.kmer_names(2), counts[0].tolist()))["AA"]
    2
    """
    check_k(k, "kmer_counts")
    batch = as_batch(x, "kmer_counts")
    counts = _core.genomics.count_kmers(batch.codes, batch.offsets, int(k), bool(both_strands))
    if normalize:
        counts = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    return batch.one_per_sequence(counts)


def kmer_names(k: int, both_strands: bool = True) -> list[str]:
    """The k-mers that the columns of `kmer_counts` stand for, in their order.

    Parameters
    ----------
    k : int from 1 to 12
    both_strands : bool, default True
        Name a k-mer and its reverse complement once, by the one that sorts first.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.sequence.kmer_names(1)
    ['A', 'C']
    """
    check_k(k, "kmer_names")
    names = ["".join(letters) for letters in itertools.product("ACGT", repeat=k)]
    if not both_strands:
        return names
    other = str.maketrans("ACGT", "TGCA")
    return [name for name in names if name <= name.translate(other)[::-1]]


def check_k(k: int, who: str) -> None:
    if not isinstance(k, (int, np.integer)) or not 1 <= k <= MAX_K:
        raise ValueError(f"{who}: expected k from 1 to {MAX_K}, got {k!r}. There are 4**k k-mers: choose a smaller k.")
