"""FASTA files for tests, written by hand: plain, bgzip, any width and line end."""

from __future__ import annotations

import struct
import zlib

import numpy as np

# What bgzip writes last: an empty block.
BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def random_letters(rng, n, letters="ACGTacgtNR"):
    return "".join(rng.choice(list(letters), n))


def fasta(records, width=10, newline="\n", last_newline=True):
    lines = []
    for header, letters in records:
        lines.append(f">{header}")
        lines += [letters[i : i + width] for i in range(0, len(letters), width)]
    return (newline.join(lines) + (newline if last_newline else "")).encode()


def bgzip(data, block=97):
    out = b""
    for i in range(0, len(data), block):
        part = data[i : i + block]
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        body = packer.compress(part) + packer.flush()
        out += b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + struct.pack("<H", len(body) + 25) + body
        out += struct.pack("<II", zlib.crc32(part), len(part))
    return out + BGZF_END


def write_genome(folder, letters_of, name="genome.fa", width=10):
    """A plain FASTA file of {name: letters}, opened."""
    from genodl import sequence as sq

    path = folder / name
    path.write_bytes(fasta(letters_of.items(), width))
    return sq.Genome(path)


def complement(letters):
    table = str.maketrans("ACGTRYKMacgtrykmN", "TGCAYRMKtgcayrmkN")
    return letters.translate(table)[::-1]


def padded(letters, start, end):
    """letters[start:end] with N where that reaches off the ends."""
    return "".join(letters[i] if 0 <= i < len(letters) else "N" for i in range(start, end))


def gc_share(letters):
    known = np.array([c in "ACGT" for c in letters.upper()])
    return sum(c in "GC" for c in letters.upper()) / max(known.sum(), 1)
