"""Random access to FASTA files; truth is Python's slices of what was written."""

import gzip
import pickle
import struct

import numpy as np
import pytest

from genodl import sequence as sq
from genome_files import bgzip, complement, fasta, padded, random_letters

RNG = np.random.default_rng(0)
LETTERS = {"chr1": random_letters(RNG, 1003), "chr2": "ACGTA", "chrM": random_letters(RNG, 60)}
RECORDS = [("chr1 the first", LETTERS["chr1"]), ("chr2", LETTERS["chr2"]), ("chrM\tcircle", LETTERS["chrM"])]

FORMS = {
    "plain": fasta(RECORDS),
    "one line each": fasta(RECORDS, width=2000),
    "width 1": fasta(RECORDS, width=1),
    "windows": fasta(RECORDS, newline="\r\n"),
    "no last newline": fasta(RECORDS, last_newline=False),
    "windows, no last newline": fasta(RECORDS, newline="\r\n", last_newline=False),
    "byte order mark": b"\xef\xbb\xbf" + fasta(RECORDS),
    "blank lines between": fasta(RECORDS).replace(b">chr2", b"\n\n>chr2").replace(b"chr2\n", b"chr2\n\n"),
}
FORMS |= {f"bgzip {name}": bgzip(FORMS[name]) for name in ("plain", "windows", "width 1")}


@pytest.fixture(params=FORMS)
def genome(request, tmp_path):
    path = tmp_path / "genome.any"
    path.write_bytes(FORMS[request.param])
    return sq.Genome(path)


def random_intervals(rng, n, off=0):
    rows = []
    for _ in range(n):
        chrom = str(rng.choice(list(LETTERS)))
        size = len(LETTERS[chrom])
        start = int(rng.integers(-off, size + off))
        end = int(rng.integers(start + 1, max(start + 2, min(start + 90, size + off) + 1)))
        rows.append((chrom, start, min(end, size) if not off else end, str(rng.choice(["+", "-", "."]))))
    return [row for row in rows if row[2] > row[1]]


def test_names_lengths_and_slices(genome):
    assert genome.names == list(LETTERS) == list(genome) and len(genome) == 3 and "chr2" in genome
    assert genome.lengths == {name: len(letters) for name, letters in LETTERS.items()}
    assert genome["chr1"] == LETTERS["chr1"] and genome["chr1", 100:200] == LETTERS["chr1"][100:200]
    assert genome["chrM", :7] == LETTERS["chrM"][:7] and genome["chrM", 50:] == LETTERS["chrM"][50:]
    assert genome["chr1", 5:5] == ""
    assert genome.fetch("chr1", 9, 21, "-") == complement(LETTERS["chr1"][9:21])


def test_many_at_once(genome):
    rows = random_intervals(np.random.default_rng(1), 300)
    seqs = genome.fetch_many(rows)
    for (chrom, start, end, strand), record in zip(rows, seqs, strict=True):
        expected = LETTERS[chrom][start:end]
        assert record.sequence == (complement(expected) if strand == "-" else expected)
    assert seqs.ids[0].startswith(f"{rows[0][0]}:{rows[0][1]}-{rows[0][2]}")


def test_off_the_ends(genome):
    for chrom, start, end, strand in random_intervals(np.random.default_rng(2), 200, off=120):
        expected = padded(LETTERS[chrom], start, end)
        got = genome.fetch(chrom, start, end, strand, outside="pad")
        assert got == (complement(expected) if strand == "-" else expected)
    with pytest.raises(ValueError, match=r"inside chr2 \(0 to 5 in .*genome.any\), got 3 to 6 .*outside='pad'"):
        genome.fetch("chr2", 3, 6)
    with pytest.raises(ValueError, match="got -1 to 2"):
        genome["chr2", -1:2]
    with pytest.raises(ValueError, match="end from start on, got 3 to 2"):
        genome.fetch("chr2", 3, 2, outside="pad")


