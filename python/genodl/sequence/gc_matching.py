"""Background intervals that resemble given ones in length, GC and repeats."""

from __future__ import annotations

import bisect
import warnings
from typing import Any

import numpy as np

from .. import _core
from .._seeds import next_seed
from .dna import FRACTIONS, N_CODE
from .genome import Genome
from .intervals import Intervals, as_intervals
from .windowing import check_genome

_ROUNDS = 30
_CANDIDATES_PER_ROUND = 32
# When few places are left, each gets up to so many times more candidates.
_MOST_SHARES = 64
_TRIES = 64
_LETTERS_AT_ONCE = 1 << 26


def gc_matched(
    genome: Genome,
    intervals: Any,
    n: int | None = None,
    exclude: Any = None,
    tolerance: float = 0.02,
    seed: int | None = None,
    *,
    repeat_tolerance: float = 0.1,
    chromosomes: Any = None,
) -> Intervals:
    """Draws intervals that match given ones, as negatives that differ in nothing but the signal.

    Candidates are drawn uniformly. Each result has the length of an interval, its share of G and C, and its share of
    soft-masked letters, holds no more unknown letters than it, and overlaps neither the
    given intervals, nor `exclude`, nor another result.

    Parameters
    ----------
    genome : Genome
    intervals : Intervals, table with chrom, start and end, or (chrom, start, end[, strand]) tuples
        The positives.
    n : int, optional
        How many to draw, shared evenly by the positives; as many as there are positives when None.
    exclude : intervals, optional
        What else to keep away from: other peaks, blacklists, held-out regions.
    tolerance : float
        Largest difference of the share of G and C.
    seed : int, optional
        The same seed gives the same result. None: the next seed of `gd.set_seed`'s source.
    repeat_tolerance : float
        Largest difference of the share of soft-masked letters; only matters in a soft-masked genome.
    chromosomes : list of str, optional
        Where to draw; the chromosomes of the positives when None.

    Returns
    -------
    Intervals
        With the strand of the positive matched, and its number in ``.more["matched"]``. If some
        positives found no match in about a thousand candidates or more each, a warning says how many, and
        the result is that much shorter.

    Examples
    --------
    >>> import genodl as gd
    >>> letters = gd.sequence.shuffle("ACGT" * 500, k=1, seed=1)
    >>> gd.sequence.write_fasta("small.fa", [letters], ids=["chr1"])
    >>> genome = gd.sequence.Genome("small.fa")
    >>> gd.sequence.gc_matched(genome, [("chr1", 100, 150)], n=3, tolerance=0.05, seed=0)
    Intervals: 3 on 1 chromosome, first chr1:605-655
    """
    check_genome(genome, "gc_matched")
    for name, value in (("tolerance", tolerance), ("repeat_tolerance", repeat_tolerance)):
        if not 0 <= value <= 1:
            raise ValueError(f"gc_matched: expected {name} from 0 to 1, got {value!r}. 0.02 and 0.1 are usual.")
    positives = as_intervals(intervals, "gc_matched")
    if not len(positives):
        raise ValueError("gc_matched: expected at least one interval to match, got none. Check the selection.")
    n = len(positives) if n is None else n
    if not isinstance(n, (int, np.integer)) or n < 1:
        raise ValueError(f"gc_matched: expected n of at least 1, got {n!r}. None draws one per interval.")
    profile = _Profile.of(genome, positives)
    taken = _Taken(genome)
    taken.add_all(positives)
    if exclude is not None:
        taken.add_all(as_intervals(exclude, "gc_matched"))
    rng = np.random.default_rng(next_seed() if seed is None else seed)
    sources = list(dict.fromkeys(positives.chrom if chromosomes is None else chromosomes))
    sampler = _Sampler(genome, [str(c) for c in sources], rng)

    # Each place wants a match of one positive; places still open draw again.
    wanted = np.arange(n) % len(positives)
    found_chrom, found_start = np.full(n, "", object), np.full(n, -1)
    places = np.arange(n)
    for _ in range(_ROUNDS):
        share = _CANDIDATES_PER_ROUND * min(max(1, n // (4 * max(places.size, 1))), _MOST_SHARES)
        for group in _by_length(places, positives.lengths[wanted], share):
            candidates = sampler.draw(len(group) * share, int(positives.lengths[wanted[group[0]]]))
            candidates = candidates[taken.free(candidates)]
            pool = _Pool(genome, candidates, tolerance, repeat_tolerance, rng)
            for place in rng.permutation(group).tolist():
                i = pool.take(profile, int(wanted[place]), taken)
                if i is not None:
                    found_chrom[place], found_start[place] = candidates.chrom[i], candidates.start[i]
        places = np.flatnonzero(found_start < 0)
        if not places.size:
            break
    return _result(positives, wanted, found_chrom, found_start, tolerance)


def _result(
    positives: Intervals, wanted: np.ndarray, chrom: np.ndarray, start: np.ndarray, tolerance: float
) -> Intervals:
    matched = np.flatnonzero(start >= 0)
    missing = len(start) - len(matched)
    if missing:
        warnings.warn(
            f"gc_matched: {missing:,} of {len(start):,} could not be matched: the genome holds too few free stretches "
            f"of such GC, repeats and length. Raise tolerance (now {tolerance}) or go on with {len(matched):,}.",
            stacklevel=3,
        )
    rows = wanted[matched]
    first = start[matched]
    return Intervals(
        chrom[matched],
        first,
        first + positives.lengths[rows],
        strand=positives.strand[rows],
        more={"matched": rows},
    )


class _Profile:
    """Share of G and C, of soft-masked letters, and number of unknown letters, each (n,)."""

    def __init__(self, gc: np.ndarray, masked: np.ndarray, unknown: np.ndarray):
        self.gc, self.masked, self.unknown = gc, masked, unknown

    @classmethod
    def of(cls, genome: Genome, x: Intervals) -> _Profile:
        parts = [cls._part(genome, x[rows]) for rows in _portions(x.lengths)]
        parts = parts or [(np.zeros(0), np.zeros(0), np.zeros(0))]
        return cls(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    @staticmethod
    def _part(genome: Genome, x: Intervals) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        codes, offsets, mask = genome._fetch(x, "error", "gc_matched")
        counts = _core.genomics.code_counts(codes, offsets).astype(np.float64)
        unknown = counts[:, [0, N_CODE]].sum(1)
        counts[:, [0, N_CODE]] = 0
        known = np.maximum(counts.sum(1), 1)
        masked = np.zeros(len(x))
        if mask is not None:
            masked = _core.genomics.code_counts(mask.view(np.uint8), offsets)[:, 1] / x.lengths
        return counts @ (FRACTIONS[:, 1] + FRACTIONS[:, 2]) / known, masked, unknown


class _Pool:
    """Candidates of one length, by GC; each is given away once."""

    def __init__(
        self,
        genome: Genome,
        candidates: Intervals,
        tolerance: float,
        repeat_tolerance: float,
        rng: np.random.Generator,
    ):
        self.candidates, self.rng = candidates, rng
        # A hair more, so that a share off by exactly the tolerance fits.
        self.tolerance, self.repeat_tolerance = tolerance + 1e-9, repeat_tolerance + 1e-9
        self.profile = _Profile.of(genome, candidates)
        self.order = np.argsort(self.profile.gc, kind="stable")
        self.sorted_gc = self.profile.gc[self.order]
        self.used = np.zeros(len(candidates), bool)

    def take(self, wanted: _Profile, target: int, taken: _Taken) -> int | None:
        """A candidate like row `target` of `wanted` that overlaps none taken before."""
        low = np.searchsorted(self.sorted_gc, wanted.gc[target] - self.tolerance)
        high = np.searchsorted(self.sorted_gc, wanted.gc[target] + self.tolerance, "right")
        near = self.order[low:high]
        # A few at random are nearly always enough; a match is a random one, not the nearest.
        if len(near) > 2 * _TRIES:
            found = self._first_fit(near[self.rng.integers(len(near), size=_TRIES)], wanted, target, taken)
            if found is not None:
                return found
        return self._first_fit(self.rng.permutation(near), wanted, target, taken)

    def _first_fit(self, near: np.ndarray, wanted: _Profile, target: int, taken: _Taken) -> int | None:
        mine = self.profile
        fits = near[
            ~self.used[near]
            & (mine.unknown[near] <= wanted.unknown[target])
            & (np.abs(mine.masked[near] - wanted.masked[target]) <= self.repeat_tolerance)
        ]
        for i in fits.tolist():
            place = self.candidates[i]
            if not self.used[i] and taken.add(place.chrom, place.start, place.end):
                self.used[i] = True
                return i
            self.used[i] = True
        return None


class _Taken:
    """Stretches that may not be overlapped, per chromosome."""

    def __init__(self, genome: Genome):
        self._genome = genome
        self._fixed: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self._starts: dict[str, list[int]] = {}
        self._ends: dict[str, list[int]] = {}

    def add_all(self, x: Intervals) -> None:
        for chrom in set(x.chrom):
            old = self._fixed.get(chrom, (np.zeros(0, np.int64), np.zeros(0, np.int64)))
            mine = x.chrom == chrom
            start, end = np.append(old[0], x.start[mine]), np.append(old[1], x.end[mine])
            order = np.argsort(start, kind="stable")
            # The furthest end so far makes nested stretches harmless.
            self._fixed[chrom] = start[order], np.maximum.accumulate(end[order])

    def add(self, chrom: str, start: int, end: int) -> bool:
        """Takes a stretch that is free of the fixed ones, unless it overlaps one taken before."""
        starts, ends = self._starts.setdefault(chrom, []), self._ends.setdefault(chrom, [])
        at = bisect.bisect_left(starts, end)
        if at and ends[at - 1] > start:
            return False
        starts.insert(at, start)
        ends.insert(at, end)
        return True

    def free(self, x: Intervals) -> np.ndarray:
        """Which overlap no fixed stretch, bool (n,)."""
        out = np.ones(len(x), bool)
        for chrom in set(x.chrom) & set(self._fixed):
            mine = np.flatnonzero(x.chrom == chrom)
            starts, ends = self._fixed[chrom]
            before = np.searchsorted(starts, x.end[mine])
            out[mine] = (before == 0) | (ends[np.maximum(before - 1, 0)] <= x.start[mine])
        return out


class _Sampler:
    """Uniform positions on some chromosomes."""

    def __init__(self, genome: Genome, names: list[str], rng: np.random.Generator):
        for name in names:
            genome._entry(name, "gc_matched")
        self._names = np.array(names, object)
        self._sizes = np.array([genome.lengths[name] for name in names], np.int64)
        self._rng = rng

    def draw(self, count: int, length: int) -> Intervals:
        room = np.maximum(self._sizes - length + 1, 0)
        total = int(room.sum())
        at = self._rng.integers(total, size=count) if total else np.zeros(0, np.int64)
        ends = np.cumsum(room)
        which = np.searchsorted(ends, at, "right")
        start = at - (ends - room)[which]
        return Intervals._unchecked(self._names[which], start, start + length, ["."] * len(at))


def _by_length(places: np.ndarray, lengths: np.ndarray, share: int) -> list[np.ndarray]:
    """Places of one length together, no more than their candidates fit into memory."""
    groups = []
    for length in np.unique(lengths[places]).tolist():
        same = places[lengths[places] == length]
        most = max(1, _LETTERS_AT_ONCE // (length * share))
        groups += [same[i : i + most] for i in range(0, len(same), most)]
    return groups


def _portions(lengths: np.ndarray) -> list[slice]:
    """Rows cut where about `_LETTERS_AT_ONCE` letters have gathered."""
    bounds = np.flatnonzero(np.diff(np.cumsum(lengths) // _LETTERS_AT_ONCE)) + 1
    edges = [0, *bounds.tolist(), len(lengths)]
    return [slice(a, b) for a, b in zip(edges[:-1], edges[1:], strict=True) if b > a]
