"""Motifs: files, matrices, and matches against enumeration of every word."""

import gzip
import io
import itertools

import numpy as np
import pytest

from genodl import sequence as sq

COUNTS = np.array([[10, 0, 5, 5], [0, 20, 0, 0], [1, 2, 3, 14], [5, 5, 5, 5], [0, 0, 12, 8.0]])
SITE = sq.Motif(COUNTS, name="site", id="X1")


def random_motif(rng, width):
    return sq.Motif(rng.gamma(0.4, size=(width, 4)) * 20 + 0.01, name=f"w{width}")


def test_matrices():
    np.testing.assert_allclose(SITE.ppm(), COUNTS / 20)
    np.testing.assert_allclose(SITE.ppm(4), (COUNTS + 1) / 24)
    background = np.array([0.3, 0.2, 0.2, 0.3])
    p = (COUNTS + 2 * background) / 22
    np.testing.assert_allclose(SITE.pwm(background, pseudocount=2), np.log2(p / background))
    assert np.isneginf(SITE.pwm(pseudocount=0)[1, 0])
    entropy = -(COUNTS / 20 * np.log2(np.where(COUNTS, COUNTS / 20, 1))).sum(1)
    np.testing.assert_allclose(SITE.information(), 2 - entropy, atol=1e-12)
    np.testing.assert_allclose(sq.Motif([background]).information(background), [0], atol=1e-12)
    assert len(SITE) == 5


def test_reverse_complement():
    turned = SITE.reverse_complement()
    np.testing.assert_array_equal(turned.counts[0], [8, 12, 0, 0])
    assert turned.reverse_complement() == SITE and turned != SITE


@pytest.mark.parametrize(
    ("row", "letter"),
    [
        ([9, 0, 0, 0], "A"),
        ([6, 3, 1, 0], "A"),
        ([5, 4, 1, 0], "M"),
        ([4, 0, 0, 4], "W"),
        ([4, 4, 4, 0], "V"),
        ([4, 4, 4, 1], "N"),
        ([3, 3, 3, 3], "N"),
        ([0, 1, 5, 5], "K"),
    ],
)
def test_consensus_letter(row, letter):
    assert sq.Motif([row]).consensus() == letter


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([[1, 2, 3]], r"shape \(width, 4\).*got \(1, 3\)"),
        ([1, 2, 3, 4], r"got \(4,\)"),
        (np.zeros((0, 4)), r"got \(0, 4\)"),
        ([[1, 2, 3, 4], [0, 0, 0, 0]], "not all 0.*position 2"),
        ([[1, -2, 3, 4]], "at least 0.*position 1"),
        ([[1, np.nan, 3, 4]], "position 1"),
    ],
)
def test_bad_counts(counts, words):
    with pytest.raises(ValueError, match=words):
        sq.Motif(counts)


MEME = """MEME version 4

ALPHABET= ACGT

strands: + -

MOTIF X1 site
letter-probability matrix: alength= 4 w= 5 nsites= 20 E= 0
 0.5 0 0.25 0.25
 0 1 0 0
 0.05 0.1 0.15 0.7
 0.25 0.25 0.25 0.25
 0 0 0.6 0.4

URL http://example.org

MOTIF X2
letter-probability matrix: alength= 4
1 0 0 0
"""
JASPAR = """>X1\tsite
A  [ 10 0 1 5 0 ]
C  [ 0 20 2 5 0 ]
G  [ 5 0 3 5 12 ]
T  [ 5 0 14 5 8 ]
>X2
A [20]
C [0]
G [0]
T [0]
"""
PFM = """>X1 site
10 0 1 5 0
0 20 2 5 0
5 0 3 5 12
5 0 14 5 8
>X2
20
0
0
0
"""
TRANSFAC = """AC X1
XX
ID site_id
NA site
P0 A C G T
01 10 0 5 5 N
02 0 20 0 0 C
03 1 2 3 14 T
04 5 5 5 5 N
05 0 0 12 8 K
XX
//
ID X2
PO T G C A
1 0 0 0 20
//
"""