def test_index_files_are_those_of_samtools(tmp_path):
    """The five columns of faidx, and bgzip's pairs of offsets without the first block."""
    path = tmp_path / "g.fa"
    path.write_bytes(FORMS["plain"])
    sq.Genome(path)
    offset, expected = 0, ""
    for header, letters in RECORDS:
        offset += len(header) + 2
        name = header.split()[0]
        expected += f"{name}\t{len(letters)}\t{offset}\t{min(10, len(letters))}\t{min(10, len(letters)) + 1}\n"
        offset += len(letters) + -(-len(letters) // 10)
    assert (tmp_path / "g.fa.fai").read_text() == expected
    packed = tmp_path / "g.fa.gz"
    packed.write_bytes(FORMS["bgzip plain"])
    sq.Genome(packed)
    assert (tmp_path / "g.fa.gz.fai").read_text() == expected
    content = (tmp_path / "g.fa.gz.gzi").read_bytes()
    count = struct.unpack("<Q", content[:8])[0]
    pairs = np.frombuffer(content, "<u8", offset=8).reshape(count, 2)
    assert count == -(-len(FORMS["plain"]) // 97) - 1
    assert pairs[:, 1].tolist() == [97 * (i + 1) for i in range(count)]
    assert all(packed.read_bytes()[int(p) : int(p) + 4] == b"\x1f\x8b\x08\x04" for p in pairs[:, 0])
    assert {p.name for p in tmp_path.iterdir()} == {"g.fa", "g.fa.fai", "g.fa.gz", "g.fa.gz.fai", "g.fa.gz.gzi"}


@pytest.mark.parametrize("form", ["plain", "bgzip plain"])
def test_an_index_that_is_there_is_used(tmp_path, form, monkeypatch):
    path = tmp_path / "g.fa"
    path.write_bytes(FORMS[form])
    sq.Genome(path)
    from genodl.sequence import _fai

    monkeypatch.setattr(_fai, "build", lambda *a: pytest.fail("scanned although there is an index"))
    assert sq.Genome(path)["chr1"] == LETTERS["chr1"]


@pytest.mark.parametrize("with_last_entry", [False, True])
def test_gzi_may_count_the_empty_last_block(tmp_path, with_last_entry):
    path = tmp_path / "g.fa.gz"
    path.write_bytes(FORMS["bgzip plain"])
    first = sq.Genome(path)
    gzi = tmp_path / "g.fa.gz.gzi"
    pairs = gzi.read_bytes()[8:]
    if with_last_entry:
        pairs += struct.pack("<QQ", path.stat().st_size - 28, len(FORMS["plain"]))
    gzi.write_bytes(struct.pack("<Q", len(pairs) // 16) + pairs)
    again = sq.Genome(path)
    assert again["chr1"] == first["chr1"] == LETTERS["chr1"]
    np.testing.assert_array_equal(again._file._bgzf.unpacked, first._file._bgzf.unpacked)


def test_an_index_of_another_file_is_not_used(tmp_path):
    path = tmp_path / "g.fa"
    path.write_bytes(FORMS["plain"])
    sq.Genome(path)
    old = (tmp_path / "g.fa.fai").read_text()
    changed = [("chr1 the first", "G" + LETTERS["chr1"]), *RECORDS[1:]]
    path.write_bytes(fasta(changed))
    genome = sq.Genome(path)
    assert genome["chr1"] == "G" + LETTERS["chr1"] and genome["chrM"] == LETTERS["chrM"]
    assert (tmp_path / "g.fa.fai").read_text() == old


def test_folder_that_cannot_be_written(tmp_path, monkeypatch):
    path = tmp_path / "g.fa"
    path.write_bytes(FORMS["plain"])

    def refuse(*args):
        raise PermissionError("read-only")

    monkeypatch.setattr("os.replace", refuse)
    assert sq.Genome(path)["chr2"] == "ACGTA"
    assert [p.name for p in tmp_path.iterdir()] == ["g.fa"]


def test_many_blocks_in_few_reads(tmp_path, monkeypatch):
    """Stretches all over a bgzip file, more blocks than are held at a time."""
    from genodl.sequence import _fasta_file

    monkeypatch.setattr(_fasta_file, "_BLOCKS_AT_ONCE", 2)
    path = tmp_path / "g.fa.gz"
    path.write_bytes(FORMS["bgzip plain"])
    rows = random_intervals(np.random.default_rng(4), 200)
    plain = tmp_path / "g.fa"
    plain.write_bytes(FORMS["plain"])
    assert sq.Genome(path).fetch_many(rows).strings() == sq.Genome(plain).fetch_many(rows).strings()


def test_same_as_pysam(tmp_path):
    pysam = pytest.importorskip("pysam")
    path = tmp_path / "g.fa"
    path.write_bytes(fasta(RECORDS, width=60))
    packed = str(tmp_path / "g.fa.gz")
    pysam.tabix_compress(str(path), packed)
    genomes = [sq.Genome(path), sq.Genome(packed)]
    for written in (path, packed):
        with pysam.FastaFile(str(written)) as other:  # reads the indexes written above
            for chrom, start, end, _ in random_intervals(np.random.default_rng(5), 50):
                expected = other.fetch(chrom, start, end)
                assert all(g.fetch(chrom, start, end) == expected for g in genomes)


def test_kinds_of_intervals(genome):
    expected = [LETTERS["chr1"][3:9], LETTERS["chr2"][0:2]]
    table = {"chrom": ["chr1", "chr2"], "start": [3, 0], "end": [9, 2]}
    assert genome.fetch_many(sq.Intervals(**table)).strings() == expected
    assert genome.fetch_many(table).strings() == expected
    assert genome.fetch_many([("chr1", 3, 9), ("chr2", 0, 2)]).strings() == expected
    assert genome.fetch_many(("chr1", 3, 9)).strings() == expected[:1]
    assert genome.fetch_many(list(sq.Intervals(**table, strand=["-", "+"]))).strings()[0] == complement(expected[0])
    assert len(genome.fetch_many([])) == 0
    with pytest.raises(TypeError, match="got 'chr1:3-9' as interval 1 of 1"):
        genome.fetch_many("chr1:3-9")
    with pytest.raises(ValueError, match="columns chrom, start and end, got chrom, begin"):
        genome.fetch_many({"chrom": ["chr1"], "begin": [1]})


def test_worker_processes_open_it_anew(genome):
    assert pickle.loads(pickle.dumps(genome))["chr2"] == "ACGTA"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("1", "'1'.*called 'chr1' there|'1'.*There it is called 'chr1'"),
        ("MT", "There it is called 'chrM'"),
        ("Chr1", "Did you mean 'chr1'"),
        ("scaffold_99", "It holds chr1, chr2, chrM: check that it is the right genome"),
    ],
)
def test_unknown_chromosomes_get_a_hint(tmp_path, name, words):
    path = tmp_path / "g.fa"
    path.write_bytes(FORMS["plain"])
    genome = sq.Genome(path)
    for call in (lambda: genome[name, 0:1], lambda: genome.fetch_many([("chr1", 0, 1), (name, 0, 1)])):
        with pytest.raises(ValueError, match=words) as caught:
            call()
        assert str(path) in str(caught.value) and isinstance(caught.value, KeyError)
    with pytest.raises(ValueError, match="interval 2 of 2"):
        genome.fetch_many([("chr1", 0, 1), (name, 0, 1)])


def test_hint_without_prefix(tmp_path):
    path = tmp_path / "g.fa"
    path.write_bytes(b">1\nACGT\n>MT\nACGT\n")
    with pytest.raises(ValueError, match="There it is called '1'"):
        sq.Genome(path)["chr1"]
    with pytest.raises(ValueError, match="There it is called 'MT'"):
        sq.Genome(path)["chrM"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "expected FASTA records, got none in .*empty"),
        (b"\n\n", "expected FASTA records, got none in"),
        (b"ACGT\n", "expected a header .*line 1"),
        (b">a\nACGT\n>b\n>c\nAC\n", r"got none for record 2 \('b'\) in .*line 3"),
        (b">a\nACGT\n>b\n", r"got none for record 2 \('b'\)"),
        (b">a\nACGT\nAC\nACGT\n", r"lines of one length.*record 1 \('a'\) in .*line 4"),
        (b">a\nACGT\nACGTA\n", r"lines of one length.*line 3"),
        (b">a\nACGT\n\nACGT\n", r"lines of one length.*line 4"),
        (b">a\nACGT\r\nACGT\nACGT\n", r"lines of one length.*line 4"),
        (b">a\nACGT\n>a x\nACGT\n", "got 'a' twice"),
        (b">\nACGT\n", "got no name for record 1"),
        (gzip.compress(FORMS["plain"], mtime=0), "got gzip in .*no random access. Unpack it, or pack it with bgzip"),
        (FORMS["bgzip plain"][:-40], "truncated or damaged block at byte"),
    ],
)
def test_bad_files_are_explained(tmp_path, data, words):
    path = tmp_path / "bad.fa"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=words) as caught:
        sq.Genome(path)
    assert "bad.fa" in str(caught.value)
    assert [p.name for p in tmp_path.iterdir()] == ["bad.fa"]


