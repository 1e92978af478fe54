"""Variants: one change of a reference sequence each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple


class Variant(NamedTuple):
    """A change of the reference, as a VCF line says it.

    Parameters
    ----------
    chrom : str
    pos : int
        Of the first letter of `ref`, counted from 1.
    ref, alt : str
        Letters before and after; either may be empty.
    id : str, optional

    Examples
    --------
    >>> import genodl as gd
    >>> variant = gd.sequence.Variant("chr19", 11200089, "C", "T", "rs1")
    >>> str(variant), variant.kind
    ('chr19:11200089:C>T', 'SNV')
    >>> gd.sequence.Variant("chr1", 10, "CAT", "CGGAT").trimmed()
    Variant(chrom='chr1', pos=11, ref='', alt='GG', id='')
    """

    chrom: str
    pos: int
    ref: str
    alt: str
    id: str = ""

    @property
    def kind(self) -> str:
        """One of "SNV", "MNV", "insertion", "deletion", "complex", or "none" if nothing changes."""
        _, _, ref, alt, _ = self.trimmed()
        if len(ref) == len(alt):
            return ("none", "SNV", "MNV")[min(len(ref), 2)]
        return "insertion" if not ref else "deletion" if not alt else "complex"

    def trimmed(self) -> Variant:
        """The same change without the letters that both alleles begin or end with."""
        chrom, pos, ref, alt, identity = self
        ref, alt = ref.upper(), alt.upper()
        if ref[:1] != alt[:1] and ref[-1:] != alt[-1:]:
            return Variant(chrom, pos, ref, alt, identity)
        # From the left first: an insertion or deletion keeps the letter in front of it, as VCF writes it.
        begin = 0
        while begin < min(len(ref), len(alt)) and ref[begin] == alt[begin]:
            begin += 1
        ref, alt = ref[begin:], alt[begin:]
        end = 0
        while end < min(len(ref), len(alt)) and ref[-1 - end] == alt[-1 - end]:
            end += 1
        return Variant(chrom, pos + begin, ref[: len(ref) - end], alt[: len(alt) - end], identity)

    def __str__(self) -> str:
        return f"{self.chrom}:{self.pos}:{self.ref}>{self.alt}"


class Variants:
    """Variants in the order of their file.

    Parameters
    ----------
    variants : iterable of Variant or (chrom, pos, ref, alt[, id]) tuples
    source : str
        The file they come from, for messages.
    lines : list of int, optional
        Line of each in that file.
    skipped : dict of kind to count, optional
        What the file held beside them.

    Examples
    --------
    >>> import genodl as gd
    >>> variants = gd.sequence.Variants([("chr1", 5, "A", "G"), ("chr1", 9, "C", "CT", "rs2")])
    >>> len(variants), variants[1].id, [v.kind for v in variants]
    (2, 'rs2', ['SNV', 'insertion'])
    """

    def __init__(
        self,
        variants: Iterable[Any],
        source: str = "",
        lines: list[int] | None = None,
        skipped: Mapping[str, int] | None = None,
    ):
        self._variants = [v if isinstance(v, Variant) else _variant(v, i) for i, v in enumerate(variants)]
        self.source, self.lines = source, lines
        self.skipped = dict(skipped or {})

    def where(self, i: int) -> str:
        """Where variant `i` comes from, for messages: file and line, or its number."""
        if self.lines is None:
            return f"variant {i + 1} of {len(self)}"
        return f"{self.source}, line {self.lines[i]}"

    def __len__(self) -> int:
        return len(self._variants)

    def __iter__(self) -> Iterator[Variant]:
        return iter(self._variants)

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, slice):
            return self._variants[key]
        return Variants(self._variants[key], self.source, None if self.lines is None else self.lines[key], self.skipped)

    def __repr__(self) -> str:
        left_out = ", ".join(f"{count:,} {kind}" for kind, count in self.skipped.items())
        return f"Variants: {len(self):,}" + (f" ({left_out} left out)" if left_out else "")


def as_variants(x: Any, who: str) -> Variants:
    """Reads Variants, one Variant, or an iterable of Variant or tuples."""
    if isinstance(x, Variants):
        return x
    if isinstance(x, Variant):
        return Variants([x])
    if isinstance(x, (str, bytes)) or not hasattr(x, "__iter__"):
        raise TypeError(
            f"{who}: expected variants, got {type(x).__name__}. Read a VCF file with gd.sequence.read_vcf, or make "
            "gd.sequence.Variant objects."
        )
    return Variants(x)


def _variant(fields: Any, i: int) -> Variant:
    try:
        variant = Variant(*fields)
        good = all(isinstance(variant[j], str) for j in (0, 2, 3, 4)) and int(variant.pos) == variant.pos
    except (TypeError, ValueError):
        good = False
    if not good:
        raise TypeError(
            f"Variants: expected (chrom, pos, ref, alt[, id]), got {fields!r} as variant {i + 1}. "
            "Make gd.sequence.Variant objects."
        )
    return variant