@pytest.mark.parametrize("text", [MEME, JASPAR, PFM, TRANSFAC], ids=["meme", "jaspar", "pfm", "transfac"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_format_gives_the_same_motifs(tmp_path, text, line_end):
    data = text.replace("\n", line_end).encode()
    (tmp_path / "plain").write_bytes(data)
    (tmp_path / "packed").write_bytes(gzip.compress(data))
    for source in (tmp_path / "plain", tmp_path / "packed", io.BytesIO(data), io.StringIO(data.decode())):
        first, second = sq.read_motifs(source)
        np.testing.assert_allclose(first.counts, COUNTS, rtol=1e-12)
        assert (first.id, first.name) == ("X1", "site")
        assert second.id == "X2" and second.counts.tolist() == [[20, 0, 0, 0]]


def test_write_meme_and_read_back(tmp_path):
    motifs = [SITE, random_motif(np.random.default_rng(0), 12)]
    sq.write_meme(tmp_path / "out.meme", motifs, background=[0.3, 0.2, 0.2, 0.3])
    assert "A 0.3 C 0.2 G 0.2 T 0.3" in (tmp_path / "out.meme").read_text()
    back = sq.read_motifs(tmp_path / "out.meme")
    assert [(m.id, m.name) for m in back] == [("X1", "site"), ("w12", "w12")]
    for a, b in zip(motifs, back, strict=True):
        # Ten decimals are written.
        np.testing.assert_allclose(a.ppm(), b.ppm(), atol=1e-9)
    np.testing.assert_allclose(back[0].counts, COUNTS, atol=1e-7)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected a MEME, JASPAR or TRANSFAC file"),
        ("hello\n", "got 'hello' as the first line"),
        ("MEME version 4\n", "at least one motif, got none"),
        (MEME.replace("ACGT", "ACGU"), "the DNA alphabet ACGT"),
        (MEME.replace(" 0 1 0 0\n", " 0 1 0\n"), "4 numbers, got '0 1 0'.*line 10"),
        (MEME.replace("w= 5", "w= 6"), "4 numbers, got 'URL"),
        (MEME.replace("w= 5", "w= five"), "2 numbers"),
        (MEME.replace("0.05 0.1", "-0.05 0.1"), "motif 'X1' at line 8.*position 3"),
        (JASPAR.replace("G  [ 5 0 3 5 12 ]\n", ""), r"four rows \(A, C, G, T\).*line 1"),
        (JASPAR.replace("C  [", "G  [", 1), "the row of C.*line 3"),
        (JASPAR.replace("14 5 8", "14 5"), "5 numbers.*line 5"),
        (TRANSFAC.replace("P0 A C G T", "P0 A C G U"), "the columns A C G T.*line 5"),
        (TRANSFAC.replace("02 0 20 0 0 C", "02 0 20"), "4 numbers.*line 7"),
    ],
)
def test_bad_motif_files(tmp_path, text, words):
    path = tmp_path / "bad.txt"
    path.write_text(text)
    with pytest.raises(ValueError, match=words) as caught:
        sq.read_motifs(path)
    assert "bad.txt" in str(caught.value)


def rounded(motif, background):
    return np.rint(motif.pwm(background) / 0.01).astype(int)


@pytest.mark.parametrize("width", [1, 3, 4, 5, 7])
@pytest.mark.parametrize("background", [None, [0.4, 0.1, 0.2, 0.3]])
def test_p_values_are_those_of_all_words(width, background):
    """Truth: every word of that width with its probability, scores as whole numbers."""
    motif = random_motif(np.random.default_rng(width), width)
    frequency = np.array(background or [0.25] * 4)
    words = np.array(list(itertools.product(range(4), repeat=width)))
    scores = rounded(motif, background)[np.arange(width), words].sum(1)
    chances = frequency[words].prod(1)
    tail = np.array([chances[scores >= s].sum() for s in scores])

    strings = ["".join("ACGT"[b] for b in word) for word in words]
    hits = sq.scan(strings, motif, p_value=1, background=background, both_strands=False)
    assert hits.sequence.tolist() == list(range(4**width)) and hits.match == strings
    np.testing.assert_allclose(hits.p_value, tail, rtol=1e-9)
    np.testing.assert_allclose(hits.score, scores * 0.01, atol=1e-9)

    for p in (0.3, 0.05, *tail[:3]):
        rare = sq.scan(strings, motif, p_value=p, background=background, both_strands=False)
        # Sums in another order: what lies within rounding of the limit may fall on either side.
        surely, perhaps = (tail < p * (1 - 1e-9)).sum(), (tail <= p * (1 + 1e-9)).sum()
        assert surely <= len(rare) <= perhaps and (rare.p_value <= p * (1 + 1e-9)).all()


