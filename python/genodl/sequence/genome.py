"""A reference genome on disk, read where it is needed."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .._errors import FileFormatError
from ._fai import FaiEntry
from ._fasta_file import FastaFile
from ._letters import LETTERS
from .dna import N_CODE
from .intervals import Intervals, as_intervals
from .sequences import Sequences

_SOFT_MASKED = 16


class Genome:
    """Random access to a FASTA file, plain or bgzip.

    The index (.fai, and .gzi for bgzip) is read, or built when there is none; it is then written
    beside the file if that folder can be written to, else kept in memory. An index that does not describe
    the file is not used. Nothing but the letters asked for is read into memory.

    Parameters
    ----------
    path : str or path
        Lines of one length within each record, as every genome is distributed.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.sequence.write_fasta("tiny.fa", ["ACGTTGCAAC"], ids=["chr1"])
    >>> genome = gd.sequence.Genome("tiny.fa")
    >>> genome["chr1", 2:6], genome.lengths
    ('GTTG', {'chr1': 10})
    >>> genome.fetch("chr1", -2, 3, outside="pad")
    'NNACG'
    >>> genome.fetch_many([("chr1", 0, 4), ("chr1", 0, 4, "-")]).strings()
    ['ACGT', 'ACGT']
    """

    def __init__(self, path: Any):
        self.path = Path(path)
        self._file = FastaFile(self.path)
        self.lengths = {name: entry.length for name, entry in self._file.index.items()}

    @property
    def names(self) -> list[str]:
        """Names of the sequences, in the order of the file."""
        return list(self.lengths)

    def fetch(self, chrom: str, start: int, end: int, strand: str = "+", outside: str = "error") -> str:
        """Letters of one stretch.

        Parameters
        ----------
        chrom : str
        start, end : int
            Counted from 0, the end not included.
        strand : "+", "-" or "."
            "-" gives the reverse complement.
        outside : "error" or "pad"
            What lies off the ends of the chromosome is an error, or N.

        Returns
        -------
        str
            Soft-masked letters in lower case.
        """
        interval = Intervals._unchecked([chrom], [start], [end], [strand])
        codes, offsets, mask = self._fetch(interval, outside, "Genome.fetch")
        return Sequences._from_flat([""], [""], codes, offsets, mask).strings()[0]

    def fetch_many(self, intervals: Any, outside: str = "error") -> Sequences:
        """Letters of many stretches, in their order, on several threads.

        Parameters
        ----------
        intervals : Intervals, table with chrom, start and end, or (chrom, start, end[, strand]) tuples (n)
            Strand "-" gives the reverse complement.
        outside : "error" or "pad"
            What lies off the ends of a chromosome is an error, or N.

        Returns
        -------
        Sequences
            Of n records, with ids such as "chr1:100-200(-)"; `.dna` when all have one length.
        """
        intervals = as_intervals(intervals, "Genome.fetch_many")
        codes, offsets, mask = self._fetch(intervals, outside, "Genome.fetch_many")
        rows = zip(intervals.chrom, intervals.start.tolist(), intervals.end.tolist(), intervals.strand, strict=True)
        ids = [f"{c}:{a}-{b}" + (f"({s})" if s != "." else "") for c, a, b, s in rows]
        return Sequences._from_flat(ids, list(intervals.name), codes, offsets, mask)

    def __getitem__(self, key: Any) -> str:
        chrom, part = key if isinstance(key, tuple) and len(key) == 2 else (key, slice(None))
        if not isinstance(chrom, str) or not isinstance(part, slice) or part.step not in (None, 1):
            raise TypeError(f"Genome: expected genome['chr1', 100:200] or genome['chr1'], got {key!r}.")
        end = self._entry(chrom, "Genome").length if part.stop is None else part.stop
        return self.fetch(chrom, 0 if part.start is None else part.start, end)

    def __contains__(self, name: Any) -> bool:
        return name in self.lengths

    def __iter__(self) -> Iterator[str]:
        return iter(self.lengths)

    def __len__(self) -> int:
        return len(self.lengths)

    def __repr__(self) -> str:
        return f"Genome: {len(self):,} sequences, {sum(self.lengths.values()):,} bp, {self.path}"

    # Worker processes open the file themselves.
    def __reduce__(self) -> Any:
        return (Genome, (self.path,))

    def _fetch(self, x: Intervals, outside: str, who: str) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Flat codes, offsets and soft mask of intervals, which may lie anywhere."""
        if outside not in ("error", "pad"):
            raise ValueError(f"{who}: expected outside='error' or 'pad', got {outside!r}. 'pad' writes N.")
        length, offset, line_bases, line_width = self._entries(x, who)
        self._check_ends(x, length, outside, who)
        offsets = np.concatenate([[0], np.cumsum(x.lengths)])
        codes = np.full(offsets[-1], N_CODE, np.uint8)
        first = np.clip(x.start, 0, length)
        last = np.clip(x.end, first, length)
        reverse = x.strand == "-"
        padded = np.where(reverse, x.end - last, first - x.start)
        columns = [
            offset + first // line_bases * line_width + first % line_bases,
            first % line_bases,
            last - first,
            line_bases,
            line_width - line_bases,
            offsets[:-1] + padded,
            reverse,
        ]
        filled = np.flatnonzero(last > first)
        stretches = np.stack(columns, 1).astype(np.int64)[filled]
        soft_masked, bad = self._file.gather(stretches, codes)
        if bad is not None:
            row, position, byte = int(filled[bad[0]]), bad[1], bad[2]
            raise FileFormatError(
                f"{who}: expected {LETTERS}, got {repr(chr(byte)) if byte else 'the end of the file'} at position "
                f"{first[row] + position + 1} of {x.chrom[row]} in {self.path}. Correct the file and remove its .fai."
            )
        if not soft_masked:
            return codes, offsets, None
        # Padding is N, 15: below the mark of soft-masked letters.
        mask = codes >= _SOFT_MASKED
        codes &= _SOFT_MASKED - 1
        return codes, offsets, mask

    def _entries(self, x: Intervals, who: str) -> np.ndarray:
        """Length, offset, letters and bytes of a line of the chromosome of each interval, int64 (4, n)."""
        numbers: dict[str, int] = {}
        which = np.array([numbers.setdefault(chrom, len(numbers)) for chrom in x.chrom], np.int64)
        table = []
        for chrom, number in numbers.items():
            table.append(self._entry(chrom, who, lambda n=number: x.where(int(np.argmax(which == n)))))
        return np.array(table, np.int64).reshape(-1, 4)[which].T

    def _entry(self, chrom: str, who: str, where: Any = None) -> FaiEntry:
        entry = self._file.index.get(chrom)
        if entry is None:
            place = f" ({where()})" if where else ""
            raise UnknownChromosomeError(
                f"{who}: expected a chromosome of {self.path}, got {chrom!r}{place}. {self._hint(chrom)}"
            )
        return entry

    def _hint(self, chrom: str) -> str:
        other = chrom[3:] if chrom.lower().startswith("chr") else f"chr{chrom}"
        mitochondria = {"chrM": "MT", "M": "MT", "MT": "chrM", "chrMT": "MT"}
        for name in (other, mitochondria.get(chrom)):
            if name in self:
                return f"There it is called {name!r}: use the names of one source."
        near = difflib.get_close_matches(chrom, self.names, 1)
        if near:
            return f"Did you mean {near[0]!r}?"
        names = ", ".join(self.names[:3])
        return f"It holds {names}{' and others' if len(self) > 3 else ''}: check that it is the right genome."

    def _check_ends(self, x: Intervals, length: np.ndarray, outside: str, who: str) -> None:
        backward = np.flatnonzero(x.end < x.start)
        if backward.size:
            i = int(backward[0])
            raise ValueError(f"{who}: expected end from start on, got {x.start[i]} to {x.end[i]} ({x.where(i)}).")
        wrong = np.flatnonzero((x.start < 0) | (x.end > length)) if outside == "error" else backward
        if wrong.size:
            i = int(wrong[0])
            others = f", and {wrong.size - 1:,} more" if wrong.size > 1 else ""
            raise ValueError(
                f"{who}: expected stretches inside {x.chrom[i]} (0 to {length[i]} in {self.path}), got {x.start[i]} to "
                f"{x.end[i]} ({x.where(i)}{others}). Pad with N by outside='pad', or check the genome build."
            )


class UnknownChromosomeError(ValueError, KeyError):
    """A name that the genome does not have; found by `except KeyError` too."""

    # KeyError would put quotes around the sentence.
    __str__ = ValueError.__str__
