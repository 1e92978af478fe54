"""Background intervals: each promise checked on letters written by hand."""

import warnings

import numpy as np
import pytest

from genodl import sequence as sq
from genome_files import gc_share, random_letters, write_genome


def mosaic(rng, blocks, size=50):
    """Stretches of different GC and masking, so that matching means something."""
    out = []
    for _ in range(blocks):
        gc = rng.uniform(0.2, 0.8)
        letters = "".join(rng.choice(list("ACGT"), size, p=[(1 - gc) / 2, gc / 2, gc / 2, (1 - gc) / 2]))
        out.append(letters.lower() if rng.random() < 0.4 else letters)
    return "".join(out)


@pytest.fixture(scope="module")
def letters():
    rng = np.random.default_rng(0)
    one, two = mosaic(rng, 1500), mosaic(rng, 800)
    return {"chr1": one[:30000] + "N" * 500 + one[30000:], "chr2": two, "chr3": mosaic(rng, 400)}


@pytest.fixture
def genome(tmp_path, letters):
    return write_genome(tmp_path, letters, width=60)


def masked_share(text):
    return sum(c.islower() for c in text) / len(text)


def positives(letters, rng, n, lengths):
    rows = []
    while len(rows) < n:
        chrom = str(rng.choice(["chr1", "chr2"]))
        length = int(rng.choice(lengths))
        start = int(rng.integers(0, len(letters[chrom]) - length))
        if "N" not in letters[chrom][start : start + length]:
            rows.append((chrom, start, start + length, str(rng.choice(["+", "-"]))))
    return rows


def overlaps(a, b):
    return a[0] == b[0] and a[1] < b[2] and b[1] < a[2]


@pytest.mark.parametrize("lengths", [[60], [30, 45, 80, 120]])
def test_every_promise(genome, letters, lengths):
    rows = positives(letters, np.random.default_rng(1), 100, lengths)
    exclude = [("chr1", 100, 4000), ("chr2", 0, 900), ("chr1", 3000, 3100)]
    found = sq.gc_matched(genome, rows, n=150, exclude=exclude, tolerance=0.03, seed=5)
    assert len(found) == 150
    mine = list(zip(found.chrom, found.start.tolist(), found.end.tolist(), strict=True))
    for row, matched, strand in zip(mine, found.more["matched"].tolist(), found.strand, strict=True):
        chrom, start, end, given_strand = rows[matched]
        assert row[2] - row[1] == end - start and strand == given_strand
        text, like = letters[row[0]][row[1] : row[2]], letters[chrom][start:end]
        assert len(text) == row[2] - row[1] and "N" not in text
        assert abs(gc_share(text) - gc_share(like)) <= 0.03 + 1e-9
        assert abs(masked_share(text) - masked_share(like)) <= 0.1 + 1e-9
        assert not any(overlaps(row, other) for other in [*rows, *exclude])
    assert not any(overlaps(a, b) for i, a in enumerate(mine) for b in mine[:i])
    # Each positive is matched once before any is matched twice; chr3 holds no positive.
    assert np.bincount(found.more["matched"], minlength=100).tolist() == [2] * 50 + [1] * 50
    assert set(found.chrom) == {"chr1", "chr2"}


def test_same_seed_same_result(genome, letters):
    rows = positives(letters, np.random.default_rng(2), 30, [50])
    first, again, other = (sq.gc_matched(genome, rows, seed=seed) for seed in (1, 1, 2))
    assert len(first) == 30 and first.start.tolist() == again.start.tolist() != other.start.tolist()


def test_chosen_chromosomes(genome, letters):
    rows = positives(letters, np.random.default_rng(3), 20, [50])
    assert set(sq.gc_matched(genome, rows, chromosomes=["chr3"], seed=1).chrom) == {"chr3"}
    with pytest.raises(ValueError, match="got '3'.*There it is called 'chr3'"):
        sq.gc_matched(genome, rows, chromosomes=["3"])


def test_positions_are_spread_evenly(tmp_path):
    """In a genome of one composition every position is equally likely: chi-square over tenths."""
    genome = write_genome(tmp_path, {"a": "ACGT" * 5000})
    starts = [sq.gc_matched(genome, [("a", 0, 4)], n=100, tolerance=1, seed=seed).start for seed in range(10)]
    counts = np.histogram(np.concatenate(starts), 10, (0, 20000))[0]
    assert ((counts - 100) ** 2 / 100).sum() < 27.9  # 9 degrees of freedom, p = 0.001


def test_says_how_many_could_not_be_matched(tmp_path):
    genome = write_genome(tmp_path, {"a": "G" * 100 + "AT" * 450, "b": "A" * 10})
    rows = [("a", 0, 50), ("a", 300, 340), ("a", 500, 540)]
    with pytest.warns(UserWarning, match=r"gc_matched: 1 of 3 could not be matched.*tolerance \(now 0.01\)"):
        found = sq.gc_matched(genome, rows[:1] + rows[1:], exclude=[("a", 50, 100)], tolerance=0.01, seed=1)
    assert found.more["matched"].tolist() == [1, 2]
    with pytest.warns(UserWarning, match="2 of 2 could not be matched"):
        assert len(sq.gc_matched(genome, [("a", 0, 100)], n=2, seed=1)) == 0
    with pytest.warns(UserWarning, match="1 of 1 could"):
        assert len(sq.gc_matched(genome, [("b", 0, 10)], seed=1)) == 0


def test_a_small_genome_is_filled_without_overlap(tmp_path):
    """Places for 20 stretches at most: what is returned never overlaps, the rest is counted."""
    genome = write_genome(tmp_path, {"a": random_letters(np.random.default_rng(1), 420, "ACGT")})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = sq.gc_matched(genome, [("a", 0, 20)], n=30, tolerance=1, seed=3)
    assert 10 <= len(found) <= 20 and (found.start >= 20).all() and (found.end <= 420).all()
    ordered = np.sort(found.start)
    assert (np.diff(ordered) >= 20).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"tolerance": -0.1}, "tolerance from 0 to 1, got -0.1"),
        ({"repeat_tolerance": 2}, "repeat_tolerance from 0 to 1"),
        ({"n": 0}, "n of at least 1, got 0"),
        ({"intervals": []}, "at least one interval"),
        ({"intervals": [("chr1", 10, 10**9)]}, "inside chr1"),
        ({"exclude": "peaks.bed"}, "expected Intervals"),
    ],
)
def test_refusals(genome, options, words):
    with pytest.raises((ValueError, TypeError), match=words):
        sq.gc_matched(genome, **{"intervals": [("chr1", 10, 30)], **options})
