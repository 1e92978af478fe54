"""FASTA indexes (.fai): read, checked against the file, built and written."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .. import _core
from .._errors import FileFormatError

_RECORDS_CHECKED = 32


class FaiEntry(NamedTuple):
    """One record: its letters, the byte of the first, letters and bytes of a full line."""

    length: int
    offset: int
    line_bases: int
    line_width: int

    def byte_of(self, position: int) -> int:
        return self.offset + position // self.line_bases * self.line_width + position % self.line_bases


Read = Callable[[int, int], bytes]


def build(pieces: Iterable[np.ndarray], name: str) -> dict[str, FaiEntry]:
    """The index of FASTA text that comes in pieces."""
    indexer = _core.genomics.FastaIndexer()
    for piece in pieces:
        indexer.feed(piece)
    records, problem = indexer.finish()
    headers = [header.decode("utf-8", "replace").strip() for header, *_ in records]
    names = [header.split(None, 1)[0] if header else "" for header in headers]
    if problem is not None:
        raise FileFormatError(_explain(problem, name, names))
    index: dict[str, FaiEntry] = {}
    for i, (key, record) in enumerate(zip(names, records, strict=True)):
        if key in index or not key:
            got = f"{key!r} twice" if key else f"no name for record {i + 1}"
            raise FileFormatError(f"Genome: expected one name per sequence, got {got} in {name}. Rename the record.")
        index[key] = FaiEntry(*record[1:])
    return index


def read(path: Path, size: int, read_bytes: Read) -> dict[str, FaiEntry] | None:
    """The index in the file `path`; None if it does not describe the FASTA file that `read_bytes` reads."""
    index: dict[str, FaiEntry] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fields = line.split("\t")
        try:
            index[fields[0]] = FaiEntry(*(int(word) for word in fields[1:5]))
        except (TypeError, ValueError):
            raise FileFormatError(
                f"Genome: expected a name and 4 whole numbers between tabs, got {line[:60]!r} in {path}, line "
                f"{number}. Remove the file: it is built anew."
            ) from None
    return index if index and _describes(index, size, read_bytes) else None


def format_index(index: dict[str, FaiEntry]) -> str:
    return "".join("\t".join([name, *map(str, entry)]) + "\n" for name, entry in index.items())


def write_if_possible(path: Path, content: bytes) -> None:
    """Writes an index where its folder allows; an index is a convenience, so failing is no error."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    with contextlib.suppress(OSError):
        try:
            unfinished.write_bytes(content)
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)


def _describes(index: dict[str, FaiEntry], size: int, read_bytes: Read) -> bool:
    """Whether records begin after their own header and end before the next, for some records and the last."""
    entries = list(index.items())
    for at in np.unique(np.linspace(0, len(entries) - 1, _RECORDS_CHECKED).astype(int)):
        name, entry = entries[at]
        if min(entry) < 0 or entry.length == 0 or not 0 < entry.line_bases <= entry.line_width:
            return False
        end = entry.byte_of(entry.length - 1) + 1
        if end > size or not _is_after_header(name, entry.offset, read_bytes):
            return False
        if (end < size and read_bytes(end, end + 1) not in (b"\n", b"\r")) or (
            read_bytes(end, end + 64).strip()[:1] not in (b"", b">")
        ):
            return False
    return True


def _is_after_header(name: str, offset: int, read_bytes: Read) -> bool:
    wanted = f">{name}".encode()
    before = read_bytes(max(0, offset - len(wanted) - 4096), offset)
    if not before.endswith(b"\n"):
        return False
    lines = before.rstrip(b"\r\n").split(b"\n")
    header = lines[-1].removeprefix(b"\xef\xbb\xbf").rstrip(b"\r").replace(b"> ", b">", 1)
    # Of a header longer than what was read, the beginning is not seen: accepted.
    return (header + b" ").replace(b"\t", b" ").startswith(wanted + b" ") or len(lines) == 1 and len(header) > 4000


def _explain(problem: tuple[str, int, int], name: str, names: list[str]) -> str:
    kind, line, record = problem
    if kind == "no records":
        return f"Genome: expected FASTA records, got none in {name}. Check that it is the right file."
    if kind == "no header":
        return (
            f"Genome: expected a header ('>' and a name), got something else in {name}, line {line}. "
            "Check that it is a FASTA file."
        )
    if kind == "no sequence":
        return (
            f"Genome: expected letters after the header, got none for record {record + 1} ({names[record]!r}) in "
            f"{name}, line {line}. Remove the record or add its sequence."
        )
    return (
        f"Genome: expected lines of one length within a record, got another length or a gap in record {record + 1} "
        f"({names[record]!r}) in {name}, line {line}. Rewrite it, for example with gd.sequence.write_fasta."
    )
