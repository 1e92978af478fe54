"""Comparison of motifs; truth is enumeration of every draw of columns."""

import itertools

import numpy as np
import pytest

from genodl import sequence as sq


def random_motif(rng, width, name=""):
    return sq.Motif(rng.dirichlet([0.4] * 4, width) * 30, name=name or f"m{width}")


def columns_of(targets):
    ppms = [t.ppm(0.8) for t in targets]
    return np.concatenate([p for ppm in ppms for p in (ppm, ppm[::-1, ::-1])])


def column_score(a, b, score):
    return np.corrcoef(a, b)[0, 1] if score == "pearson" else -np.linalg.norm(a - b)


def scores_by_hand(query, columns, score):
    return np.array([[column_score(a, b, score) for b in columns] for a in query.ppm(0.8)])


@pytest.mark.parametrize("score", ["pearson", "ed"])
def test_p_values_against_enumeration(score):
    """Every draw of target columns for the overlap, scores rounded as documented; then the best of all offsets."""
    rng = np.random.default_rng(0)
    query = random_motif(rng, 3)
    targets = [random_motif(rng, w, f"t{i}") for i, w in enumerate((2, 3, 3, 4))]
    table = sq.match_motifs(query, targets, score=score, min_overlap=2)
    pool = columns_of(targets)
    exact = scores_by_hand(query, pool, score)
    step = np.ptp(exact) / 100
    rounded = np.rint((exact - exact.min()) / step).astype(int)

    for row in range(len(table)):
        target = targets[table.target[row]]
        width = len(target)
        best = (np.inf,)
        alignments = 0
        for strand, ppm in (("+", target.ppm(0.8)), ("-", target.ppm(0.8)[::-1, ::-1])):
            for offset in range(-2, width):
                pairs = [(i, i + offset) for i in range(3) if 0 <= i + offset < width]
                if len(pairs) < min(2, width):
                    continue
                alignments += 1
                values = [column_score(query.ppm(0.8)[i], ppm[j], score) for i, j in pairs]
                total = sum(int(np.rint((v - exact.min()) / step)) for v in values)
                draws = itertools.product(*(rounded[i] for i, _ in pairs))
                p = np.mean([sum(draw) >= total for draw in draws])
                best = min(best, (p, offset, strand, np.mean(values), len(pairs)), key=lambda b: b[0])
        p = 1 - (1 - best[0]) ** alignments
        np.testing.assert_allclose(table.p_value[row], p, rtol=1e-9, atol=1e-12)
        # Equal p-values may stand at several offsets; the one reported must then be as good.
        if (table.offset[row], table.strand[row]) == best[1:3]:
            np.testing.assert_allclose(table.score[row], best[3], rtol=1e-9)
            assert table.overlap[row] == best[4]


@pytest.mark.parametrize("score", ["pearson", "ed"])
def test_finds_itself_turned_and_moved(score):
    rng = np.random.default_rng(1)
    known = [random_motif(rng, int(w), f"k{i}") for i, w in enumerate(rng.integers(8, 14, 60))]
    for i in (0, 17, 42):
        part = sq.Motif(known[i].counts[2:8], name="part")
        best = sq.match_motifs([part, part.reverse_complement()], known, score=score).best()
        assert best.target.tolist() == [i, i] and best.strand.tolist() == ["+", "-"]
        assert best.offset.tolist() == [2, len(known[i]) - 8] and best.overlap.tolist() == [6, 6]
        np.testing.assert_allclose(best.score, 1 if score == "pearson" else 0, atol=1e-12)
        assert (best.q_value < 1e-3).all() and best.target_name.tolist() == [f"k{i}"] * 2
        longer = sq.Motif(np.vstack([np.ones((3, 4)), known[i].counts]))
        assert sq.match_motifs(longer, known, score=score).best().offset.tolist() == [-3]


def test_p_values_of_random_targets_are_uniform():
    """Targets of columns drawn from one pool: p-values below x happen in about x of the cases."""
    rng = np.random.default_rng(2)
    pool = rng.dirichlet([0.4] * 4, 400)
    targets = [sq.Motif(pool[rng.integers(400, size=9)] * 30) for _ in range(800)]
    for score in ("pearson", "ed"):
        p = np.concatenate([sq.match_motifs(random_motif(rng, 8), targets, score=score).p_value for _ in range(5)])
        for x in (0.01, 0.05, 0.2):
            # 4,000 values, those of one query somewhat dependent: within 6 standard errors, or below
            # (offsets share columns, so that the correction for their number is slightly too strong).
            assert 0.6 * x - 6 * np.sqrt(x / 4000) < (p <= x).mean() < x + 6 * np.sqrt(x / 4000)


def test_q_values_are_benjamini_hochberg():
    rng = np.random.default_rng(3)
    table = sq.match_motifs([random_motif(rng, 6), random_motif(rng, 5)], [random_motif(rng, 7) for _ in range(40)])
    assert len(table) == 80 and table.query.tolist() == [0] * 40 + [1] * 40
    for q in (0, 1):
        mine = table[table.query == q]
        assert (np.diff(mine.p_value) >= 0).all() and sorted(mine.target.tolist()) == list(range(40))
        expected = [min(min(1, mine.p_value[j] * 40 / (j + 1)) for j in range(i, 40)) for i in range(40)]
        np.testing.assert_allclose(mine.q_value, expected)


def test_table():
    rng = np.random.default_rng(4)
    table = sq.match_motifs(random_motif(rng, 6, "mine"), [random_motif(rng, 7, f"k{i}") for i in range(7)])
    assert len(table.best()) == 1 and len(table[:3]) == 3 and len(table[0]) == 1
    assert "MotifMatches: 7 of 1 queries" in repr(table) and "mine ~ k" in repr(table) and repr(table).endswith("...")


def test_flat_columns_correlate_with_nothing():
    flat = sq.Motif(np.ones((5, 4)))
    table = sq.match_motifs(flat, [flat, random_motif(np.random.default_rng(0), 6)])
    assert np.isfinite(table.p_value).all() and (table.score == 0).all() and (table.p_value == 1).all()


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"score": "kl"}, ValueError, "'pearson' or 'ed', got 'kl'"),
        ({"min_overlap": 0}, ValueError, "min_overlap of at least 1"),
        ({"targets": []}, TypeError, "Motif objects, got none"),
        ({"queries": ["ACGT"]}, TypeError, "Motif objects, got str"),
    ],
)
def test_refusals(options, error, words):
    motif = sq.Motif(np.eye(4))
    with pytest.raises(error, match=words):
        sq.match_motifs(**{"queries": motif, "targets": motif, **options})
