"""BED files: 3 to 12 columns, and ENCODE's narrowPeak with summits."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._errors import FileFormatError
from ._lines import open_lines
from .intervals import Intervals

_BED_MORE = ("thick_start", "thick_end", "item_rgb", "block_count", "block_sizes", "block_starts")
_NARROW_PEAK_MORE = ("signal", "p_value", "q_value")
_NARROW_PEAK_COLUMNS = 10


def read_bed(path_or_file: Any, format: str | None = None) -> Intervals:
    """Reads intervals from a BED or narrowPeak file.

    Parameters
    ----------
    path_or_file : str, path, or open file
        Plain, gzip or bgzip; columns between tabs or blanks; `track`, `browser` and `#` lines are left out.
    format : "bed" or "narrowPeak", optional
        Told by the file when None: ten columns are narrowPeak, as no BED file has ten.

    Returns
    -------
    Intervals
        With name, score and strand where the file has them; columns 7 on are in `.more`. narrowPeak
        gives `.summit`, and "signal", "p_value" and "q_value" (both as -log10) in `.more`.

    Examples
    --------
    >>> import io
    >>> import genodl as gd
    >>> peaks = gd.sequence.read_bed(io.StringIO("chr1\\t10\\t20\\tp1\\t0\\t.\\t5.1\\t-1\\t-1\\t4\\n"))
    >>> peaks, peaks.summit.tolist(), peaks.more["signal"].tolist()
    (Intervals: 1 on 1 chromosome, first chr1:10-20, [14], [5.1])
    """
    if format not in (None, "bed", "narrowPeak"):
        raise ValueError(f"read_bed: expected format='bed' or 'narrowPeak', got {format!r}. None tells it by the file.")
    rows: list[list[str]] = []
    numbers: list[int] = []
    with open_lines(path_or_file, "read_bed") as (name, lines):
        for number, line in lines:
            if not line.strip() or line.startswith(("#", "track", "browser")):
                continue
            fields = line.split("\t") if "\t" in line else line.split()
            if rows and len(fields) != len(rows[0]):
                raise _error(f"{len(rows[0])} columns as in line {numbers[0]}", str(len(fields)), name, number)
            if len(fields) < 3:
                raise _error("chromosome, start and end", repr(line[:60]), name, number)
            rows.append(fields)
            numbers.append(number)
    if not rows:
        raise FileFormatError(f"read_bed: expected intervals, got none in {name}. Check that it is the right file.")
    return _Table(list(zip(*rows, strict=True)), numbers, name, format).intervals()


class _Table:
    """Columns of words that become numbers, or an error that names the line."""

    def __init__(self, columns: list[tuple[str, ...]], lines: list[int], name: str, format: str | None):
        self.columns, self.lines, self.name = columns, lines, name
        self.is_narrow_peak = format == "narrowPeak" or (format is None and len(columns) == _NARROW_PEAK_COLUMNS)
        if self.is_narrow_peak and len(columns) != _NARROW_PEAK_COLUMNS:
            raise _error("the 10 columns of narrowPeak", str(len(columns)), name, lines[0])
        if len(columns) > 12:
            raise _error("3 to 12 columns", str(len(columns)), name, lines[0])

    def intervals(self) -> Intervals:
        columns = self.columns
        start, end = self.whole(1, "a start"), self.whole(2, "an end")
        self.require((start >= 0) & (end > start), "a start from 0 on and an end above it", (1, 2))
        strand = columns[5] if len(columns) > 5 else ("." * len(start))
        self.require(np.isin(strand, ["+", "-", "."]) if len(columns) > 5 else True, "strand '+', '-' or '.'", (5,))
        if self.is_narrow_peak:
            more: dict[str, Any] = {key: self.real(6 + i, key) for i, key in enumerate(_NARROW_PEAK_MORE)}
            peak = self.whole(9, "a summit")
            self.require((peak >= -1) & (peak < end - start), "a summit inside the interval, or -1", (9,))
            summit = np.where(peak >= 0, start + peak, -1)
        else:
            more, summit = {key: list(column) for key, column in zip(_BED_MORE, columns[6:], strict=False)}, None
            if len(columns) == 12:
                self.check_blocks()
        out = Intervals(
            columns[0],
            start,
            end,
            name=columns[3] if len(columns) > 3 else None,
            score=self.real(4, "a score", missing=".") if len(columns) > 4 else None,
            strand=list(strand),
            summit=summit,
            more=more,
        )
        out.source, out.lines = self.name, np.array(self.lines, np.int64)
        return out

    def whole(self, column: int, what: str) -> np.ndarray:
        return self.numbers(column, f"a whole number as {what}", int, np.int64)

    def real(self, column: int, what: str, missing: str | None = None) -> np.ndarray:
        def number(word: str) -> float:
            return float("nan") if word == missing else float(word)

        return self.numbers(column, f"a number as {what}", number, np.float64)

    def numbers(self, column: int, what: str, convert: Any, dtype: Any) -> np.ndarray:
        words = self.columns[column]
        try:
            return np.fromiter(map(convert, words), dtype, len(words))
        except (ValueError, OverflowError):
            for row, word in enumerate(words):
                try:
                    dtype(convert(word))
                except (ValueError, OverflowError):
                    raise _error(what, repr(word), self.name, self.lines[row]) from None
            raise

    def require(self, holds: Any, what: str, columns: tuple[int, ...]) -> None:
        wrong = np.flatnonzero(~np.asarray(holds)) if np.ndim(holds) else np.array([], int)
        if wrong.size:
            row = int(wrong[0])
            got = " and ".join(self.columns[c][row] for c in columns)
            raise _error(what, got, self.name, self.lines[row])

    def check_blocks(self) -> None:
        counts = self.whole(9, "a count of blocks")
        for column in (10, 11):
            given = np.array([len(word.strip(",").split(",")) for word in self.columns[column]])
            self.require(given == counts, "as many blocks as column 10 counts", (9, column))


def _error(expected: str, got: str, name: str, number: int) -> FileFormatError:
    return FileFormatError(f"read_bed: expected {expected}, got {got} in {name}, line {number}. Correct the file.")
