"""The bytes of an indexed FASTA file, plain or bgzip: where records lie, and stretches as codes."""

from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np

from .. import _core
from .._errors import FileFormatError
from . import _fai
from ._bgzf import BgzfFile, is_bgzf

# Blocks of a bgzip file unpacked at a time: 64 MiB at most.
_BLOCKS_AT_ONCE = 1024


class FastaFile:
    """An open file and its index, `index[name]` a `FaiEntry`."""

    def __init__(self, path: Path):
        self.path = path
        self._map = _mapped(path)
        self._bgzf = BgzfFile(path, self._map, "Genome") if is_bgzf(self._map) else None
        if self._bgzf is None and self._read(0, 2) == b"\x1f\x8b":
            raise FileFormatError(
                f"Genome: expected plain or bgzip FASTA, got gzip in {path}, which has no random access. "
                "Unpack it, or pack it with bgzip."
            )
        self.index = self._read_index() or self._build_index()

    def gather(self, stretches: np.ndarray, codes: np.ndarray) -> tuple[bool, tuple[int, int, int] | None]:
        """Writes the codes of stretches (n, 7: see gather.h); (soft-masked, bad (stretch, position, byte))."""
        if self._bgzf is None:
            return _core.genomics.gather(np.frombuffer(self._map, np.uint8), stretches, codes)
        start, column, letters, line_bases, gap = stretches[:, :5].T
        last = start + letters - 1 + (column + letters - 1) // np.maximum(line_bases, 1) * gap
        block_first, block_last = self._bgzf.blocks_of(start, np.minimum(last, self._bgzf.size - 1))
        order = np.argsort(start, kind="stable")
        soft_masked = False
        at = 0
        # Neighbours together, so that each block is unpacked once and few are held.
        while at < len(order):
            reach = np.maximum.accumulate(block_last[order[at:]]) - block_first[order[at]]
            group = order[at : at + max(1, int(np.searchsorted(reach, _BLOCKS_AT_ONCE)))]
            text, moved_by = self._unpacked(block_first[group], block_last[group])
            moved = stretches[group]
            moved[:, 0] += moved_by
            part, bad = _core.genomics.gather(text, moved, codes)
            if bad is not None:
                return False, (int(group[bad[0]]), bad[1], bad[2])
            soft_masked |= part
            at += len(group)
        return soft_masked, None

    def _unpacked(self, first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The blocks that some stretches need as one text, and how far each stretch moves into it."""
        assert self._bgzf is not None
        base = int(first.min())
        opened = np.zeros(int(last.max()) - base + 2, np.int64)
        np.add.at(opened, first - base, 1)
        np.add.at(opened, last - base + 1, -1)
        blocks = np.flatnonzero(np.cumsum(opened) > 0) + base
        contents = [self._bgzf.block(int(b)) for b in blocks]
        starts = np.concatenate([[0], np.cumsum([len(c) for c in contents])])
        moved_by = starts[np.searchsorted(blocks, first)] - self._bgzf.unpacked[first]
        return np.frombuffer(b"".join(contents), np.uint8), moved_by

    def _read(self, start: int, end: int) -> bytes:
        return self._map[start:end] if self._bgzf is None else self._bgzf.read(start, end)

    def _read_index(self) -> dict[str, _fai.FaiEntry] | None:
        path = self._beside(".fai")
        if not path.is_file():
            return None
        return _fai.read(path, len(self._map) if self._bgzf is None else self._bgzf.size, self._read)

    def _build_index(self) -> dict[str, _fai.FaiEntry]:
        pieces = iter([np.frombuffer(self._map, np.uint8)]) if self._bgzf is None else self._bgzf.pieces()
        index = _fai.build(pieces, str(self.path))
        # An index that is there but describes another file may be someone's: it is left alone.
        if not self._beside(".fai").exists():
            _fai.write_if_possible(self._beside(".fai"), _fai.format_index(index).encode())
        if self._bgzf is not None and not self._beside(".gzi").exists():
            _fai.write_if_possible(self._beside(".gzi"), self._bgzf.gzi())
        return index

    def _beside(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name + suffix)


def _mapped(path: Path) -> mmap.mmap:
    if path.is_dir():
        raise IsADirectoryError(f"Genome: expected a FASTA file, got the folder {path}. Name a file in it.")
    try:
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError:
        raise FileNotFoundError(
            f"Genome: expected a FASTA file, got {path}, which does not exist. Check the path."
        ) from None
    except ValueError:
        raise FileFormatError(
            f"Genome: expected FASTA records, got none in {path}, which is empty. Copy or download it again."
        ) from None