def test_damaged_block(tmp_path):
    path = tmp_path / "g.fa.gz"
    data = bytearray(FORMS["bgzip plain"])
    path.write_bytes(data)
    sq.Genome(path)
    middle = len(data) // 2
    data[middle] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(ValueError, match="truncated or damaged block at byte .*g.fa.gz"):
        sq.Genome(path)["chr1"]


def test_wrong_letters_are_placed(tmp_path):
    path = tmp_path / "g.fa"
    path.write_bytes(b">a\nACGT\nAC!T\n")
    genome = sq.Genome(path)
    assert genome["a", 0:6] == "ACGTAC"
    for strand in "+-":
        with pytest.raises(ValueError, match="got '!' at position 7 of a in .*g.fa"):
            genome.fetch("a", 5, 8, strand)


def test_bad_index_file(tmp_path):
    path = tmp_path / "g.fa"
    path.write_bytes(FORMS["plain"])
    (tmp_path / "g.fa.fai").write_text("chr1\t10\n")
    with pytest.raises(ValueError, match=r"got 'chr1\\t10' in .*g.fa.fai, line 1. Remove the file"):
        sq.Genome(path)


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="which does not exist"):
        sq.Genome(tmp_path / "none.fa")
    with pytest.raises(IsADirectoryError, match="got the folder"):
        sq.Genome(tmp_path)


