"""Duplicates and reverse-complement twins across a split."""

import numpy as np

from genodl import sequence as sq
from genome_files import complement, random_letters


def test_against_plain_python():
    rng = np.random.default_rng(0)
    train = [random_letters(rng, 5, "ACGTac") for _ in range(300)]
    test = [random_letters(rng, 5, "ACGTac") for _ in range(200)]
    upper = [s.upper() for s in train]
    found = sq.check_leakage(train, test)
    same, twins = [], []
    for i, letters in enumerate(s.upper() for s in test):
        if letters in upper:
            same.append([upper.index(letters), i])
        twin = complement(letters)
        if twin in upper and twin != letters:
            twins.append([upper.index(twin), i])
    assert found.duplicates.tolist() == same and found.reverse_complements.tolist() == twins
    assert len(same) > 5 and len(twins) > 5 and found
    expected = sorted({i for _, i in same + twins})
    assert found.test_indices.tolist() == expected
    assert repr(found).startswith(f"Leakage: {len(expected)} of 200 test sequences are in the training set")


def test_nothing_found():
    found = sq.check_leakage(sq.encode(["ACGTA"]), sq.encode(["ACGTC"]))
    assert not found and len(found.test_indices) == 0
    assert repr(found) == "Leakage: none of 1 test sequences is in the training set"


def test_every_kind_and_other_lengths():
    train = sq.Sequences(["a", "b"], ["", ""], ["ACGGT", "TTG"])
    assert sq.check_leakage(train, ["CAA", "ACGG", "aCGGT"]).test_indices.tolist() == [0, 2]
    dna = sq.encode(["ACGGT", "GGGGG"])
    assert sq.check_leakage(dna.codes, dna).duplicates.tolist() == [[0, 0], [1, 1]]


def test_palindromes_are_duplicates_only():
    found = sq.check_leakage(["ACGT"], ["ACGT"])
    assert len(found.duplicates) == 1 and len(found.reverse_complements) == 0


def test_taking_them_out_removes_the_leak():
    rng = np.random.default_rng(1)
    train = sq.encode([random_letters(rng, 4, "ACGT") for _ in range(60)])
    test = sq.encode([random_letters(rng, 4, "ACGT") for _ in range(60)])
    rest = np.setdiff1d(np.arange(60), sq.check_leakage(train, test).test_indices)
    assert len(rest) < 60 and not sq.check_leakage(train, test[rest])
