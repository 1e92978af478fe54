"""DNA, encoding, composition: against plain Python on strings."""

import pickle

import numpy as np
import pytest

from genodl import sequence as sq

IUPAC = {
    "A": "A", "C": "C", "G": "G", "T": "T", "U": "T", "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT",
    "M": "AC", "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}  # fmt: skip
COMPLEMENT = dict(zip("ACGTRYSWKMBDHVN", "TGCAYRSWMKVHDBN", strict=True))


def random_strings(rng, n, low, high, letters="ACGTacgtNRY"):
    return ["".join(rng.choice(list(letters), rng.integers(low, high + 1))) for _ in range(n)]


@pytest.mark.parametrize("letter", IUPAC)
def test_every_letter_is_its_set_of_bases(letter):
    expected = [(base in IUPAC[letter]) / len(IUPAC[letter]) for base in "ACGT"]
    for text in (letter, letter.lower()):
        dna = sq.encode([text])
        np.testing.assert_allclose(dna.one_hot("float64")[0, 0], expected, rtol=1e-15)
        assert dna.codes[0, 0] == sum(1 << "ACGT".index(base) for base in IUPAC[letter])
        assert (dna.soft_mask is not None) == text.islower()


def test_any_other_letter_is_named():
    for code in set(range(33, 256)) - {ord(c) for c in "".join(IUPAC) + "".join(IUPAC).lower()}:
        with pytest.raises(ValueError, match="at position 3 of sequence 2 of 2"):
            sq.encode(["ACGT", "AC" + chr(code) + "T"])
    with pytest.raises(ValueError, match="'é' at position 2 of sequence 1 of 1"):
        sq.encode(["Aé"])


def test_n_as_zero():
    assert sq.one_hot("AN", n="zero").tolist() == [[1, 0, 0, 0], [0, 0, 0, 0]]
    assert sq.one_hot("AN").tolist() == [[1, 0, 0, 0], [0.25] * 4]
    with pytest.raises(ValueError, match="'quarter' or n='zero'"):
        sq.one_hot("AN", n="none")


def test_one_hot_integers_refuse_fractions():
    assert sq.one_hot(["ACGT"], dtype="int8").dtype == np.int8
    assert sq.one_hot("NA", dtype="uint8", n="zero").tolist() == [[0, 0, 0, 0], [1, 0, 0, 0]]
    with pytest.raises(ValueError, match="expected a float dtype"):
        sq.one_hot("NA", dtype="uint8")


def test_round_trips():
    strings = random_strings(np.random.default_rng(0), 20, 50, 50)
    dna = sq.encode(strings)
    assert dna.strings() == strings == sq.decode(dna) == list(dna)
    upper = [s.upper() for s in strings]
    assert sq.decode(sq.one_hot(strings)) == upper
    assert sq.decode(dna.codes) == upper
    assert sq.decode(sq.one_hot(strings[0])) == upper[0]
    assert sq.decode("acGT") == "acGT"
    assert pickle.loads(pickle.dumps(dna)) == dna


def test_decode_refuses_probabilities():
    ppm = np.full((2, 5, 4), 0.25)
    ppm[1, 2] = [0.7, 0.1, 0.1, 0.1]
    with pytest.raises(ValueError, match=r"0\.7.* at position 3 of sequence 2 of 2"):
        sq.decode(ppm)
    ppm[0, 0] = np.nan
    with pytest.raises(ValueError, match="position 1 of sequence 1"):
        sq.decode(ppm)
    with pytest.raises(ValueError, match="last axis"):
        sq.decode(np.zeros((2, 4, 5)))


def test_dna_behaves_as_an_array():
    dna = sq.encode(["ACGT", "ttNR", "GGGG"])
    assert len(dna) == 3 and dna.shape == (3, 4) and dna.ndim == 2 and dna.dtype == np.uint8 and dna.size == 12
    assert dna[1] == "ttNR" and dna[-1] == "GGGG" and dna[1, 3] == "R" and dna[1, 1:] == "tNR"
    assert dna[[2, 0]].strings() == ["GGGG", "ACGT"]
    assert dna[np.array([True, False, True])].strings() == ["ACGT", "GGGG"]
    assert dna[:, ::-1].strings() == ["TGCA", "RNtt", "GGGG"]
    assert dna[::2, 1:3].strings() == ["CG", "GG"]
    assert len(dna[:0]) == 0 and dna[:0].one_hot().shape == (0, 4, 4)
    assert np.asarray(dna).tolist() == dna.codes.tolist()
    assert np.asarray(dna, dtype=np.int64).dtype == np.int64
    with pytest.raises(IndexError):
        dna[3]
    with pytest.raises(IndexError, match="range of letters"):
        dna[:, 2]


def test_dna_equality_sees_letters_shape_and_mask():
    dna = sq.encode(["ACGT", "TTTT"])
    assert dna == sq.encode(["ACGT", "TTTT"])
    assert dna != sq.encode(["ACGT", "TTTA"])
    assert dna != dna[:1] and dna != sq.encode(["acgt", "TTTT"]) and dna != "ACGT"
    assert dna == sq.DNA(dna.codes, np.zeros((2, 4), bool))


def test_dna_refuses_what_is_no_code():
    with pytest.raises(ValueError, match=r"shape \(n, length\), got \(4,\)"):
        sq.DNA([1, 2, 4, 8])
    with pytest.raises(ValueError, match="from 0 to 15.*got values from 1 to 65"):
        sq.DNA([[1, 65]])
    with pytest.raises(ValueError, match="got dtype float64"):
        sq.DNA([[1.0, 2.0]])
    with pytest.raises(ValueError, match="soft mask of shape"):
        sq.DNA([[1, 2]], [[True]])


def test_encode_refuses_by_name():
    with pytest.raises(ValueError, match="of one length, got 4 letters in sequence 1 and 3 in sequence 3 of 3"):
        sq.encode(["ACGT", "ACGT", "ACG"])
    with pytest.raises(ValueError, match="empty one as sequence 2 of 2"):
        sq.encode(["ACGT", ""])
    with pytest.raises(ValueError, match="at least one sequence"):
        sq.encode([])
    with pytest.raises(TypeError, match="got float as sequence 1"):
        sq.encode([1.5])
    with pytest.raises(TypeError, match="got int"):
        sq.encode(5)


def test_kinds_of_strings():
    expected = sq.encode(["ACGT", "TTTT"])
    assert sq.encode([b"ACGT", b"TTTT"]) == expected
    assert sq.encode(np.array(["ACGT", "TTTT"])) == expected
    assert sq.encode(np.array(["ACGT", "TTTT"], dtype=object)) == expected
    assert sq.encode(s for s in ("ACGT", "TTTT")) == expected
    assert sq.encode("ACGT") == expected[:1]
    assert sq.encode(expected) is expected


def test_concatenate():
    joined = sq.concatenate([sq.encode(["ACGT"]), sq.encode(["aaNN", "GGGG"])])
    assert joined.strings() == ["ACGT", "aaNN", "GGGG"]
    with pytest.raises(ValueError, match=r"one length, got lengths \[3, 4\]"):
        sq.concatenate([sq.encode(["ACGT"]), sq.encode(["ACG"])])


def test_reverse_complement_of_every_kind():
    strings = random_strings(np.random.default_rng(1), 30, 20, 20, "ACGTRYSWKMBDHVNacgt")

    def plain(s):
        return "".join(COMPLEMENT[c.upper()].lower() if c.islower() else COMPLEMENT[c] for c in reversed(s))

    expected = [plain(s) for s in strings]
    dna = sq.encode(strings)
    assert sq.reverse_complement(strings) == expected
    assert sq.reverse_complement(strings[0]) == expected[0]
    assert sq.reverse_complement(dna).strings() == expected
    assert sq.reverse_complement(dna.codes).tolist() == sq.encode(expected).codes.tolist()
    ragged = sq.Sequences(["a", "b"], ["", "x"], ["AAc", "GATTACA"])
    turned = sq.reverse_complement(ragged)
    assert turned.strings() == ["gTT", "TGTAATC"] and turned.ids == ["a", "b"] and turned.descriptions == ["", "x"]
    # One-hot of the other strand is the one-hot turned along both axes.
    np.testing.assert_array_equal(sq.reverse_complement(dna).one_hot(), dna.one_hot()[:, ::-1, ::-1])


def test_reverse_complement_of_views():
    dna = sq.encode(["ACGTACGT", "ttttNNNN"])
    assert sq.reverse_complement(dna[:, ::2]).strings() == sq.reverse_complement(["AGAG", "ttNN"])


def test_gc_content():
    assert sq.gc_content("GGCA") == 0.75
    np.testing.assert_allclose(sq.gc_content(["gcNN", "AASS", "RRRR", "BAAA"]), [1, 0.5, 0.5, 2 / 3 / 4])
    assert np.isnan(sq.gc_content("NNN"))
    assert sq.gc_content(sq.Sequences(["a", "b"], ["", ""], ["GC", "ATG"])).tolist() == [1, 1 / 3]


@pytest.mark.parametrize("k", [1, 2, 3, 5])
@pytest.mark.parametrize("both_strands", [False, True])
def test_kmer_counts(k, both_strands):
    strings = random_strings(np.random.default_rng(k), 15, 1, 80)
    names = sq.kmer_names(k, both_strands)
    expected = np.zeros((len(strings), len(names)), int)
    for row, s in zip(expected, strings, strict=True):
        for i in range(len(s) - k + 1):
            word = s[i : i + k].upper()
            if set(word) <= set("ACGT"):
                other = "".join(COMPLEMENT[c] for c in reversed(word))
                row[names.index(min(word, other) if both_strands else word)] += 1
    counts = sq.kmer_counts(strings, k, both_strands=both_strands)
    np.testing.assert_array_equal(counts, expected)
    shares = sq.kmer_counts(strings, k, both_strands=both_strands, normalize=True)
    np.testing.assert_allclose(shares, expected / np.maximum(expected.sum(1, keepdims=True), 1))


def test_kmer_counts_of_both_strands_are_those_of_the_other_strand():
    dna = sq.encode(random_strings(np.random.default_rng(5), 10, 60, 60))
    np.testing.assert_array_equal(sq.kmer_counts(dna, 4), sq.kmer_counts(sq.reverse_complement(dna), 4))


@pytest.mark.parametrize("k", [0, 13, 2.0, "2"])
def test_kmer_counts_refuse_k(k):
    with pytest.raises(ValueError, match="expected k from 1 to 12"):
        sq.kmer_counts(["ACGT"], k)


def test_sequences():
    named = sq.Sequences(["a", "b", "c"], ["", "two words", ""], ["ACGTA", "cgt", "GGGGG"])
    assert len(named) == 3 and named.lengths.tolist() == [5, 3, 5]
    assert named[1] == sq.Record("b", "two words", "cgt") and named[-1].id == "c"
    assert [record.sequence for record in named] == ["ACGTA", "cgt", "GGGGG"]
    assert named[1:].strings() == ["cgt", "GGGGG"] and named[[2, 0]].ids == ["c", "a"]
    assert named[named.lengths == 5].dna.strings() == ["ACGTA", "GGGGG"]
    assert named[::-1].strings() == ["GGGGG", "cgt", "ACGTA"] and len(named[2:1]) == 0
    with pytest.raises(ValueError, match="got 5 letters in 'a' and 3 in 'b'"):
        named.dna  # noqa: B018
    with pytest.raises(IndexError):
        named[3]
    with pytest.raises(ValueError, match="got 1 ids, 2 descriptions and 1 sequences"):
        sq.Sequences(["a"], ["", ""], ["ACGT"])
