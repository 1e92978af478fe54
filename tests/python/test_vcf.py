"""VCF files in."""

import gzip
import io

import pytest

from genodl import sequence as sq

HEADER = "##fileformat=VCFv4.2\n##source=hand\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
BODY = (
    "chr1\t10\trs1\tA\tG\t.\tPASS\t.\n"
    "chr1\t10\t.\tAC\tA,ACT,<DEL>,*\t.\t.\tX=1;Y\n"
    "chr1\t20\t.\tg\tt\t9\t.\t.\n"
    "chr2\t5\tbnd\tT\tT[chr1:7[,.TC\t.\t.\t.\n"
    "chr2\t6\t.\tC\t.\t.\t.\t.\n"
    "chr2\t6\t.\tC\t<INS>\t.\t.\t.\n"
    "chr2\t9\t.\tC\tCTTAN\t.\t.\t.\n"
)
EXPECTED = [
    ("chr1", 10, "A", "G", "rs1"),
    ("chr1", 10, "AC", "A", ""),
    ("chr1", 10, "AC", "ACT", ""),
    ("chr1", 20, "G", "T", ""),
    ("chr2", 9, "C", "CTTAN", ""),
]
SKIPPED = {"symbolic": 2, "overlapping deletion": 1, "breakend": 2, "none": 1}


def read(text, **options):
    return sq.read_vcf(io.StringIO(text), **options)


@pytest.mark.parametrize("form", ["plain", "windows", "gzip", "mark", "no last newline"])
def test_records_from_every_form(tmp_path, form):
    text = HEADER + BODY
    data = {
        "plain": text.encode(),
        "windows": text.replace("\n", "\r\n").encode(),
        "gzip": gzip.compress(text.encode()),
        "mark": b"\xef\xbb\xbf" + text.encode(),
        "no last newline": text.rstrip("\n").encode(),
    }[form]
    path = tmp_path / "x.vcf"
    path.write_bytes(data)
    for source in (path, str(path), io.BytesIO(data)):
        variants = sq.read_vcf(source)
        assert list(variants) == EXPECTED and variants.skipped == SKIPPED
    assert sq.read_vcf(path).where(4) == f"{path}, line 10"
    assert repr(variants) == "Variants: 5 (2 symbolic, 1 overlapping deletion, 2 breakend, 1 none left out)"


def test_in_chunks():
    chunks = list(read(HEADER + BODY, chunk=2))
    assert [v for chunk in chunks for v in chunk] == EXPECTED
    assert [len(c) for c in chunks] == [3, 2]  # a record is not cut
    assert sum(sum(c.skipped.values()) for c in chunks) == sum(SKIPPED.values())
    assert [len(c) for c in read(HEADER, chunk=2)] == [0]
    assert len(read(HEADER)) == 0


def test_reads_no_further_than_asked():
    """A generator behind the file shows how many lines were taken."""
    taken = []

    class Lines(io.RawIOBase):
        def __iter__(self):
            for i, line in enumerate(HEADER.splitlines(True) + [f"chr1\t{i + 1}\t.\tA\tC\n" for i in range(1000)]):
                taken.append(i)
                yield line.encode()

        def read(self, n=-1):
            raise AssertionError("read as a whole")

    first = next(sq.read_vcf(Lines(), chunk=10))
    assert len(first) == 10 and len(taken) < 20


def test_records_with_their_text():
    headers = []
    records = list(sq.read_vcf_records(io.StringIO(HEADER + BODY), headers.append))
    assert "\n".join(headers) + "\n" == HEADER
    assert [r.text for r in records] == BODY.splitlines()
    assert [len(r.variants) for r in records] == [1, 2, 1, 0, 0, 0, 1]
    assert records[1].skipped == ["symbolic", "overlapping deletion"] and records[0].number == 4


