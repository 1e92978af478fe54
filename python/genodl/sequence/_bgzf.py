"""Random access to bgzip files: gzip members of at most 64 KiB that carry their own size."""

from __future__ import annotations

import mmap
import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from .._errors import FileFormatError

_HEADER = struct.Struct("<4sIBBH")  # magic and flags, time, extra flags, system, length of extra field
_MAGIC = b"\x1f\x8b\x08\x04"
_BLOCKS_KEPT = 32


class BgzfFile:
    """The unpacked bytes of a bgzip file, by position.

    `packed` and `unpacked` hold where each block with content begins, before and after unpacking; one
    more entry of `unpacked` is the whole size.
    """

    def __init__(self, path: Path, data: mmap.mmap, who: str):
        self.path, self.data, self.who = path, data, who
        self.packed, self.unpacked = self._read_gzi() or self._walk()
        self.block = lru_cache(_BLOCKS_KEPT)(self._unpack)

    @property
    def size(self) -> int:
        return int(self.unpacked[-1])

    def pieces(self) -> Iterator[np.ndarray]:
        """All content, block by block."""
        for i in range(len(self.packed)):
            yield np.frombuffer(self._unpack(i), np.uint8)

    def blocks_of(self, first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The blocks that hold the bytes `first` and `last`, both included."""
        return tuple(np.searchsorted(self.unpacked, at, "right") - 1 for at in (first, last))  # type: ignore[return-value]

    def read(self, start: int, stop: int) -> bytes:
        """Unpacked bytes [start, stop), fewer at the end of the file."""
        stop = min(stop, self.size)
        if stop <= start:
            return b""
        first, last = (int(i) for i in self.blocks_of(np.int64(start), np.int64(stop - 1)))
        text = b"".join(self.block(i) for i in range(first, last + 1))
        return text[start - int(self.unpacked[first]) : stop - int(self.unpacked[first])]

    def gzi(self) -> bytes:
        """The content of a .gzi file: the first block is left out, it begins at 0."""
        pairs = np.stack([self.packed[1:], self.unpacked[1:-1]], 1).astype("<u8")
        return struct.pack("<Q", len(pairs)) + pairs.tobytes()

    def _unpack(self, i: int) -> bytes:
        start = int(self.packed[i])
        head, size = _block_at(self.data, start) or (0, 0)
        try:
            content = zlib.decompress(self.data[start + head : start + size - 8], -15)
        except zlib.error:
            content = b""
        check, length = struct.unpack("<II", self.data[start + size - 8 : start + size]) if size else (0, -1)
        if len(content) != length or zlib.crc32(content) != check:
            raise self._damaged(start)
        return content

    def _read_gzi(self) -> tuple[np.ndarray, np.ndarray] | None:
        """The .gzi file beside the file; None if there is none or it belongs to another file."""
        try:
            content = self.path.with_name(self.path.name + ".gzi").read_bytes()
        except OSError:
            return None
        if len(content) < 8 or len(content) != 8 + 16 * struct.unpack("<Q", content[:8])[0]:
            return None
        pairs = np.frombuffer(content, "<i8", offset=8).reshape(-1, 2)
        packed, unpacked = np.vstack([[0, 0], pairs]).T
        end, total = int(packed[-1]), int(unpacked[-1])
        tail_packed, tail_sizes = [], []
        # What follows the last entry: its own block, and the empty one that ends the file.
        while (found := _block_at(self.data, end)) is not None:
            length = struct.unpack("<I", self.data[end + found[1] - 4 : end + found[1]])[0]
            if length:
                tail_packed.append(end)
                tail_sizes.append(length)
            end += found[1]
        if end != len(self.data) or not all(_block_at(self.data, int(p)) for p in (packed[0], packed[-1])):
            return None
        if not tail_packed or tail_packed[0] != packed[-1]:
            packed, unpacked = packed[:-1], unpacked[:-1]
        else:
            tail_packed, total = tail_packed[1:], total + tail_sizes.pop(0)
        starts = total + np.cumsum([0, *tail_sizes])
        return np.concatenate([packed, tail_packed]).astype(np.int64), np.concatenate([unpacked, starts]).astype(
            np.int64
        )

    def _walk(self) -> tuple[np.ndarray, np.ndarray]:
        packed, sizes, at = [], [], 0
        while at < len(self.data):
            found = _block_at(self.data, at)
            if found is None:
                raise self._damaged(at)
            length = struct.unpack("<I", self.data[at + found[1] - 4 : at + found[1]])[0]
            if length:
                packed.append(at)
                sizes.append(length)
            at += found[1]
        return np.array(packed, np.int64), np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    def _damaged(self, at: int) -> FileFormatError:
        return FileFormatError(
            f"{self.who}: expected a whole bgzip file, got a truncated or damaged block at byte {at} of {self.path}. "
            "Copy or download it again."
        )


def is_bgzf(data: bytes | mmap.mmap) -> bool:
    """Whether the first block carries its size, as bgzip writes it and gzip does not."""
    return _block_size(data, 0) is not None


def _block_at(data: bytes | mmap.mmap, start: int) -> tuple[int, int] | None:
    """(bytes of header, bytes of block), None where no whole block begins."""
    found = _block_size(data, start)
    return found if found and start + found[1] <= len(data) and found[1] >= found[0] + 8 else None


def _block_size(data: bytes | mmap.mmap, start: int) -> tuple[int, int] | None:
    head = data[start : start + _HEADER.size]
    if len(head) < _HEADER.size or not head.startswith(_MAGIC):
        return None
    extra_length = _HEADER.unpack(head)[4]
    extra = data[start + _HEADER.size : start + _HEADER.size + extra_length]
    at = 0
    while at + 4 <= len(extra):
        name, length = extra[at : at + 2], struct.unpack("<H", extra[at + 2 : at + 4])[0]
        if name == b"BC" and length == 2 and at + 6 <= len(extra):
            return _HEADER.size + extra_length, struct.unpack("<H", extra[at + 4 : at + 6])[0] + 1
        at += 4 + length
    return None
