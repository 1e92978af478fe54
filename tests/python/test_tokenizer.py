"""k-mer tokens; truth is Python's strings."""

import numpy as np
import pytest

from genodl import sequence as sq
from genome_files import random_letters


def plain_tokens(letters, k, step, tokenizer):
    vocabulary = {token: i for i, token in enumerate(tokenizer.vocabulary())}
    words = [letters[i : i + k].upper() for i in range(0, len(letters) - k + 1, step)]
    return [vocabulary.get(word, vocabulary["[UNK]"]) for word in words]


@pytest.mark.parametrize(("k", "step"), [(1, 1), (3, 1), (3, 2), (6, 1), (6, 6), (4, 3)])
@pytest.mark.parametrize("special", [False, True])
def test_tokens_against_strings(k, step, special):
    rng = np.random.default_rng(k)
    strings = [random_letters(rng, int(rng.integers(k, 60)), "ACGTacgtN") for _ in range(30)]
    tokenizer = sq.Tokenizer(k, step, special)
    ids = tokenizer.encode(strings)
    assert ids.dtype == np.int32 and tokenizer.vocabulary_size == len(tokenizer.vocabulary()) == 5 + 4**k
    for row, letters in zip(ids.tolist(), strings, strict=True):
        expected = plain_tokens(letters, k, step, tokenizer)
        expected = [2, *expected, 3] if special else expected
        assert row == expected + [0] * (len(row) - len(expected))
        assert tokenizer.encode(letters).tolist() == expected
    if not special:
        np.testing.assert_array_equal(sq.tokenize(strings, k, step), ids)


def test_every_kind_of_input():
    dna = sq.encode(["ACGTAC", "TTTNAA"])
    expected = sq.tokenize(["ACGTAC", "TTTNAA"], k=3)
    for x in (dna, dna.codes, sq.Sequences(["a", "b"], ["", ""], dna)):
        np.testing.assert_array_equal(sq.tokenize(x, k=3), expected)


@pytest.mark.parametrize(("k", "step"), [(3, 1), (4, 4), (5, 2)])
def test_decode(k, step):
    rng = np.random.default_rng(1)
    strings = [random_letters(rng, k + step * n, "ACGT") for n in (0, 3, 9)]
    for special in (False, True):
        tokenizer = sq.Tokenizer(k, step, special)
        assert tokenizer.decode(tokenizer.encode(strings)) == strings
    with pytest.raises(ValueError, match="whole numbers from 0 to"):
        tokenizer.decode([[5 + 4**k]])
    assert tokenizer.decode([[0, 0]]) == [""]


def test_config_round_trip():
    tokenizer = sq.Tokenizer(4, 2, True)
    assert repr(sq.Tokenizer.from_config(tokenizer.get_config())) == repr(tokenizer)


@pytest.mark.parametrize(("k", "step", "span"), [(6, 1, 6), (6, 6, 1), (6, 4, 2)])
def test_mask(k, step, span):
    tokenizer = sq.Tokenizer(k, step, special_tokens=True)
    rng = np.random.default_rng(0)
    ids = tokenizer.encode([random_letters(rng, 600, "ACGTN" * 20 + "N")[:600] for _ in range(1)] * 300)
    ids[:, -3:] = 0
    masked = tokenizer.mask(ids, rate=0.15, seed=4)
    hidden = masked.weights == 1
    ordinary = ids >= 5
    np.testing.assert_array_equal(masked.targets, ids)
    assert not hidden[~ordinary].any() and set(np.unique(masked.weights)) == {0, 1}
    np.testing.assert_array_equal(masked.inputs[~hidden], ids[~hidden])
    # About 300 * 500 / span independent spans: the share is within 5 standard errors.
    share = hidden[ordinary].mean()
    assert abs(share - 0.15) < 5 * np.sqrt(0.15 * 0.85 * span / ordinary.sum())
    kinds = [(masked.inputs[hidden] == 4).mean(), (masked.inputs[hidden] == ids[hidden]).mean()]
    # Overlapping spans take the kind of the later one: still the same shares. Random ids rarely hit.
    error = 5 * np.sqrt(0.25 * span / hidden.sum())
    assert abs(kinds[0] - 0.8) < error and abs(kinds[1] - 0.1) < error
    # Away from the ends and from what cannot be hidden, runs are at least a span long.
    if ordinary[0, 2 * span : -2 * span].all():
        for row in hidden[:, 2 * span : -2 * span]:
            edges = np.flatnonzero(np.diff(np.r_[0, row, 0]))
            assert all(b - a >= span for a, b in zip(edges[::2], edges[1::2]) if a > 0 and b < len(row))


def test_mask_is_repeatable():
    tokenizer = sq.Tokenizer(3)
    ids = tokenizer.encode(["ACGTACGTAA" * 5])
    first, again, other = (tokenizer.mask(ids, 0.4, seed=s).inputs.tolist() for s in (1, 1, 2))
    assert first == again != other
    plain = tokenizer.mask(ids, 0.4, seed=1, replace=(1, 0))
    assert (plain.inputs[plain.weights == 1] == 4).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: sq.Tokenizer(0), "k from 1 to 12, got 0"),
        (lambda: sq.Tokenizer(13), "k from 1 to 12"),
        (lambda: sq.Tokenizer(3, 4), "a step from 1 to k = 3, got 4"),
        (lambda: sq.tokenize(["ACGT", "AC"], 3), "at least k = 3 letters, got 2 in sequence 2 of 2"),
        (lambda: sq.tokenize("AC-T", 3), "got '-' at position 3"),
        (lambda: sq.Tokenizer(3).mask([5, 6]), r"shape \(n, tokens\), got \(2,\)"),
        (lambda: sq.Tokenizer(3).mask([[5, 6]], rate=1.5), "a rate between 0 and 1"),
        (lambda: sq.Tokenizer(3).mask([[5, 6]], replace=(0.9, 0.2)), "sum to at most 1"),
        (lambda: sq.Tokenizer(3).mask([[5, 6]], span=0), "span of at least 1"),
    ],
)
def test_refusals(call, words):
    with pytest.raises(ValueError, match=words):
        call()
