"""Stretches of chromosomes: as BED files hold them, columns of one length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from .._errors import ShapeError


class Interval(NamedTuple):
    """One stretch, counted from 0, its end not included."""

    chrom: str
    start: int
    end: int
    name: str = ""
    strand: str = "."


class Intervals:
    """Stretches of chromosomes, counted from 0, ends not included.

    Parameters
    ----------
    chrom : list of str (n)
    start, end : int (n,)
    name : list of str (n), optional
    score : float (n,), optional
    strand : list of "+", "-" or "." (n), optional
        "-" means that letters are read from the other strand.
    summit : int (n,), optional
        Position of the peak on the chromosome, -1 where there is none.
    more : dict of name to (n,), optional
        Further columns of the file, such as "signal".

    Examples
    --------
    >>> import genodl as gd
    >>> peaks = gd.sequence.Intervals(["chr1", "chr2"], [10, 5], [30, 9], strand=["+", "-"])
    >>> peaks[1]
    Interval(chrom='chr2', start=5, end=9, name='', strand='-')
    >>> peaks[peaks.lengths > 10].chrom.tolist()
    ['chr1']
    """

    # What messages name instead: the intervals or variants these were placed around, and which of them.
    _like: tuple[Any, Any] = (None, None)

    def __init__(
        self,
        chrom: Any,
        start: Any,
        end: Any,
        name: Any = None,
        score: Any = None,
        strand: Any = None,
        summit: Any = None,
        more: dict[str, Any] | None = None,
    ):
        self.chrom = np.array([str(c) for c in chrom], dtype=object)
        n = len(self.chrom)
        self.start = _column("start", start, n, np.int64)
        self.end = _column("end", end, n, np.int64)
        self.name = _column("name", [""] * n if name is None else name, n, object)
        self.score = _column("score", np.full(n, np.nan) if score is None else score, n, np.float64)
        self.strand = _column("strand", ["."] * n if strand is None else strand, n, object)
        self.summit = _column("summit", np.full(n, -1) if summit is None else summit, n, np.int64)
        self.more = {key: _column(key, value, n, None) for key, value in (more or {}).items()}
        self.source = ""
        self.lines: np.ndarray | None = None
        wrong = np.flatnonzero((self.start < 0) | (self.end <= self.start))
        if wrong.size:
            i = int(wrong[0])
            raise ValueError(
                f"Intervals: expected start from 0 on and end above start, got {self.start[i]} to {self.end[i]} as "
                f"interval {i + 1} of {n}. BED counts from 0 and leaves the end out."
            )
        odd = [i for i, s in enumerate(self.strand) if s not in ("+", "-", ".")]
        if odd:
            raise ValueError(
                f"Intervals: expected strand '+', '-' or '.', got {self.strand[odd[0]]!r} as interval {odd[0] + 1} of "
                f"{n}. Write '.' where it is not known."
            )

    @classmethod
    def _unchecked(cls, chrom: Any, start: Any, end: Any, strand: Any, like: Any = None, rows: Any = None) -> Intervals:
        """Stretches that may reach off the chromosome; messages name the rows of `like`, Intervals or Variants."""
        out = object.__new__(cls)
        n = len(chrom)
        out.chrom, out.strand = _column("chrom", chrom, n, object), _column("strand", strand, n, object)
        out.start, out.end = _column("start", start, n, np.int64), _column("end", end, n, np.int64)
        out.name, out.score = np.full(n, "", object), np.full(n, np.nan)
        out.summit, out.more = np.full(n, -1), {}
        out.source, out.lines, out._like = "", None, (like, rows)
        return out

    @property
    def lengths(self) -> np.ndarray:
        """Letters of each, int64 (n,)."""
        return self.end - self.start

    def where(self, i: int) -> str:
        """Where interval `i` comes from, for messages: file and line, or its number."""
        like, rows = self._like
        if like is not None:
            return like.where(i if rows is None else int(rows[i]))
        if self.lines is None:
            return f"interval {i + 1} of {len(self)}"
        return f"{self.source}, line {self.lines[i]}"

    def to_pandas(self) -> Any:
        """The columns as a pandas DataFrame."""
        try:
            import pandas
        except ImportError:
            raise ImportError("Intervals.to_pandas: needs pandas. Install it with: pip install pandas") from None
        names = ("chrom", "start", "end", "name", "score", "strand", "summit")
        return pandas.DataFrame({**{key: getattr(self, key) for key in names}, **self.more})

    def __len__(self) -> int:
        return len(self.chrom)

    def __iter__(self) -> Iterator[Interval]:
        return map(Interval, self.chrom, self.start.tolist(), self.end.tolist(), self.name, self.strand)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, (int, np.integer)):
            i = range(len(self))[key]
            return Interval(self.chrom[i], int(self.start[i]), int(self.end[i]), self.name[i], self.strand[i])
        out = object.__new__(Intervals)
        for column in ("chrom", "start", "end", "name", "score", "strand", "summit"):
            setattr(out, column, getattr(self, column)[key])
        out.more = {name: values[key] for name, values in self.more.items()}
        out.source = self.source
        out.lines = None if self.lines is None else self.lines[key]
        return out

    def __repr__(self) -> str:
        if not len(self):
            return "Intervals: none"
        chroms = len(set(self.chrom))
        first = f"{self.chrom[0]}:{self.start[0]}-{self.end[0]}"
        return f"Intervals: {len(self):,} on {chroms:,} chromosome{'s' * (chroms > 1)}, first {first}"


def as_intervals(x: Any, who: str) -> Intervals:
    """Reads Intervals, a table with columns chrom, start and end, or (chrom, start, end[, strand]) tuples."""
    if isinstance(x, Intervals):
        return x
    if hasattr(x, "columns") or isinstance(x, dict):
        table: dict[str, Any] = {str(key): np.asarray(x[key]) for key in (x if isinstance(x, dict) else x.columns)}
        missing = [key for key in ("chrom", "start", "end") if key not in table]
        if missing:
            raise ValueError(
                f"{who}: expected columns chrom, start and end, got {', '.join(table)}. Rename the columns."
            )
        known = ("chrom", "start", "end", "name", "score", "strand", "summit")
        return Intervals(**{key: table[key] for key in known if key in table})
    rows = list(x) if not isinstance(x, (str, bytes)) and hasattr(x, "__iter__") else [x]
    # One interval alone: ("chr1", 10, 20).
    if rows and isinstance(rows[0], str) and len(rows) in (3, 4):
        rows = [rows]
    for i, row in enumerate(rows):
        if not (isinstance(row, (tuple, list)) and len(row) >= 3 and isinstance(row[0], str)):
            raise TypeError(
                f"{who}: expected Intervals or (chromosome, start, end) tuples, got {row!r} as interval {i + 1} of "
                f"{len(rows)}. Read a BED file with gd.sequence.read_bed."
            )
    strands = [row.strand if isinstance(row, Interval) else (row[3] if len(row) > 3 else ".") for row in rows]
    names = [row.name if isinstance(row, Interval) else "" for row in rows]
    chrom, start, end = ([row[i] for row in rows] for i in range(3))
    return Intervals(chrom, start, end, name=names, strand=strands)


def _column(name: str, values: Any, n: int, dtype: Any) -> np.ndarray:
    if dtype is object:
        column = np.empty(len(values), object)
        column[:] = list(values)
    else:
        column = np.asarray(values)
        if dtype is np.int64 and column.dtype.kind not in "iu" and (column.astype(np.int64) != column).any():
            raise ValueError(f"Intervals: expected whole numbers as {name}, got {column.dtype}. Round them first.")
        column = column.astype(dtype or column.dtype)
    if column.shape != (n,):
        raise ShapeError(f"Intervals: expected {n} values as {name}, got shape {column.shape}. Give one per interval.")
    return column