def test_unsorted_on_request():
    text = HEADER + "2\t9\t.\tA\tC\n2\t5\t.\tA\tC\n1\t5\t.\tA\tC\n2\t7\t.\tA\tC\n"
    assert [v.pos for v in read(text, require_sorted=False)] == [9, 5, 5, 7]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the header line '#CHROM POS ID REF ALT ...', got none"),
        (BODY, "the header line .* before records, got 'chr1.*line 1"),
        ("##fileformat=BEDv1\n", "VCF version 4, got BEDv1 in .*line 1"),
        ("##fileformat=VCFv4.1\n#CHROM POS ID REF ALT\n", "columns #CHROM POS ID REF ALT between tabs.*line 2"),
        (HEADER + "chr1 10 . A C\n", "CHROM, POS, ID, REF and ALT between tabs, got 'chr1 10 . A C' in .*line 4"),
        (HEADER + "chr1\tten\t.\tA\tC\n", "a whole number as POS, got 'ten' in .*line 4"),
        (HEADER + "chr1\t-1\t.\tA\tC\n", "a whole number as POS, got '-1'"),
        (HEADER + "chr1\t0\t.\tA\tC\n", "POS from 1 on, got 0 in .*line 4"),
        (HEADER + "chr1\t1\t.\tA-\tC\n", "letters as REF, got 'A-' in .*line 4"),
        (HEADER + "chr1\t1\t.\t\tC\n", "letters as REF, got ''"),
        (HEADER + "chr1\t1\t.\tA\tC,\n", "or '.' as ALT, got '' in .*line 4"),
        (HEADER + "chr1\t1\t.\tA\tdel5\n", "as ALT, got 'del5' in .*line 4"),
        (HEADER + BODY + "chr2\t3\t.\tA\tC\n", "sorted records, got chr2:3 after chr2:9 in .*line 11"),
        (HEADER + BODY + "chr1\t3\t.\tA\tC\n", "sorted records, got chr1 again after chr2 in .*line 11"),
    ],
)
def test_bad_files_are_explained(tmp_path, text, words):
    path = tmp_path / "bad.vcf"
    path.write_text(text)
    with pytest.raises(ValueError, match=words) as caught:
        sq.read_vcf(path)
    assert "bad.vcf" in str(caught.value)


def test_a_long_file_with_one_bad_line_at_the_end(tmp_path):
    path = tmp_path / "long.vcf"
    lines = "".join(f"chr1\t{i + 1}\t.\tA\tC\n" for i in range(100_000))
    path.write_text(HEADER + lines + "chr1\t200000\t.\tA\n")
    with pytest.raises(ValueError, match="got 'chr1.*in .*long.vcf, line 100004"):
        for chunk in sq.read_vcf(path, chunk=10_000):
            assert len(chunk)


def test_truncated_gzip_and_missing_file(tmp_path):
    path = tmp_path / "cut.vcf.gz"
    lines = "".join(f"chr1\t{i + 1}\t.\tA\tC\n" for i in range(5000))
    path.write_bytes(gzip.compress((HEADER + lines).encode())[:-20])
    with pytest.raises(ValueError, match="truncated or damaged one in .*cut.vcf.gz after line"):
        sq.read_vcf(path)
    with pytest.raises(FileNotFoundError, match="which does not exist"):
        sq.read_vcf(tmp_path / "none.vcf")


def test_bcf_and_regions(tmp_path):
    pysam = pytest.importorskip("pysam")
    pytest.importorskip("pysam.bcftools")
    plain = tmp_path / "x.vcf"
    contigs = "##contig=<ID=chr1,length=100>\n##contig=<ID=chr2,length=100>\n"
    info = '##INFO=<ID=X,Number=1,Type=Integer,Description="x">\n##INFO=<ID=Y,Number=0,Type=Flag,Description="y">\n'
    symbolic = '##ALT=<ID=DEL,Description="d">\n##ALT=<ID=INS,Description="i">\n'
    plain.write_text(HEADER.replace("##source=hand\n", contigs + info + symbolic) + BODY)
    binary = tmp_path / "x.bcf"
    pysam.bcftools.view("-Ob", "-o", str(binary), str(plain), catch_stdout=False)
    variants = sq.read_vcf(binary)
    assert list(variants) == EXPECTED and variants.skipped == SKIPPED
    packed = str(tmp_path / "y.vcf.gz")
    pysam.tabix_compress(str(plain), packed)
    pysam.tabix_index(packed, preset="vcf")
    assert [v[:4] for v in sq.read_vcf(packed, region="chr1:15-30")] == [EXPECTED[3][:4]]
    with pytest.raises(ValueError, match="with an index beside it, got .*x.vcf"):
        sq.read_vcf(plain, region="chr1:15-30")


def test_bcf_without_pysam(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pysam", None)
    path = tmp_path / "x.bcf"
    path.write_bytes(gzip.compress(b"BCF\x02\x02"))
    with pytest.raises(ImportError, match="needs pysam to read BCF of .*x.bcf. Install it: pip install pysam"):
        sq.read_vcf(path)
    with pytest.raises(ImportError, match="needs pysam to read a region"):
        sq.read_vcf(path, region="chr1:1-2")
