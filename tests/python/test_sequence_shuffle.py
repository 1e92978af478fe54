"""Shuffles: counts kept exactly, and every valid result equally often."""

from collections import Counter

import numpy as np
import pytest

import genodl as gd
from genodl import sequence as sq

stats = pytest.importorskip("scipy.stats")


def kmers(s, k):
    return Counter(s[i : i + k] for i in range(len(s) - k + 1))


def all_shuffles(s, k):
    """Every string with the k-mer counts of s and its first and last (k-1)-mer, by depth-first search."""
    left = kmers(s, k)
    found = []

    def grow(prefix):
        if len(prefix) == len(s):
            if prefix[len(s) - k + 1 :] == s[len(s) - k + 1 :]:
                found.append(prefix)
            return
        for base in "ACGT":
            word = (prefix + base)[-k:]
            if len(word) == k and left[word]:
                left[word] -= 1
                grow(prefix + base)
                left[word] += 1

    if k == 1:
        return sorted(permutations_of(Counter(s)))
    grow(s[: k - 1])
    return found


def permutations_of(left):
    if not any(left.values()):
        return [""]
    return [b + rest for b in sorted(left) if left[b] for rest in permutations_of(left - Counter(b))]


@pytest.mark.parametrize(
    ("text", "k", "outcomes"),
    [
        ("AACGT", 1, 60),
        ("CATGTTAGCG", 2, 24),
        ("GGTCGAGCATA", 2, 108),
        ("GTGTGCATCGAG", 2, 132),
        ("TAGAGACGCGTC", 2, 42),
        ("GATTACAGATTACA", 2, 90),
        ("AAAACAAGAAT", 2, None),
        ("ACGACTACGTACGAC", 3, None),
        ("AACAAGAACAATAACAA", 3, None),
        ("ACGTCACGTGACGTAACGTC", 4, None),
        ("ACGTCAACGTCGACGTCTACGTCC", 5, None),
    ],
)
def test_uniform_over_all_valid_shuffles(text, k, outcomes):
    valid = all_shuffles(text, k)
    assert len(valid) == len(set(valid)) > 1 and text in valid
    assert outcomes is None or len(valid) == outcomes
    # 200 expected in each cell; the seed is fixed, so that 1e-4 is met by luck never and by error always.
    draws = Counter(sq.shuffle([text], k=k, seed=7, copies=200 * len(valid)))
    assert set(draws) == set(valid)
    p = stats.chisquare([draws[s] for s in valid]).pvalue
    assert p > 1e-4


def test_strings_above_tell_the_common_way_from_the_right_one():
    """Last exits left as they are, as many tools do, would reach few of the valid shuffles."""

    def last_exits(s):
        return {b: s[s.rindex(b, 0, -1) + 1] for b in set(s[:-1]) - {s[-1]}}

    for text, share in (("GGTCGAGCATA", 1 / 8), ("GTGTGCATCGAG", 1 / 8), ("TAGAGACGCGTC", 1 / 8)):
        valid = all_shuffles(text, 2)
        reached = [s for s in valid if last_exits(s) == last_exits(text)]
        assert 0 < len(reached) < share * len(valid)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 6, 10, 31])
def test_counts_and_ends_are_kept(k):
    rng = np.random.default_rng(k)
    strings = ["".join(rng.choice(list("ACGT"), rng.integers(1, 400), p=[0.4, 0.1, 0.1, 0.4])) for _ in range(40)]
    strings += ["A" * 50, "ACGT" * 20, "A" * k, "AC" * k]
    after = sq.shuffle(strings, k=k, seed=3)
    for a, b in zip(strings, after, strict=True):
        assert kmers(a, k) == kmers(b, k)
        assert a[: k - 1] == b[: k - 1] and a[len(a) - k + 1 :] == b[len(b) - k + 1 :]
    if k <= 4:
        assert sum(a != b for a, b in zip(strings[:40], after[:40], strict=True)) > 30


