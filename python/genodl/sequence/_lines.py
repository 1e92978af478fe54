"""Lines of text files one after another: plain or gzip, from a path or an open file, in little memory."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .._errors import FileFormatError


@contextmanager
def open_lines(path_or_file: Any, who: str) -> Iterator[tuple[str, Iterator[tuple[int, str]]]]:
    """Name of the file and its (number, line) pairs; lines come without their ends."""
    if hasattr(path_or_file, "read"):
        name = str(getattr(path_or_file, "name", "the open file"))
        yield name, _numbered(path_or_file, name, who)
        return
    path = Path(path_or_file)
    if path.is_dir():
        raise IsADirectoryError(f"{who}: expected a file, got the folder {path}. Name a file in it.")
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise FileNotFoundError(f"{who}: expected a file, got {path}, which does not exist. Check the path.") from None
    with file:
        yield str(path), _numbered(file, str(path), who)


def _numbered(file: Any, name: str, who: str) -> Iterator[tuple[int, str]]:
    number = 0
    try:
        for number, line in enumerate(_unpacked(file), 1):
            text = line.decode("utf-8", "replace") if isinstance(line, bytes) else line
            yield number, (text.removeprefix("\ufeff") if number == 1 else text).rstrip("\r\n")
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FileFormatError(
            f"{who}: expected a whole gzip file, got a truncated or damaged one in {name} after line {number} "
            f"({error}). Copy or download it again."
        ) from None


def _unpacked(file: Any) -> Any:
    """The file, or what a gzip file holds; open files stay open."""
    if isinstance(file, io.TextIOBase):
        return file
    if hasattr(file, "peek"):
        start = file.peek(2)[:2]
    elif file.seekable():
        at = file.tell()
        start = file.read(2)
        file.seek(at)
    else:
        return file
    return io.BufferedReader(gzip.GzipFile(fileobj=file), 1 << 20) if start == b"\x1f\x8b" else file  # type: ignore[arg-type]
