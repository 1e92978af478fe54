"""BED and narrowPeak files."""

import gzip
import io

import numpy as np
import pytest

from genodl import sequence as sq

NARROW = (
    "track name=peaks\n"
    "chr1\t100\t200\tp1\t500\t.\t7.5\t4.25\t2\t30\n"
    "# a comment\n"
    "\n"
    "chr2\t5\t25\tp2\t1000\t+\t3\t-1\t-1\t-1\n"
)
BED12 = "chr1\t10\t50\tgene\t900\t-\t12\t40\t255,0,0\t2\t5,6,\t0,34,\n"


def read(text):
    return sq.read_bed(io.StringIO(text))


@pytest.mark.parametrize("columns", [3, 4, 5, 6, 8, 9, 12])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_bed_of_every_width(columns, newline):
    line = "\t".join(BED12.strip().split("\t")[:columns])
    table = read("browser position chr1\n" + (line + newline) * 2)
    assert len(table) == 2 and table.chrom.tolist() == ["chr1"] * 2
    assert table.start.tolist() == [10, 10] and table.end.tolist() == [50, 50] and table.lengths.tolist() == [40, 40]
    assert table.name[0] == ("gene" if columns > 3 else "")
    assert table.score[0] == 900 if columns > 4 else np.isnan(table.score[0])
    assert table.strand[0] == ("-" if columns > 5 else ".")
    assert (table.summit == -1).all() and len(table.more) == max(0, columns - 6)
    if columns == 12:
        assert table.more["block_sizes"].tolist() == ["5,6,"] * 2


def test_blanks_between_columns():
    assert list(read("chr1 5 9\nchr2  7   8\n")) == [("chr1", 5, 9, "", "."), ("chr2", 7, 8, "", ".")]


def test_narrow_peak(tmp_path):
    path = tmp_path / "x.narrowPeak.gz"
    path.write_bytes(gzip.compress(NARROW.encode()))
    peaks = sq.read_bed(path)
    assert peaks.summit.tolist() == [130, -1] and peaks.name.tolist() == ["p1", "p2"]
    assert peaks.more["signal"].tolist() == [7.5, 3] and peaks.more["p_value"].tolist() == [4.25, -1]
    assert peaks.more["q_value"].tolist() == [2, -1] and peaks.strand.tolist() == [".", "+"]
    assert peaks.where(1) == f"{path}, line 5"
    strong = peaks[peaks.more["signal"] > 5]
    assert len(strong) == 1 and strong.summit.tolist() == [130] and strong.where(0) == f"{path}, line 2"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected intervals, got none"),
        ("# nothing\n", "expected intervals, got none"),
        ("chr1\t10\n", "chromosome, start and end, got 'chr1.t10' in .*line 1"),
        ("chr1\t1\t2\nchr1\t1\t2\tx\n", "3 columns as in line 1, got 4 in .*line 2"),
        ("chr1\t1\t2\nchr1\tone\t2\n", "a whole number as a start, got 'one' in .*line 2"),
        ("chr1\t1\t2.5\n", "a whole number as an end, got '2.5' in .*line 1"),
        ("#\nchr1\t5\t5\n", "a start from 0 on and an end above it, got 5 and 5 in .*line 2"),
        ("chr1\t-1\t5\n", "got -1 and 5 in .*line 1"),
        ("chr1\t1\t5\tx\tlots\n", "a number as a score, got 'lots' in .*line 1"),
        ("chr1\t1\t5\tx\t0\t*\n", r"strand '\+', '-' or '.', got \* in .*line 1"),
        (NARROW.replace("\t30\n", "\t100\n"), "a summit inside the interval, or -1, got 100 in .*line 2"),
        (NARROW.replace("7.5", "high"), "a number as signal, got 'high' in .*line 2"),
        (BED12.replace("5,6,", "5,"), "as many blocks as column 10 counts, got 2 and 5, in .*line 1"),
        (BED12.strip() + "\tmore\n", "3 to 12 columns, got 13 in .*line 1"),
        ("chr1\t1\t99999999999999999999\n", "a whole number as an end"),
    ],
)
def test_bad_files_are_explained(tmp_path, text, words):
    path = tmp_path / "bad.bed"
    path.write_text(text)
    with pytest.raises(ValueError, match=words) as caught:
        sq.read_bed(path)
    assert "bad.bed" in str(caught.value)


def test_truncated_gzip_and_missing_file(tmp_path):
    path = tmp_path / "cut.bed.gz"
    path.write_bytes(gzip.compress(("chr1\t1\t2\n" * 5000).encode())[:-12])
    with pytest.raises(ValueError, match="truncated or damaged one in .*cut.bed.gz after line"):
        sq.read_bed(path)
    with pytest.raises(FileNotFoundError, match="which does not exist"):
        sq.read_bed(tmp_path / "none.bed")
    with pytest.raises(IsADirectoryError, match="got the folder"):
        sq.read_bed(tmp_path)


def test_errors_of_a_genome_name_the_line_of_the_file(tmp_path):
    from genome_files import write_genome

    genome = write_genome(tmp_path, {"chr1": "ACGT" * 10})
    path = tmp_path / "peaks.bed"
    path.write_text("# one\nchr1\t1\t20\nchr1\t30\t60\n")
    with pytest.raises(ValueError, match=r"got 30 to 60 \(.*peaks.bed, line 3\)"):
        genome.fetch_many(sq.read_bed(path))
    with pytest.raises(ValueError, match=r"got -5 to 25 \(.*peaks.bed, line 2, and 1 more\)"):
        sq.windows(genome, sq.read_bed(path), 30)
    path.write_text("chr1\t1\t20\n1\t3\t6\n")
    with pytest.raises(ValueError, match=r"got '1' \(.*peaks.bed, line 2\). There it is called 'chr1'"):
        genome.fetch_many(sq.read_bed(path))


def test_intervals_refuse_by_name():
    with pytest.raises(ValueError, match="got 5 to 3 as interval 1 of 1"):
        sq.Intervals(["a"], [5], [3])
    with pytest.raises(ValueError, match="2 values as start, got shape"):
        sq.Intervals(["a", "b"], [5], [6, 7])
    with pytest.raises(ValueError, match="strand '.', '-' or '.', got 'x' as interval 1"):
        sq.Intervals(["a"], [5], [6], strand=["x"])
    with pytest.raises(ValueError, match="whole numbers as start"):
        sq.Intervals(["a"], [5.5], [6])
