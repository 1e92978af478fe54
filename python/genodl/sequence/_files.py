"""Whole files in and out: plain or gzip, from a path or an open file."""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path
from typing import Any

from .._errors import FileFormatError

_OTHER_FORMATS = {
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
}


def read_bytes(path_or_file: Any, who: str) -> tuple[str, bytes]:
    """Name and unpacked content; gzip (and so bgzip) is known by its content."""
    if hasattr(path_or_file, "read"):
        name = str(getattr(path_or_file, "name", "the open file"))
        content = path_or_file.read()
        data = content.encode("utf-8") if isinstance(content, str) else bytes(content)
    else:
        path = Path(path_or_file)
        name = str(path)
        if path.is_dir():
            raise IsADirectoryError(f"{who}: expected a file, got the folder {name}. Name a file in it.")
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise FileNotFoundError(
                f"{who}: expected a file, got {name}, which does not exist. Check the path."
            ) from None
    for magic, form in _OTHER_FORMATS.items():
        if data.startswith(magic):
            raise FileFormatError(f"{who}: expected plain text or gzip, got {form} in {name}. Unpack it first.")
    if data.startswith(b"\x1f\x8b"):
        try:
            data = gzip.decompress(data)
        except (EOFError, OSError, zlib.error) as error:
            raise FileFormatError(
                f"{who}: expected a whole gzip file, got a truncated or damaged one in {name} ({error}). "
                "Copy or download it again."
            ) from None
    return name, data


def read_text(path_or_file: Any, who: str) -> tuple[str, str]:
    """As `read_bytes`, decoded; a byte order mark is dropped."""
    name, data = read_bytes(path_or_file, who)
    return name, data.decode("utf-8-sig", "replace")


def write_text(path_or_file: Any, text: str) -> None:
    """Writes text; a path under a temporary name first, so that no half file is left."""
    if hasattr(path_or_file, "write"):
        path_or_file.write(text)
        return
    path = Path(path_or_file)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    opener = gzip.open if path.suffix in (".gz", ".bgz") else open
    try:
        with opener(unfinished, "wt", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
