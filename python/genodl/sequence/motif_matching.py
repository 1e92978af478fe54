"""Which known motifs a motif resembles, and how surely."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .motif import Motif
from .scanning import check_motifs

# Column scores are cut into so many steps, so that the distribution of their sums can be computed.
_STEPS = 100


@dataclass
class MotifMatches:
    """Comparisons of motifs, one row for each query and target, best first within each query.

    Attributes
    ----------
    query, target : int64 (rows,)
        Index of the motifs; `query_name` and `target_name` hold their ids or names.
    p_value : float64 (rows,)
        Chance that a random motif of the target's width matches at least as well at its best position.
    q_value : float64 (rows,)
        Expected share of false matches among this and all better ones of the query (Benjamini-Hochberg).
    score : float64 (rows,)
        Mean score of the columns that overlap: Pearson correlation, or minus the Euclidean distance.
    overlap : int64 (rows,)
        Number of columns that overlap.
    offset : int64 (rows,)
        Column of the target under the query's first column; negative where the query begins before it.
        With strand "-", of the target's reverse complement.
    strand : str array (rows,)
        "+", or "-" where the target's reverse complement matches better.
    """

    query: np.ndarray
    target: np.ndarray
    query_name: np.ndarray
    target_name: np.ndarray
    p_value: np.ndarray
    q_value: np.ndarray
    score: np.ndarray
    overlap: np.ndarray
    offset: np.ndarray
    strand: np.ndarray

    def best(self) -> MotifMatches:
        """The first row of each query."""
        return self[np.unique(self.query, return_index=True)[1]]

    def __len__(self) -> int:
        return len(self.query)

    def __getitem__(self, rows: Any) -> MotifMatches:
        rows = [rows] if isinstance(rows, (int, np.integer)) else rows
        return MotifMatches(**{name: column[rows] for name, column in vars(self).items()})

    def to_pandas(self) -> Any:
        """The table as a pandas DataFrame."""
        try:
            import pandas
        except ImportError:
            raise ImportError("MotifMatches.to_pandas: needs pandas. Install it with: pip install pandas") from None
        return pandas.DataFrame(vars(self))

    def __repr__(self) -> str:
        lines = [f"MotifMatches: {len(self):,} of {len(set(self.query.tolist())):,} queries"]
        columns = (self.query_name, self.target_name, self.p_value, self.q_value, self.offset, self.strand)
        for query, target, p, q, offset, strand in list(zip(*columns, strict=True))[:5]:
            lines.append(f"  {query} ~ {target}: p = {p:.2g}, q = {q:.2g}, offset {offset}, strand {strand}")
        return "\n".join(lines + ["  ..."] * (len(self) > 5))


def match_motifs(
    queries: Any, targets: Any, score: str = "pearson", min_overlap: int = 4, pseudocount: float = 0.8
) -> MotifMatches:
    """Compares motifs with known ones, at every offset and on both strands.

    The score of an overlap is the sum over its columns. Its p-value is exact for columns drawn
    independently from all columns of all targets, both strands: the distribution of the sum is computed by dynamic
    programming on column scores rounded to a hundredth of their range. The best of the offsets and
    strands is reported, its p-value corrected for their number (Gupta et al. 2007, the method of Tomtom).

    Parameters
    ----------
    queries, targets : Motif or list of Motif
    score : "pearson" or "ed"
        Of two columns: correlation of their four probabilities, or minus their Euclidean distance.
    min_overlap : int
        Fewest columns that overlap; of narrower motifs, all.
    pseudocount : float
        As for `Motif.ppm`.

    Returns
    -------
    MotifMatches
        Of queries * targets rows.

    Examples
    --------
    >>> import genodl as gd
    >>> letters = {"A": [9, 0, 0, 0], "C": [0, 9, 0, 0], "G": [0, 0, 9, 0], "T": [0, 0, 0, 9]}
    >>> known = [gd.sequence.Motif([letters[c] for c in s], name=s) for s in ("GATTACA", "CCGGAAT", "TATAAGC")]
    >>> mine = gd.sequence.Motif([letters[c] for c in "GTAATC"], name="filter 1")
    >>> best = gd.sequence.match_motifs(mine, known).best()
    >>> best.target_name.tolist(), best.strand.tolist(), best.offset.tolist()
    (['GATTACA'], ['-'], [1])
    """
    if score not in ("pearson", "ed"):
        raise ValueError(f"match_motifs: expected score='pearson' or 'ed', got {score!r}. Choose one of them.")
    if not isinstance(min_overlap, (int, np.integer)) or min_overlap < 1:
        raise ValueError(f"match_motifs: expected a min_overlap of at least 1, got {min_overlap!r}. 4 is usual.")
    queries, targets = check_motifs(queries, "match_motifs"), check_motifs(targets, "match_motifs")
    library = _Library(targets, pseudocount)
    tables = []
    for number, query in enumerate(queries):
        tables.append(_compare(query.ppm(pseudocount), library, score, int(min_overlap), number))
    columns = {key: np.concatenate([table[key] for table in tables]) for key in tables[0]}
    names = [np.array([m.id or m.name for m in motifs], object) for motifs in (queries, targets)]
    return MotifMatches(query_name=names[0][columns["query"]], target_name=names[1][columns["target"]], **columns)


class _Library:
    """All columns of all targets and of their reverse complements, targets of one width together."""

    def __init__(self, targets: list[Motif], pseudocount: float):
        self.size = len(targets)
        self.groups: list[tuple[np.ndarray, np.ndarray]] = []
        widths = np.array([len(t) for t in targets])
        for width in np.unique(widths):
            which = np.flatnonzero(widths == width)
            forward = np.stack([targets[i].ppm(pseudocount) for i in which])
            # (targets, strands, width, 4)
            self.groups.append((which, np.stack([forward, forward[:, ::-1, ::-1]], 1)))
        self.columns = np.concatenate([ppm.reshape(-1, 4) for _, ppm in self.groups])


def _compare(query: np.ndarray, library: _Library, score: str, min_overlap: int, number: int) -> dict[str, np.ndarray]:
    """The rows of one query, best first."""
    scores = _column_scores(query, library.columns, score)
    low, step = scores.min(), max(np.ptp(scores), 1e-12) / _STEPS
    steps = np.rint((scores - low) / step).astype(np.int64)
    tails = _Tails(steps)
    chance = np.full(library.size, np.inf)
    rows: dict[str, np.ndarray] = {key: np.zeros(library.size, np.int64) for key in ("overlap", "offset", "reverse")}
    mean = np.zeros(library.size)
    begin = 0
    for which, ppm in library.groups:
        n, strands, width, _ = ppm.shape
        mine = slice(begin, begin + n * strands * width)
        begin = mine.stop
        shape = (len(query), n, strands, width)
        group_steps, group_scores = steps[:, mine].reshape(shape), scores[:, mine].reshape(shape)
        alignments = list(_alignments(len(query), width, min_overlap))
        for offset, first, last in alignments:
            columns = np.arange(first, last)
            total = group_steps[columns, :, :, columns + offset].sum(0)
            exact = group_scores[columns, :, :, columns + offset].mean(0)
            p = tails.chance(first, last, total)
            strand = p.argmin(1)
            here = np.arange(n)
            better = p[here, strand] < chance[which]
            rows_better = which[better]
            chance[rows_better] = p[here, strand][better]
            mean[rows_better] = exact[here, strand][better]
            rows["overlap"][rows_better] = last - first
            rows["offset"][rows_better] = offset
            rows["reverse"][rows_better] = strand[better]
        # The best of so many positions: 1 - (1 - p)^positions, exact for tiny p too.
        positions = strands * len(alignments)
        with np.errstate(divide="ignore"):
            chance[which] = -np.expm1(positions * np.log1p(-np.minimum(chance[which], 1)))
    order = np.argsort(chance, kind="stable")
    return {
        "query": np.full(library.size, number),
        "target": order,
        "p_value": chance[order],
        "q_value": _q_values(chance[order]),
        "score": mean[order],
        "overlap": rows["overlap"][order],
        "offset": rows["offset"][order],
        "strand": np.where(rows["reverse"][order] == 1, "-", "+"),
    }


def _alignments(query: int, target: int, min_overlap: int) -> Iterator[tuple[int, int, int]]:
    """(offset, first and last + 1 column of the query that overlaps) for every allowed offset."""
    least = min(min_overlap, query, target)
    for offset in range(least - query, target - least + 1):
        yield offset, max(0, -offset), min(query, target - offset)


def _column_scores(query: np.ndarray, columns: np.ndarray, score: str) -> np.ndarray:
    """Score of each column of the query with each of the library, float64 (width, columns)."""
    if score == "ed":
        return -np.linalg.norm(query[:, None] - columns, axis=-1)

    def normed(x: np.ndarray) -> np.ndarray:
        centred = x - x.mean(-1, keepdims=True)
        size = np.linalg.norm(centred, axis=-1, keepdims=True)
        # A column of four equal probabilities correlates with nothing.
        return np.divide(centred, size, out=np.zeros_like(centred), where=size > 1e-12)

    return normed(query) @ normed(columns).T


class _Tails:
    """P(sum of the column scores >= s) for every stretch of query columns, computed when asked for."""

    def __init__(self, steps: np.ndarray):
        self._one = np.stack([np.bincount(row, minlength=_STEPS + 1) for row in steps]) / steps.shape[1]
        self._density: dict[tuple[int, int], np.ndarray] = {}
        self._tail: dict[tuple[int, int], np.ndarray] = {}

    def chance(self, first: int, last: int, total: np.ndarray) -> np.ndarray:
        key = (first, last)
        if key not in self._tail:
            self._tail[key] = np.minimum(np.cumsum(self._density_of(first, last)[::-1])[::-1], 1)
        return self._tail[key][total]

    def _density_of(self, first: int, last: int) -> np.ndarray:
        key = (first, last)
        if key not in self._density:
            one = self._one[last - 1]
            self._density[key] = one if last == first + 1 else np.convolve(self._density_of(first, last - 1), one)
        return self._density[key]


def _q_values(p: np.ndarray) -> np.ndarray:
    """Benjamini-Hochberg, for p in ascending order."""
    raw = p * len(p) / np.arange(1, len(p) + 1)
    return np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1)
