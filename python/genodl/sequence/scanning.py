"""Motif matches in sequences, with exact p-values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import _core
from ._batch import Batch, as_batch
from ._letters import decode_flat
from .motif import Motif, check_background

# Scores are rounded to this many bits per position, so that their distribution can be computed exactly.
_STEP = 0.01


@dataclass
class Hits:
    """Motif matches, one per entry, ordered by sequence, start, motif and strand.

    Attributes
    ----------
    sequence : int64 (hits,)
        Index of the sequence.
    start, end : int64 (hits,)
        Half-open and counted from 0, on the given strand, whatever the motif's strand.
    strand : str array (hits,)
        "+" or "-".
    motif : int64 (hits,)
        Index of the motif; `motif_name` holds its id or name.
    score : float64 (hits,)
        Log-odds in bits, each position rounded to 0.01.
    p_value : float64 (hits,)
        Probability that a random word of the background scores at least as high.
    match : list of str
        The letters matched, as the motif reads them.
    """

    sequence: np.ndarray
    start: np.ndarray
    end: np.ndarray
    strand: np.ndarray
    motif: np.ndarray
    motif_name: np.ndarray
    score: np.ndarray
    p_value: np.ndarray
    match: list[str]

    def __len__(self) -> int:
        return len(self.sequence)

    def to_pandas(self) -> Any:
        """The table as a pandas DataFrame."""
        try:
            import pandas
        except ImportError:
            raise ImportError("Hits.to_pandas: needs pandas. Install it with: pip install pandas") from None
        return pandas.DataFrame(vars(self))

    def __repr__(self) -> str:
        motifs, sequences = len(np.unique(self.motif)), len(np.unique(self.sequence))
        return f"Hits: {len(self):,} of {motifs:,} motifs in {sequences:,} sequences"


def scan(
    x: Any,
    motifs: Any,
    p_value: float = 1e-4,
    background: Any = None,
    both_strands: bool = True,
    pseudocount: float = 0.8,
) -> Hits:
    """Finds motif matches.

    The p-value of a score is exact: the distribution of scores over random words of the background is
    computed by dynamic programming on log-odds rounded to 0.01 bit per position. A window that holds an
    ambiguous letter is no match.

    Parameters
    ----------
    x : DNA, Sequences, one string, strings, or uint8 codes (n, length)
    motifs : Motif or list of Motif
    p_value : float above 0, at most 1
        Matches with at most this p-value are reported.
    background : array (4,), default uniform
        Frequencies of A, C, G, T.
    both_strands : bool, default True
    pseudocount : float above 0
        As for `Motif.pwm`.

    Returns
    -------
    Hits

    Examples
    --------
    >>> import genodl as gd
    >>> site = gd.sequence.Motif([[9, 0, 0, 0], [0, 9, 0, 0], [0, 0, 9, 0], [9, 0, 0, 0]], name="ACGA")
    >>> hits = gd.sequence.scan(["TTACGATT", "TTTCGTTT"], site, p_value=0.01)
    >>> list(zip(hits.sequence.tolist(), hits.start.tolist(), hits.strand.tolist(), hits.match))
    [(0, 2, '+', 'ACGA'), (1, 2, '-', 'ACGA')]
    """
    if not 0 < p_value <= 1:
        raise ValueError(f"scan: expected a p_value above 0 and at most 1, got {p_value!r}. 1e-4 is usual.")
    batch = as_batch(x, "scan")
    motifs = check_motifs(motifs, "scan")
    background = check_background(background, "scan")
    scores, shifts, tails, thresholds = [], [], [], []
    for motif in motifs:
        steps = np.rint(_log_odds(motif, background, pseudocount, "scan") / _STEP).astype(np.int32)
        lowest = steps.min(1, keepdims=True)
        scores.append(np.ascontiguousarray(steps - lowest))
        shifts.append(int(lowest.sum()))
        tails.append(_core.genomics.score_tail(scores[-1], background))
        # Tails never rise, so the first score that is rare enough is the threshold.
        thresholds.append(int(np.searchsorted(-tails[-1], -p_value * (1 + 1e-12))))
    sequence, start, which, step, reverse = _core.genomics.scan(
        batch.codes, batch.offsets, scores, thresholds, bool(both_strands)
    )
    p = np.empty(len(step))
    score = np.empty(len(step))
    width = np.zeros(len(step), np.int64)
    for m, motif in enumerate(motifs):
        mine = which == m
        p[mine] = tails[m][step[mine]]
        score[mine] = (step[mine] + shifts[m]) * _STEP
        width[mine] = len(motif)
    return Hits(
        sequence=sequence,
        start=start,
        end=start + width,
        strand=np.where(reverse, "-", "+"),
        motif=which.astype(np.int64),
        motif_name=np.array([m.id or m.name for m in motifs], dtype=object)[which],
        score=score,
        p_value=p,
        match=_matches(batch, sequence, start, width, reverse),
    )


def motif_scores(
    x: Any, motifs: Any, background: Any = None, both_strands: bool = True, pseudocount: float = 0.8
) -> np.ndarray:
    """Best log-odds of each motif in each sequence.

    Parameters
    ----------
    x : DNA, Sequences, one string, strings, or uint8 codes (n, length)
    motifs : Motif or list of Motif
    background : array (4,), default uniform
    both_strands : bool, default True
    pseudocount : float above 0
        As for `Motif.pwm`.

    Returns
    -------
    float32 (n, motifs), or (motifs,) for one string
        In bits; minus infinity where a sequence has no window of known letters.

    Examples
    --------
    >>> import genodl as gd
    >>> site = gd.sequence.Motif([[9, 0, 0, 0], [0, 9, 0, 0], [0, 0, 9, 0], [9, 0, 0, 0]])
    >>> scores = gd.sequence.motif_scores(["TTACGATT", "TTTTTTTT"], site)
    >>> bool(scores[0, 0] > 7 > 0 > scores[1, 0])
    True
    """
    batch = as_batch(x, "motif_scores")
    background = check_background(background, "motif_scores")
    tables = [
        np.ascontiguousarray(_log_odds(motif, background, pseudocount, "motif_scores"), dtype=np.float32)
        for motif in check_motifs(motifs, "motif_scores")
    ]
    scores = _core.genomics.best_scores(batch.codes, batch.offsets, tables, bool(both_strands))
    return batch.one_per_sequence(scores)


def check_motifs(motifs: Any, who: str) -> list[Motif]:
    motifs = [motifs] if isinstance(motifs, Motif) else list(motifs)
    wrong = [type(m).__name__ for m in motifs if not isinstance(m, Motif)]
    if wrong or not motifs:
        got = wrong[0] if wrong else "none"
        raise TypeError(
            f"{who}: expected one or more Motif objects, got {got}. Read them with gd.sequence.read_motifs."
        )
    return motifs


def _log_odds(motif: Motif, background: np.ndarray, pseudocount: float, who: str) -> np.ndarray:
    if not pseudocount > 0:
        raise ValueError(f"{who}: expected a pseudocount above 0, got {pseudocount!r}. The usual one is 0.8.")
    return motif.pwm(background, pseudocount)


def _matches(
    batch: Batch, sequence: np.ndarray, start: np.ndarray, width: np.ndarray, reverse: np.ndarray
) -> list[str]:
    offsets = np.concatenate([[0], np.cumsum(width)])
    letters = np.repeat(batch.offsets[sequence] + start - offsets[:-1], width) + np.arange(offsets[-1])
    codes = batch.codes[letters]
    turned, _ = _core.genomics.reverse_complement(codes, offsets, None)
    return decode_flat(np.where(np.repeat(reverse, width), turned, codes), offsets.tolist(), None)
