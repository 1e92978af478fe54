"""Variants written into windows of a genome: the letters before and after."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ._letters import LETTERS, encode_strings
from .dna import DNA
from .genome import Genome
from .intervals import Intervals
from .variant import Variant, Variants, as_variants
from .windowing import check_genome

_ALLELE = re.compile(r"[ACGTUNRYSWKMBDHVacgtunryswkmbdhv]*\Z")
_NAMED_IN_ERRORS = 3


class AlleleWindows(tuple):
    """The pair (reference, alternative), each DNA (n, length), as `apply_variants` gives it.

    Attributes
    ----------
    kept : int64 (n,)
        Which of the variants given the rows stand for.
    swapped : bool (n,)
        Where the genome holds ALT, so that reference and alternative were exchanged.
    """

    kept: np.ndarray
    swapped: np.ndarray

    def __new__(cls, reference: DNA, alternative: DNA, kept: np.ndarray, swapped: np.ndarray) -> AlleleWindows:
        pair = super().__new__(cls, (reference, alternative))
        pair.kept, pair.swapped = kept, swapped
        return pair

    def __getnewargs__(self) -> Any:
        return (*self, self.kept, self.swapped)


def apply_variants(
    genome: Genome, variants: Any, length: int, mismatch: str = "error", outside: str = "pad"
) -> AlleleWindows:
    """Windows around variants, with the reference and with the alternative allele.

    SNVs, MNVs, insertions, deletions and complex changes. What REF and ALT begin or end with in common is
    trimmed; the middle of what is left of each allele is at index ``length // 2`` of its window, and the
    genome to its left and right fills the rest, so that both windows have the model's length. Of an
    allele longer than the window, its middle is seen.

    Parameters
    ----------
    genome : Genome
    variants : Variants, Variant, or iterable of Variant or (chrom, pos, ref, alt) tuples (n)
    length : int
    mismatch : "error", "skip" or "swap"
        When the genome does not hold REF: an error that counts and names such variants; leave them out; or
        exchange REF and ALT where the genome holds ALT, and an error where it holds neither. A letter
        of REF agrees with an ambiguous one of the genome that may stand for it.
    outside : "pad" or "error"
        What lies off the ends of a chromosome is N, or an error.

    Returns
    -------
    AlleleWindows
        The pair (reference, alternative) of DNA (n, length); rows in the order given, without soft masks.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.sequence.write_fasta("tiny.fa", ["ACGTTGCAACTT"], ids=["chr1"])
    >>> genome = gd.sequence.Genome("tiny.fa")
    >>> variants = [("chr1", 6, "G", "A"), ("chr1", 6, "GC", "G")]
    >>> ref, alt = gd.sequence.apply_variants(genome, variants, 5)
    >>> ref.strings(), alt.strings()
    (['TTGCA', 'TGCAA'], ['TTACA', 'TGAAC'])
    """
    check_genome(genome, "apply_variants")
    variants = as_variants(variants, "apply_variants")
    kept, swapped = check_reference(genome, variants, mismatch, "apply_variants")
    return write_alleles(genome, variants, kept, swapped, length, outside, "apply_variants")


def check_reference(genome: Genome, variants: Variants, mismatch: str, who: str) -> tuple[np.ndarray, np.ndarray]:
    """Which variants the genome agrees with, by their number, and which of these are exchanged."""
    if mismatch not in ("error", "skip", "swap"):
        raise ValueError(f"{who}: expected mismatch='error', 'skip' or 'swap', got {mismatch!r}. Choose one of them.")
    _check_letters(variants, who)
    agrees = _holds(genome, variants, "ref", who)
    swapped = np.zeros(len(variants), bool)
    if mismatch == "swap" and not agrees.all():
        swapped = ~agrees & _holds(genome, variants, "alt", who)
        agrees |= swapped
    if mismatch != "skip" and not agrees.all():
        raise ValueError(_explain(genome, variants, np.flatnonzero(~agrees), mismatch, who))
    kept = np.flatnonzero(agrees)
    return kept, swapped[kept]


def write_alleles(
    genome: Genome,
    variants: Variants,
    kept: np.ndarray,
    swapped: np.ndarray,
    length: int,
    outside: str,
    who: str,
) -> AlleleWindows:
    """The windows of the variants numbered `kept`."""
    if not isinstance(length, (int, np.integer)) or length < 1:
        raise ValueError(f"{who}: expected a length of at least 1, got {length!r}. Give the model's.")
    changes = [
        (v._replace(ref=v.alt, alt=v.ref) if swap else v).trimmed()
        for v, swap in zip((variants[i] for i in kept.tolist()), swapped, strict=True)
    ]
    chrom = [v.chrom for v in changes]
    start = np.array([v.pos - 1 for v in changes], np.int64)
    end = start + np.array([len(v.ref) for v in changes], np.int64)

    def beside(first: np.ndarray, width: int) -> np.ndarray:
        place = Intervals._unchecked(chrom, first, first + width, ["+"] * len(chrom), variants, kept)
        return genome._fetch(place, outside, who)[0].reshape(len(chrom), width)

    half = length // 2
    left, right = beside(start - half, half), beside(end, length - half)
    reference = _compose(left, [v.ref for v in changes], right)
    alternative = _compose(left, [v.alt for v in changes], right)
    return AlleleWindows(DNA._trusted(reference, None), DNA._trusted(alternative, None), kept, swapped)


def _compose(left: np.ndarray, alleles: list[str], right: np.ndarray) -> np.ndarray:
    """Windows with the middle of each allele at the same index; alleles of one width at a time."""
    n, half = left.shape
    length = half + right.shape[1]
    out = np.empty((n, length), np.uint8)
    widths = np.array([len(a) for a in alleles], np.int64)
    for width in np.unique(widths).tolist():
        rows = np.flatnonzero(widths == width)
        before = half - width // 2
        after = length - before - width
        first, last = max(before, 0), length - max(after, 0)
        out[rows, :first] = left[rows, half - first :]
        out[rows, last:] = right[rows, : length - last]
        if width:
            codes, _, _ = encode_strings([alleles[i] for i in rows.tolist()], "alleles")
            out[rows, first:last] = codes.reshape(len(rows), width)[:, first - before : last - before]
    return out


def _holds(genome: Genome, variants: Variants, which: str, who: str) -> np.ndarray:
    """Whether the genome holds the allele `which` of each variant at its position, bool (n,)."""
    alleles = [getattr(v, which) for v in variants]
    widths = np.array([len(a) for a in alleles], np.int64)
    start = np.array([v.pos - 1 for v in variants], np.int64)
    place = Intervals._unchecked([v.chrom for v in variants], start, start + widths, ["+"] * len(start), variants)
    codes, offsets, _ = genome._fetch(place, "pad", who)
    given = encode_strings([a for a in alleles if a], who)[0]
    # A set of bases agrees with one that contains it.
    differs = np.concatenate([[0], np.cumsum(given & ~codes != 0)])
    size = np.array([genome.lengths[v.chrom] for v in variants], np.int64)
    inside = (start >= 0) & (start + widths <= size)
    return inside & (differs[offsets[1:]] == differs[offsets[:-1]])


def _check_letters(variants: Variants, who: str) -> None:
    for i, variant in enumerate(variants):
        for allele in (variant.ref, variant.alt):
            if not _ALLELE.match(allele):
                raise ValueError(
                    f"{who}: expected {LETTERS} in alleles, got {allele[:60]!r} ({variants.where(i)}). "
                    "Leave such variants out; gd.sequence.read_vcf does."
                )


def _explain(genome: Genome, variants: Variants, wrong: np.ndarray, mismatch: str, who: str) -> str:
    named = []
    for i in wrong[:_NAMED_IN_ERRORS].tolist():
        variant: Variant = variants[i]
        start = variant.pos - 1
        if start < 0 or start + len(variant.ref) > genome.lengths[variant.chrom]:
            found = f"{variant.chrom} ends at {genome.lengths[variant.chrom]}"
        else:
            found = f"the genome has {genome.fetch(variant.chrom, start, start + len(variant.ref)).upper()}"
        named.append(f"{variant} ({found}; {variants.where(i)})")
    more = f" and {len(wrong) - len(named):,} more" if len(wrong) > len(named) else ""
    expected = "REF" if mismatch == "error" else "REF or ALT"
    way_out = "mismatch='skip' or 'swap'" if mismatch == "error" else "mismatch='skip'"
    return (
        f"{who}: expected {expected} as in {genome.path}, got something else in {len(wrong):,} of "
        f"{len(variants):,} variants: {', '.join(named)}{more}. The usual cause is another genome build: take the "
        f"one the variants were called on, or leave them out or exchanged by {way_out}."
    )
