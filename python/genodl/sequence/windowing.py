"""Windows of one length around intervals."""

from __future__ import annotations

from typing import Any

import numpy as np

from .dna import DNA
from .genome import Genome
from .intervals import Intervals, as_intervals


def windows(genome: Genome, intervals: Any, length: int, anchor: str | None = None, outside: str = "error") -> DNA:
    """DNA of one length around the summits or centres of intervals.

    Parameters
    ----------
    genome : Genome
    intervals : Intervals, table with chrom, start and end, or (chrom, start, end[, strand]) tuples (n)
        Strand "-" gives the reverse complement of the same window.
    length : int
        The anchor is at index ``length // 2`` of its window.
    anchor : "summit" or "center", optional
        None: the summit if every interval has one, else the centre.
    outside : "error" or "pad"
        What lies off the ends of a chromosome is an error, or N.

    Returns
    -------
    DNA (n, length)

    Examples
    --------
    >>> import genodl as gd
    >>> gd.sequence.write_fasta("tiny.fa", ["ACGTTGCAAC"], ids=["chr1"])
    >>> genome = gd.sequence.Genome("tiny.fa")
    >>> gd.sequence.windows(genome, [("chr1", 2, 8), ("chr1", 0, 2)], 4, outside="pad").strings()
    ['TTGC', 'NACG']
    """
    check_genome(genome, "windows")
    intervals = as_intervals(intervals, "windows")
    placed = place(intervals, length, anchor)
    codes, _, mask = genome._fetch(placed, outside, "windows")
    shape = (len(placed), int(length))
    return DNA._trusted(codes.reshape(shape), None if mask is None else mask.reshape(shape))


def place(intervals: Intervals, length: int, anchor: str | None = None) -> Intervals:
    """The stretches that `windows` reads; they may reach off the chromosome."""
    if not isinstance(length, (int, np.integer)) or length < 1:
        raise ValueError(f"windows: expected a length of at least 1, got {length!r}. Give the model's.")
    if anchor not in (None, "summit", "center"):
        raise ValueError(f"windows: expected anchor='summit' or 'center', got {anchor!r}. None chooses.")
    without = np.flatnonzero(intervals.summit < 0)
    if anchor == "summit" and without.size:
        i = int(without[0])
        others = f", and {without.size - 1:,} more" if without.size > 1 else ""
        raise ValueError(
            f"windows: expected intervals with summits, got none for {intervals.where(i)}{others}. "
            "Read a narrowPeak file, or use anchor='center'."
        )
    use_summit = anchor == "summit" or (anchor is None and not without.size)
    middle = intervals.summit if use_summit else (intervals.start + intervals.end) // 2
    start = middle - length // 2
    return Intervals._unchecked(intervals.chrom, start, start + length, intervals.strand, intervals)


def check_genome(genome: Any, who: str) -> None:
    if not isinstance(genome, Genome):
        raise TypeError(
            f"{who}: expected a Genome, got {type(genome).__name__}. Open the FASTA file with gd.sequence.Genome(path)."
        )
