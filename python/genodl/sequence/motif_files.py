"""Motif files: MEME, JASPAR and TRANSFAC in, MEME out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from .._errors import FileFormatError
from ._files import read_text, write_text
from .motif import Motif, check_background

# MEME's own default where a file does not say how many sites a matrix stands for.
_DEFAULT_SITES = 20.0


def read_motifs(path_or_file: Any) -> list[Motif]:
    """Reads motifs from a MEME, JASPAR (.jaspar, .pfm) or TRANSFAC file.

    The format is told by the content. Matrices of frequencies become counts by their number of sites.

    Parameters
    ----------
    path_or_file : str, path, or open file
        Plain or gzip.

    Returns
    -------
    list of Motif

    Examples
    --------
    >>> import io
    >>> import genodl as gd
    >>> text = ">MA0001.1 tiny\\nA [9 0]\\nC [0 0]\\nG [0 9]\\nT [0 0]\\n"
    >>> gd.sequence.read_motifs(io.StringIO(text))
    [Motif(MA0001.1 tiny: AG)]
    """
    name, text = read_text(path_or_file, "read_motifs")
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    filled = [(number, line) for number, line in lines if line]
    first = filled[0][1] if filled else ""
    if first.startswith("MEME version"):
        motifs = _read_meme(filled, name)
    elif first.startswith(">"):
        motifs = _read_jaspar(filled, name)
    elif re.match(r"(AC|ID|NA|VV|XX|//|DE)\b|//|XX", first):
        motifs = _read_transfac(filled, name)
    else:
        raise FileFormatError(
            f"read_motifs: expected a MEME, JASPAR or TRANSFAC file, got {first[:30]!r} as the first line of {name}. "
            "Check that it is a motif file."
        )
    if not motifs:
        raise FileFormatError(f"read_motifs: expected at least one motif, got none in {name}. Check the file.")
    return motifs


def write_meme(path_or_file: Any, motifs: Iterable[Motif], background: Any = None) -> None:
    """Writes motifs in the minimal MEME format.

    Parameters
    ----------
    path_or_file : str, path, or open text file
        A path is written under a temporary name first and renamed when complete.
    motifs : Motif or list of Motif
    background : array (4,), default uniform

    Examples
    --------
    >>> import sys
    >>> import genodl as gd
    >>> gd.sequence.write_meme(sys.stdout, gd.sequence.Motif([[3, 0, 0, 1]], name="x"))  # doctest: +ELLIPSIS
    MEME version 4
    ...
    """
    frequencies = check_background(background, "write_meme")
    pairs = " ".join(f"{base} {p:.6g}" for base, p in zip("ACGT", frequencies, strict=True))
    out = ["MEME version 4", "", "ALPHABET= ACGT", "", "strands: + -", ""]
    out += ["Background letter frequencies", pairs, ""]
    for i, motif in enumerate([motifs] if isinstance(motifs, Motif) else motifs):
        sites = motif.counts.sum(1).max()
        title = " ".join(_word(part) for part in (motif.id or motif.name or f"motif_{i + 1}", motif.name))
        out.append(f"MOTIF {title.rstrip()}")
        out.append(f"letter-probability matrix: alength= 4 w= {len(motif)} nsites= {sites:.10g} E= 0")
        out += ["  ".join(f"{p:.10f}" for p in row) for row in motif.ppm()]
        out.append("")
    write_text(path_or_file, "\n".join(out))


def _word(text: str) -> str:
    return "_".join(text.split())


def _read_meme(lines: list[tuple[int, str]], name: str) -> list[Motif]:
    motifs: list[Motif] = []
    title: list[str] = []
    at = 0
    while at < len(lines):
        number, line = lines[at]
        at += 1
        if line.startswith("ALPHABET") and "ACGT" not in line.replace(" ", "").upper() and "DNA" not in line.upper():
            raise _error("the DNA alphabet ACGT", line, number, name)
        if line.startswith("MOTIF"):
            title = line.split(None, 2)[1:]
        elif line.startswith("letter-probability matrix"):
            given = dict(re.findall(r"(alength|w|nsites)\s*=\s*(\S+)", line))
            if given.get("alength", "4") != "4":
                raise _error("alength= 4", line, number, name)
            width, sites = _numbers([given.get("w", "0"), given.get("nsites", "0")], 2, number, line, name)
            rows: list[list[float]] = []
            while at < len(lines) and (len(rows) < width or (width == 0 and re.match(r"[-+.\d]", lines[at][1]))):
                rows.append(_numbers(lines[at][1].split(), 4, *lines[at], name))
                at += 1
            if not rows or len(rows) < width:
                raise _error(f"{width:g} rows of 4 frequencies", f"{len(rows)}", number, name)
            sites = sites if sites > 0 else _DEFAULT_SITES
            title = title or [f"motif_{len(motifs) + 1}"]
            motifs.append(_motif(np.array(rows) * sites, title, number, name))
            title = []
    return motifs


def _read_jaspar(lines: list[tuple[int, str]], name: str) -> list[Motif]:
    motifs: list[Motif] = []
    at = 0
    while at < len(lines):
        number, line = lines[at]
        if not line.startswith(">"):
            raise _error("a header ('>', id and name)", line, number, name)
        title = line[1:].split(None, 1)
        block = []
        at += 1
        while at < len(lines) and not lines[at][1].startswith(">"):
            block.append(lines[at])
            at += 1
        if len(block) != 4:
            raise _error("four rows (A, C, G, T) under the header", f"{len(block)}", number, name)
        rows: list[list[float]] = []
        for base, (row_number, row) in zip("ACGT", block, strict=True):
            letter = re.match(r"[A-Za-z]", row)
            if letter and letter.group().upper() != base:
                raise _error(f"the row of {base}", row, row_number, name)
            words = re.sub(r"^[A-Za-z]", "", row).replace("[", " ").replace("]", " ").split()
            rows.append(_numbers(words, len(rows[0]) if rows else None, row_number, row, name))
        motifs.append(_motif(np.array(rows).T, title, number, name))
    return motifs


def _read_transfac(lines: list[tuple[int, str]], name: str) -> list[Motif]:
    motifs: list[Motif] = []
    fields: dict[str, str] = {}
    rows: list[list[float]] = []
    order: list[int] | None = None
    start = lines[0][0] if lines else 0

    def finish() -> None:
        if order is not None:
            identity = fields.get("AC") or fields.get("ID") or f"motif_{len(motifs) + 1}"
            label = fields.get("NA") or (fields.get("ID", "") if fields.get("AC") else "")
            motifs.append(_motif(np.array(rows).reshape(-1, 4), [identity, label], start, name))

    for number, line in lines:
        key, _, value = line.partition(" ")
        if key == "//":
            finish()
            fields, rows, order, start = {}, [], None, number + 1
        elif key in ("P0", "PO"):
            bases = [word.upper() for word in value.split()[:4]]
            if sorted(bases) != list("ACGT"):
                raise _error("the columns A C G T", line, number, name)
            order = [bases.index(base) for base in "ACGT"]
            start = number
        elif order is not None and key.isdigit():
            values = _numbers(value.split()[:4], 4, number, line, name)
            rows.append([values[i] for i in order])
        else:
            fields.setdefault(key, value.strip())
    finish()
    return motifs


def _motif(counts: np.ndarray, title: list[str], number: int, name: str) -> Motif:
    identity = title[0] if title else ""
    try:
        return Motif(counts, id=identity, name=(title[1].strip() if len(title) > 1 else "") or identity)
    except ValueError as error:
        raise FileFormatError(f"read_motifs: {name}, motif {identity!r} at line {number}: {error}") from None


def _numbers(words: list[str], count: int | None, number: int, line: str, name: str) -> list[float]:
    try:
        values = [float(word) for word in words]
    except ValueError:
        values = []
    if not values or (count is not None and len(values) != count):
        raise _error(f"{'' if count is None else f'{count} '}numbers", line, number, name)
    return values


def _error(expected: str, got: str, number: int, name: str) -> FileFormatError:
    return FileFormatError(
        f"read_motifs: expected {expected}, got {got[:60]!r} in {name}, line {number}. Correct the file."
    )
