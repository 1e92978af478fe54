"""FASTA in and out; truth is what was written by hand."""

import gzip
import io
import struct
import zlib

import numpy as np
import pytest

from genodl import sequence as sq

PLAIN = b">one first record\nACGT\nacgt\n>two\nNNRY\n\nGG\n>three  spaced  out\nT\n"


def check_plain(seqs):
    assert seqs.ids == ["one", "two", "three"]
    assert seqs.descriptions == ["first record", "", "spaced  out"]
    assert seqs.strings() == ["ACGTacgt", "NNRYGG", "T"]


def bgzip(data):
    """BGZF: gzip members that carry their size, and an empty one at the end."""
    out = b""
    for block in (data[:20], data[20:], b""):
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        body = packer.compress(block) + packer.flush()
        size = len(body) + 25
        out += b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + struct.pack("<H", size) + body
        out += struct.pack("<II", zlib.crc32(block), len(block))
    return out


@pytest.mark.parametrize(
    "data",
    [
        PLAIN,
        PLAIN.rstrip(b"\n"),
        PLAIN.replace(b"\n", b"\r\n"),
        PLAIN.replace(b"\n", b" \t\n"),
        b"\xef\xbb\xbf" + PLAIN,
        b"\n\n" + PLAIN + b"\n\n",
        gzip.compress(PLAIN, mtime=0),
        bgzip(PLAIN),
    ],
    ids=["plain", "no last newline", "windows", "trailing blanks", "byte order mark", "blank lines", "gzip", "bgzip"],
)
def test_same_records_from_every_form(tmp_path, data):
    path = tmp_path / "any_name"
    path.write_bytes(data)
    check_plain(sq.read_fasta(path))
    check_plain(sq.read_fasta(str(path)))
    check_plain(sq.read_fasta(io.BytesIO(data)))
    with path.open("rb") as file:
        check_plain(sq.read_fasta(file))


def test_open_text():
    check_plain(sq.read_fasta(io.StringIO(PLAIN.decode())))


def test_equal_lengths_give_dna():
    dna = sq.read_fasta(io.BytesIO(b">a\nAC\nGT\n>b\nttNN\n")).dna
    assert dna == sq.encode(["ACGT", "ttNN"])


def test_no_mask_without_lower_case():
    assert sq.read_fasta(io.BytesIO(b">a\nACGT\n")).dna.soft_mask is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "expected FASTA records, got none in"),
        (b"\n\r\n  \n", "expected FASTA records, got none in"),
        (b"ACGT\n>a\nACGT\n", "expected a header .*got 'ACGT' in .*line 1"),
        (b">a\nACGT\n>b\n\n>c\nACGT\n", r"got none for record 2 \('b'\) in .*line 3"),
        (b">a\nACGT\n>b", r"got none for record 2 \('b'\)"),
        (b">a\nACGT\n>b x\nAC\nACZT\n", r"got 'Z' at position 5 of record 2 \('b'\) in .*line 5"),
        (b">a\nAC-T\n", r"got '-' at position 3 of record 1 \('a'\)"),
        (b">a\nAC T\n", r"got ' ' at position 3 of record 1"),
        (b">a\nAC\xffT\n", r"got 'ÿ' at position 3 of record 1"),
        (b"@read\nACGT\n+\nIIII\n", "got FASTQ in"),
        (b"BZh91AY", "got bzip2 in"),
        (gzip.compress(PLAIN, mtime=0)[:-12], "truncated or damaged"),
        (gzip.compress(PLAIN, mtime=0)[:30] + b"xxxxxxxx" + gzip.compress(PLAIN, mtime=0)[38:], "truncated or damaged"),
    ],
)
def test_bad_files_are_explained(tmp_path, data, words):
    path = tmp_path / "bad.fa"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=words) as caught:
        sq.read_fasta(path)
    assert "bad.fa" in str(caught.value)


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="which does not exist"):
        sq.read_fasta(tmp_path / "none.fa")
    with pytest.raises(IsADirectoryError, match="got the folder"):
        sq.read_fasta(tmp_path)


@pytest.mark.parametrize("name", ["out.fa", "out.fa.gz"])
def test_write_and_read_back(tmp_path, name):
    seqs = sq.Sequences(["a", "b"], ["long one", ""], ["ACGTacgtNN" * 13, "R"])
    path = tmp_path / name
    sq.write_fasta(path, seqs)
    back = sq.read_fasta(path)
    assert back.ids == seqs.ids and back.descriptions == seqs.descriptions and back.strings() == seqs.strings()
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if name.endswith("gz") else raw).decode()
    assert max(map(len, text.splitlines())) == 60
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_write_dna_with_ids():
    out = io.StringIO()
    sq.write_fasta(out, sq.encode(["ACGT", "GGcc"]), ids=["x", "y"], width=3)
    assert out.getvalue() == ">x\nACG\nT\n>y\nGGc\nc\n"
    with pytest.raises(ValueError, match="got 1 ids for 2 sequences"):
        sq.write_fasta(out, ["A", "C"], ids=["x"])
    with pytest.raises(ValueError, match="ids on one line"):
        sq.write_fasta(out, ["A"], ids=["x\n>y"])


def test_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "out.fa"
    path.write_text("old")
    with pytest.raises(ValueError, match="position 1"):
        sq.write_fasta(path, ["!"])
    assert path.read_text() == "old" and len(list(tmp_path.iterdir())) == 1


def test_random_bytes_never_crash():
    rng = np.random.default_rng(0)
    alphabet = np.frombuffer(b">\n\r ACGTNacgt\x00\xff-", np.uint8)
    for _ in range(3000):
        data = rng.choice(alphabet, rng.integers(0, 40)).tobytes()
        try:
            seqs = sq.read_fasta(io.BytesIO(data))
        except ValueError:
            continue
        assert len(seqs) == len(seqs.ids) == len(seqs.strings()) and (seqs.lengths > 0).all()