def plain_windows(strings, motif, both_strands):
    """(sequence, start, strand, exact score) of every window without ambiguous letters."""
    forward, reverse = motif.pwm(), motif.reverse_complement().pwm()
    for i, s in enumerate(strings):
        for start in range(len(s) - len(motif) + 1):
            word = s[start : start + len(motif)].upper()
            if set(word) <= set("ACGT"):
                columns = ["ACGT".index(c) for c in word]
                yield i, start, "+", sum(forward[j, c] for j, c in enumerate(columns))
                if both_strands:
                    yield i, start, "-", sum(reverse[j, c] for j, c in enumerate(columns))


@pytest.mark.parametrize("both_strands", [True, False])
def test_scan_and_best_scores_against_plain_python(both_strands):
    rng = np.random.default_rng(3)
    strings = ["".join(rng.choice(list("ACGTacgtN"), rng.integers(1, 120), p=[0.12] * 8 + [0.04])) for _ in range(40)]
    motifs = [random_motif(rng, width) for width in (1, 4, 6, 9, 11)]
    hits = sq.scan(strings, motifs, p_value=0.02, both_strands=both_strands)
    best = sq.motif_scores(strings, motifs, both_strands=both_strands)
    found = {(i, a, s, m): score for i, a, s, m, score in zip(
        hits.sequence.tolist(), hits.start.tolist(), hits.strand.tolist(), hits.motif.tolist(), hits.score, strict=True
    )}  # fmt: skip
    assert len(found) == len(hits) > 50
    for m, motif in enumerate(motifs):
        windows = list(plain_windows(strings, motif, both_strands))
        error = 0.005 * len(motif) + 1e-9  # half a step of rounding at every position
        scores = sorted((w[3] for w in windows), reverse=True)
        mine = {key: score for key, score in found.items() if key[3] == m}
        for i, start, strand, score in windows:
            if (i, start, strand, m) in mine:
                assert abs(mine[i, start, strand, m] - score) <= error
        # Hits are the best windows: none left out scores clearly above one taken.
        if mine:
            lowest = min(mine.values())
            surely = sum(s > lowest + 2 * error for s in scores)
            perhaps = sum(s >= lowest - 2 * error for s in scores)
            assert surely <= len(mine) <= perhaps
        for i in range(len(strings)):
            expected = max((w[3] for w in windows if w[0] == i), default=-np.inf)
            np.testing.assert_allclose(best[i, m], expected, rtol=1e-5, atol=1e-5)


def test_hits_are_ordered_and_spelled_as_the_motif_reads():
    hits = sq.scan(["GGTTTACCCTTTAAA", "TTTANACCC"], sq.Motif(np.eye(4)[[3, 3, 3, 0]], name="m"), p_value=0.01)
    assert list(zip(hits.sequence, hits.start, hits.end, hits.strand, hits.match, strict=True)) == [
        (0, 2, 6, "+", "TTTA"), (0, 9, 13, "+", "TTTA"), (0, 11, 15, "-", "TTTA"), (1, 0, 4, "+", "TTTA"),
    ]  # fmt: skip
    assert set(hits.motif_name) == {"m"} and hits.motif.tolist() == [0] * 4 and len(hits) == 4


def test_best_scores_without_a_window():
    scores = sq.motif_scores(["ACGTA", "ACG", "NNNNNN", "ACGTN"], SITE)
    assert np.isfinite(scores[0]) and np.isneginf(scores[1:]).all()
    assert sq.motif_scores("ACGTA", [SITE, SITE]).shape == (2,)


def test_no_hits():
    hits = sq.scan(["AAAA"], SITE, p_value=1e-4)
    assert len(hits) == 0 and hits.match == [] and hits.p_value.shape == (0,)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: sq.scan(["A"], SITE, p_value=0), ValueError, "p_value above 0"),
        (lambda: sq.scan(["A"], []), TypeError, "Motif objects, got none"),
        (lambda: sq.scan(["A"], ["SITE"]), TypeError, "Motif objects, got str"),
        (lambda: sq.scan(["A"], SITE, pseudocount=0), ValueError, "pseudocount above 0"),
        (lambda: sq.scan(["A"], SITE, background=[1, 1, 1, 1]), ValueError, "sum to 1"),
        (lambda: sq.motif_scores(["A"], SITE, background=[1, 0, 0, 0]), ValueError, "above 0"),
        (lambda: SITE.ppm(-1), ValueError, "pseudocount of at least 0"),
    ],
)
def test_refusals(call, error, words):
    with pytest.raises(error, match=words):
        call()