def test_ambiguous_letters_stay_and_stretches_are_shuffled_apart():
    text = "ACGATTACAGATTAC" + "NNR" + "GGATCCATGCATTGC" + "N"
    for after in sq.shuffle([text] * 20, k=2, seed=1):
        assert after[15:18] == "NNR" and after[-1] == "N"
        assert kmers(after[:15], 2) == kmers(text[:15], 2) and kmers(after[18:-1], 2) == kmers(text[18:-1], 2)
    with pytest.raises(ValueError, match="an ambiguous letter at position 16 of sequence 2 of 2"):
        sq.shuffle(["ACGT", text], ambiguous="error")


def test_soft_masked_letters():
    text = "ACGATTACAGATTACAggatccatgcattgcACGTTGCAAC"
    upper = text.upper()
    shuffled = sq.shuffle([text], k=2, seed=1)[0]
    assert shuffled.isupper() and kmers(shuffled, 2) == kmers(upper, 2)
    kept = sq.shuffle(sq.encode([text]), k=2, seed=1, copies=3, masked="keep")
    for after in kept.strings():
        assert after[16:31] == text[16:31] and after != text and kmers(after[:16], 2) == kmers(text[:16], 2)
    with pytest.raises(ValueError, match="a soft-masked letter at position 17 of sequence 1 of 1"):
        sq.shuffle([text], masked="error")


def test_seed_decides_and_rows_do_not_depend_on_their_neighbours():
    rng = np.random.default_rng(0)
    strings = ["".join(rng.choice(list("ACGT"), 300)) for _ in range(200)]
    once = sq.shuffle(strings, seed=5)
    assert once == sq.shuffle(strings, seed=5) != sq.shuffle(strings, seed=6)
    assert once[:7] == sq.shuffle(strings[:7], seed=5)
    assert sq.shuffle(strings) != sq.shuffle(strings)
    assert sq.shuffle(strings, seed=-1) == sq.shuffle(strings, seed=-1)
    gd.set_seed(3)
    after_set_seed = sq.shuffle(strings)
    gd.set_seed(3)
    assert sq.shuffle(strings) == after_set_seed


def test_same_letters_for_any_number_of_threads():
    rng = np.random.default_rng(0)
    dna = sq.DNA(1 << rng.integers(0, 4, (500, 200)))
    before = gd.get_threads()
    try:
        results = []
        for threads in (1, 2, 3):
            gd.set_threads(threads)
            results.append(sq.shuffle(dna, k=3, seed=2, copies=2).codes)
    finally:
        gd.set_threads(before)
    assert (results[0] == results[1]).all() and (results[0] == results[2]).all()


def test_kinds_and_copies():
    strings = ["ACGATTACAGATTACA", "TTGACCATTGACCAGT"]
    dna = sq.encode(strings)
    three = sq.shuffle(dna, seed=1, copies=3)
    assert isinstance(three, sq.DNA) and three.shape == (6, 16)
    assert all(kmers(three[i], 2) == kmers(strings[i // 3], 2) for i in range(6))
    assert (sq.shuffle(dna.codes, seed=1, copies=3) == three.codes).all()
    assert sq.shuffle(strings, seed=1, copies=3) == three.strings()
    assert isinstance(sq.shuffle(strings[0], seed=1), str)
    named = sq.shuffle(sq.Sequences(["a", "b"], ["d", ""], ["ACGTTGCA", "ACG"]), seed=1, copies=2)
    assert named.ids == ["a_1", "a_2", "b_1", "b_2"] and named.descriptions == ["d", "d", "", ""]
    assert named.lengths.tolist() == [8, 8, 3, 3]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"k": 0}, "expected k from 1 to 31, got 0"),
        ({"k": 32}, "got 32"),
        ({"copies": 0}, "copies of at least 1"),
        ({"ambiguous": "drop"}, "ambiguous='keep' or 'error'"),
        ({"masked": "drop"}, "masked='shuffle', 'keep' or 'error'"),
    ],
)
def test_refusals(arguments, words):
    with pytest.raises(ValueError, match=words):
        sq.shuffle(["ACGT"], **arguments)
    with pytest.raises(TypeError, match="an integer as seed, got float"):
        sq.shuffle(["ACGT"], seed=1.5)
