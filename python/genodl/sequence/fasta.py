"""FASTA files: plain, gzip and bgzip."""

from __future__ import annotations

from typing import Any

from .. import _core
from .._errors import FileFormatError
from ._batch import as_batch
from ._files import read_bytes, write_text
from ._letters import LETTERS, decode_flat
from .sequences import Sequences


def read_fasta(path_or_file: Any) -> Sequences:
    """Reads all sequences of a FASTA file.

    Plain, gzip and bgzip files (told apart by content, not by name), Unix and Windows line ends.
    Lower case is kept as a soft mask; letters outside A, C, G, T, U and the IUPAC codes are errors that
    name record, position and letter.

    Parameters
    ----------
    path_or_file : str, path, or open file (text or binary)

    Returns
    -------
    Sequences
        With ids, descriptions and, when all have one length, `.dna`.

    Examples
    --------
    >>> import io
    >>> import genodl as gd
    >>> seqs = gd.sequence.read_fasta(io.StringIO(">peak1 strong\\nACGT\\nACGt\\n"))
    >>> seqs.ids, seqs.descriptions, seqs.strings()
    (['peak1'], ['strong'], ['ACGTACGt'])
    """
    name, data = read_bytes(path_or_file, "read_fasta")
    if data.startswith(b"@"):
        raise FileFormatError(f"read_fasta: expected FASTA, got FASTQ in {name}. Convert it first.")
    headers, codes, offsets, mask, problem = _core.genomics.parse_fasta(data)
    titles = [header.decode("utf-8", "replace").strip() for header in headers]
    ids = [title.split(None, 1)[0] if title else "" for title in titles]
    if problem is not None:
        raise FileFormatError(_explain(problem, name, ids, data))
    descriptions = [(title.split(None, 1) + ["", ""])[1] for title in titles]
    return Sequences._from_flat(ids, descriptions, codes, offsets, mask)


def write_fasta(path_or_file: Any, x: Any, ids: Any = None, width: int = 60) -> None:
    """Writes sequences as FASTA; a path that ends in .gz is compressed.

    Parameters
    ----------
    path_or_file : str, path, or open text file
        A path is written under a temporary name first and renamed when complete.
    x : Sequences, DNA, strings, or uint8 codes (n, length)
    ids : list of str, optional
        Needed unless `x` is Sequences; default "1", "2", ...
    width : int
        Letters a line.

    Examples
    --------
    >>> import sys
    >>> import genodl as gd
    >>> gd.sequence.write_fasta(sys.stdout, gd.sequence.encode(["ACGT"]), ids=["a"])
    >a
    ACGT
    """
    if width < 1:
        raise ValueError(f"write_fasta: expected a line width of at least 1, got {width}. The usual one is 60.")
    write_text(path_or_file, _format(x, ids, width))


def _format(x: Any, ids: Any, width: int) -> str:
    batch = as_batch(x, "write_fasta")
    if isinstance(x, Sequences) and ids is None:
        titles = [f"{i} {d}".rstrip() for i, d in zip(x.ids, x.descriptions, strict=True)]
    else:
        titles = [str(i) for i in (ids if ids is not None else range(1, len(batch) + 1))]
    if len(titles) != len(batch):
        raise ValueError(
            f"write_fasta: expected one id per sequence, got {len(titles)} ids for {len(batch)} sequences. "
            "Give a list of that length."
        )
    lines = []
    for title, letters in zip(titles, decode_flat(batch.codes, batch.offsets.tolist(), batch.mask), strict=True):
        if "\n" in title or "\r" in title:
            raise ValueError(f"write_fasta: expected ids on one line, got {title!r}. Remove the line end.")
        lines.append(f">{title}")
        lines.extend(letters[i : i + width] for i in range(0, len(letters), width))
    return "\n".join(lines) + "\n"


def _explain(problem: tuple[str, int, int, int, int], name: str, ids: list[str], data: bytes) -> str:
    kind, line, record, position, letter = problem
    if kind == "no records":
        return f"read_fasta: expected FASTA records, got none in {name}. Check that it is the right file."
    if kind == "no header":
        start = data.splitlines()[line - 1][:20].decode("latin-1")
        return (
            f"read_fasta: expected a header ('>' and a name), got {start!r} in {name}, line {line}. "
            "Check that it is a FASTA file."
        )
    which = f"record {record + 1} ({ids[record]!r})"
    if kind == "no sequence":
        return (
            f"read_fasta: expected letters after the header, got none for {which} in {name}, line {line}. "
            "Remove the record or add its sequence."
        )
    return (
        f"read_fasta: expected {LETTERS}, got {chr(letter)!r} at position {position} of {which} in {name}, "
        f"line {line}. Correct it or write N for it."
    )