def test_windows(tmp_path):
    path = tmp_path / "g.fa"
    path.write_bytes(FORMS["plain"])
    genome = sq.Genome(path)
    letters = LETTERS["chr1"]
    peaks = sq.Intervals(["chr1"] * 3, [100, 200, 301], [140, 231, 311], strand=[".", "+", "-"], summit=[105, 230, 302])
    for length in (1, 20, 33):
        for anchor, middles in ((None, [105, 230, 302]), ("summit", [105, 230, 302]), ("center", [120, 215, 306])):
            got = sq.windows(genome, peaks, length, anchor)
            expected = [letters[m - length // 2 : m - length // 2 + length] for m in middles]
            assert got.strings() == [expected[0], expected[1], complement(expected[2])]
    some = sq.Intervals(["chr1", "chr1"], [100, 200], [141, 231], summit=[-1, 230])
    assert sq.windows(genome, some, 5)[0] == letters[118:123]
    with pytest.raises(ValueError, match="with summits, got none for interval 1 of 2"):
        sq.windows(genome, some, 5, "summit")
    with pytest.raises(ValueError, match="interval 2 of 2.*outside='pad'"):
        sq.windows(genome, [("chr1", 40, 50), ("chr1", 1, 3)], 6)
    assert sq.windows(genome, [("chr1", 1, 3), ("chr2", 4, 5)], 6, outside="pad").strings() == [
        padded(letters, -1, 5),
        padded("ACGTA", 1, 7),
    ]
    with pytest.raises(ValueError, match="length of at least 1, got 0"):
        sq.windows(genome, peaks, 0)
    with pytest.raises(TypeError, match="expected a Genome, got str"):
        sq.windows(str(path), peaks, 5)


def test_random_bytes_as_read_fasta_reads_them(tmp_path):
    """Whatever opens gives the records that read_fasta gives; whatever does not is an error of ours."""
    rng = np.random.default_rng(0)
    alphabet = np.frombuffer(b">\n\n\n\n\rACGTNacgtACGT x", np.uint8)
    path = tmp_path / "g.fa"
    opened = 0
    for _ in range(3000):
        path.write_bytes(b">a\n" * int(rng.integers(2)) + rng.choice(alphabet, rng.integers(1, 30)).tobytes())
        (tmp_path / "g.fa.fai").unlink(missing_ok=True)
        try:
            genome = sq.Genome(path)
            letters = [genome[name] for name in genome]
        except ValueError:
            continue
        seqs = sq.read_fasta(path)
        assert genome.names == seqs.ids and letters == seqs.strings()
        opened += len(letters)
    assert opened > 100


def test_random_indexes_never_read_outside(tmp_path):
    rng = np.random.default_rng(1)
    path = tmp_path / "g.fa"
    path.write_bytes(FORMS["plain"])
    sq.Genome(path)
    index = tmp_path / "g.fa.fai"
    good = index.read_text()
    for _ in range(300):
        fields = [line.split("\t") for line in good.splitlines()]
        fields[int(rng.integers(3))][int(rng.integers(1, 5))] = str(int(rng.integers(-5, 10 ** rng.integers(1, 19))))
        index.write_text("".join("\t".join(f) + "\n" for f in fields))
        genome = sq.Genome(path)
        # Either the change did no harm, or the index was built anew.
        assert genome["chr2"] == "ACGTA" and genome["chr1", 3:77] == LETTERS["chr1"][3:77]
