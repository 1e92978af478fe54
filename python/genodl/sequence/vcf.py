"""VCF files, record by record: what a model can score is read, the rest is counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .._errors import FileFormatError
from ._lines import open_lines
from .variant import Variant, Variants

_ALLELE = re.compile(r"[ACGTUNRYSWKMBDHVacgtunryswkmbdhv]+\Z")


class VcfRecord(NamedTuple):
    """One line: its number, its text, the variants it holds (one per alternative allele), alleles left out by kind."""

    number: int
    text: str
    variants: list[Variant]
    skipped: list[str]


def read_vcf(
    path_or_file: Any, chunk: int | None = None, require_sorted: bool = True, region: str | None = None
) -> Any:
    """Reads the variants of a VCF file (4.x), genotypes left out.

    Records with several alternative alleles are split. Alleles that have no letters are left out and
    counted by kind: "symbolic" (<DEL>, <INS> ...), "breakend", "overlapping deletion" (*), "none" (.).

    Parameters
    ----------
    path_or_file : str, path, or open file
        Plain, gzip or bgzip; BCF needs pysam.
    chunk : int, optional
        Gives an iterator over `Variants` of at most so many, in little memory, instead of all at once.
    require_sorted : bool, default True
        Positions that fall within a chromosome, and chromosomes that come back, are errors.
    region : str, optional
        Such as "chr1:10000-20000" (counted from 1, both ends included): only what lies there. Needs
        pysam and an index (.tbi or .csi) beside the file.

    Returns
    -------
    Variants, or an iterator over them
        `.skipped` counts what was left out (of each chunk).

    Examples
    --------
    >>> import io
    >>> import genodl as gd
    >>> text = "##fileformat=VCFv4.2\\n#CHROM\\tPOS\\tID\\tREF\\tALT\\nchr1\\t7\\trs1\\tA\\tG,<DEL>,AT\\n"
    >>> variants = gd.sequence.read_vcf(io.StringIO(text))
    >>> [str(v) for v in variants], variants.skipped
    (['chr1:7:A>G', 'chr1:7:A>AT'], {'symbolic': 1})
    """
    if chunk is not None and (not isinstance(chunk, int) or chunk < 1):
        raise ValueError(f"read_vcf: expected a chunk of at least 1 variant, got {chunk!r}. 10000 is usual.")
    chunks = _chunks(path_or_file, chunk, require_sorted, region)
    return next(chunks) if chunk is None else chunks


def read_vcf_records(
    path_or_file: Any, on_header: Callable[[str], None] | None = None, require_sorted: bool = True
) -> Iterator[VcfRecord]:
    """The records of a VCF file one after another, with their text; for tools that write the file again.

    Parameters
    ----------
    path_or_file : str, path, or open file
        Plain, gzip or bgzip.
    on_header : callable, optional
        Called with each line that starts with `#`, in order, before the first record.
    require_sorted : bool, default True
        As for `read_vcf`.

    Yields
    ------
    VcfRecord
        With number, text, variants and skipped; a record of symbolic alleles alone has no variants.

    Examples
    --------
    >>> import io
    >>> import genodl as gd
    >>> text = "##fileformat=VCFv4.2\\n#CHROM\\tPOS\\tID\\tREF\\tALT\\nchr1\\t7\\t.\\tA\\tG\\n"
    >>> [(r.number, r.variants[0].alt) for r in gd.sequence.read_vcf_records(io.StringIO(text))]
    [(3, 'G')]
    """
    with open_lines(path_or_file, "read_vcf") as (name, lines):
        yield from _Parser(name, require_sorted).records(lines, on_header or (lambda line: None))


class _Parser:
    def __init__(self, name: str, require_sorted: bool):
        self.name, self.require_sorted = name, require_sorted
        self.has_columns = False
        self.seen: set[str] = set()
        self.chrom, self.pos = "", 0

    def records(self, lines: Iterator[tuple[int, str]], on_header: Callable[[str], None]) -> Iterator[VcfRecord]:
        number = 0
        for number, line in lines:
            if line.startswith("#"):
                self.header(number, line)
                on_header(line)
            elif line.strip():
                yield self.record(number, line)
        if not self.has_columns:
            raise self.error("the header line '#CHROM POS ID REF ALT ...'", "none", number)

    def header(self, number: int, line: str) -> None:
        if line.startswith("##fileformat=") and not line.startswith("##fileformat=VCFv4"):
            raise self.error("VCF version 4", line[13:40], number)
        if line.startswith("#CHROM"):
            if line.split("\t")[:5] != ["#CHROM", "POS", "ID", "REF", "ALT"]:
                raise self.error("the columns #CHROM POS ID REF ALT between tabs", repr(line[:60]), number)
            self.has_columns = True

    def record(self, number: int, line: str) -> VcfRecord:
        fields = line.split("\t", 5)
        if len(fields) < 5:
            raise self.error("CHROM, POS, ID, REF and ALT between tabs", repr(line[:60]), number)
        if not self.has_columns:
            raise self.error("the header line '#CHROM POS ID REF ALT ...' before records", repr(line[:60]), number)
        chrom, pos_word, identity, ref, alts = fields[:5]
        if not pos_word.isdecimal():
            raise self.error("a whole number as POS", repr(pos_word), number)
        pos = int(pos_word)
        if not _ALLELE.match(ref):
            raise self.error("letters as REF", repr(ref[:60]), number)
        self.check_order(chrom, pos, number)
        variants, skipped = [], []
        for alt in alts.split(","):
            if _ALLELE.match(alt):
                # Position 0 is the telomere, which has no letter of its own.
                if pos < 1:
                    raise self.error("POS from 1 on", pos_word, number)
                variants.append(Variant(chrom, pos, ref.upper(), alt.upper(), "" if identity == "." else identity))
            else:
                skipped.append(self.kind_of(alt, number))
        return VcfRecord(number, line, variants, skipped)

    def check_order(self, chrom: str, pos: int, number: int) -> None:
        if chrom == self.chrom:
            if pos < self.pos and self.require_sorted:
                raise self.unsorted(f"{chrom}:{pos} after {chrom}:{self.pos}", number)
        else:
            if chrom in self.seen and self.require_sorted:
                raise self.unsorted(f"{chrom} again after {self.chrom}", number)
            self.seen.add(chrom)
        self.chrom, self.pos = chrom, pos

    def kind_of(self, alt: str, number: int) -> str:
        if alt.startswith("<") and alt.endswith(">"):
            return "symbolic"
        if "[" in alt or "]" in alt or (len(alt) > 1 and (alt.startswith(".") or alt.endswith("."))):
            return "breakend"
        if alt in ("*", "."):
            return "overlapping deletion" if alt == "*" else "none"
        raise self.error("letters, <...>, a breakend, '*' or '.' as ALT", repr(alt[:60]), number)

    def unsorted(self, got: str, number: int) -> FileFormatError:
        return FileFormatError(
            f"read_vcf: expected sorted records, got {got} in {self.name}, line {number}. Sort the file, or read it "
            "with require_sorted=False."
        )

    def error(self, expected: str, got: str, number: int) -> FileFormatError:
        return FileFormatError(
            f"read_vcf: expected {expected}, got {got} in {self.name}, line {number}. Correct the file."
        )


def _chunks(path_or_file: Any, size: int | None, require_sorted: bool, region: str | None) -> Iterator[Variants]:
    if region is not None or _is_bcf(path_or_file):
        records = _pysam_records(path_or_file, require_sorted, region)
    else:
        records = read_vcf_records(path_or_file, None, require_sorted)
    name = str(getattr(path_or_file, "name", "the open file") if hasattr(path_or_file, "read") else path_or_file)
    variants: list[Variant] = []
    lines: list[int] = []
    skipped: Counter[str] = Counter()
    given = False
    for record in records:
        variants += record.variants
        lines += [record.number] * len(record.variants)
        skipped.update(record.skipped)
        if size is not None and len(variants) >= size:
            yield Variants(variants, source=name, lines=lines, skipped=skipped)
            variants, lines, skipped, given = [], [], Counter(), True
    if variants or skipped or not given:
        yield Variants(variants, source=name, lines=lines, skipped=skipped)


def _is_bcf(path_or_file: Any) -> bool:
    if hasattr(path_or_file, "read"):
        return False
    path = Path(path_or_file)
    if not path.is_file():
        return False
    with path.open("rb") as file:
        start = file.read(3)
    return start == b"BCF" or (start[:2] == b"\x1f\x8b" and path.suffix == ".bcf")


def _pysam_records(path: Any, require_sorted: bool, region: str | None) -> Iterator[VcfRecord]:
    what = "a region" if region is not None else "BCF"
    if hasattr(path, "read"):
        raise TypeError(f"read_vcf: expected a path to read {what}, got an open file. Give its path.")
    try:
        import pysam
    except ImportError:
        raise ImportError(f"read_vcf: needs pysam to read {what} of {path}. Install it: pip install pysam") from None
    if not Path(path).is_file():
        raise FileNotFoundError(f"read_vcf: expected a file, got {path}, which does not exist. Check the path.")
    parser = _Parser(str(path), require_sorted)
    parser.has_columns = True
    try:
        with pysam.VariantFile(str(path)) as file:
            for number, record in enumerate(file.fetch(region=region) if region else file, 1):
                yield parser.record(number, str(record).rstrip("\n"))
    except FileFormatError:
        raise
    except (OSError, ValueError) as error:
        raise FileFormatError(
            f"read_vcf: expected a readable file{' with an index beside it' if region else ''}, got {path} "
            f"({error}). Check the file{' and the region' if region else ''}."
        ) from None
