"""gd.explain.mutation_map and what is built on the same plans, against full recomputation."""

import os

import numpy as np
import pytest

import genodl as gd

L = gd.layers
BASES = np.eye(4, dtype="float32")


def one_hot(rng, n, length):
    return BASES[rng.integers(0, 4, (n, length))]


@pytest.fixture(scope="module")
def model():
    gd.set_seed(2)
    return gd.Sequential([
        gd.Input((60, 4)), L.Conv1D(24, 7, padding="same", activation="relu"), L.MaxPooling1D(3),
        L.Conv1D(16, 5, padding="same", activation="relu"), L.Flatten(), L.Dense(3, activation="sigmoid"),
    ])


def brute_force(model, x, score=lambda m, r: m - r):
    delta = np.zeros((len(x), x.shape[1], 4, 3))
    for i, sequence in enumerate(x):
        mutants = np.repeat(sequence[None], 4 * len(sequence), axis=0).reshape(len(sequence), 4, len(sequence), 4)
        for p in range(len(sequence)):
            mutants[p, :, p] = BASES
        outputs = model.predict(mutants.reshape(-1, *sequence.shape), verbose=0).reshape(len(sequence), 4, 3)
        delta[i] = score(outputs, model.predict(sequence[None], verbose=0)[0])
    return delta


def close(found, wanted):
    # 1e-5 of the largest change, and the rounding of outputs near 1/2 that both ways share.
    assert np.abs(found - wanted).max() <= 1e-5 * np.abs(wanted).max() + 3e-7


@pytest.mark.parametrize("score", ["difference", "deltascore", "logit"])
def test_equals_full_recomputation(model, score):
    x = one_hot(np.random.default_rng(0), 2, 60)
    found = gd.explain.mutation_map(model, x, score=score)
    wanted = brute_force(model, x, gd.explain.scores.get(score, "test"))
    assert found.delta.shape == (2, 60, 4, 3) and found.reference.shape == (2, 3)
    # Log-odds magnify rounding by 1 / (p (1 - p)), near 4 here.
    assert np.abs(found.delta - wanted).max() <= 1e-5 * np.abs(wanted).max() + 2e-6
    assert np.all(found.delta[x == 1] == 0)


def test_output_by_column_name_and_function(model):
    x = one_hot(np.random.default_rng(1), 1, 60)
    wanted = brute_force(model, x)
    close(gd.explain.mutation_map(model, x, output=1).delta, wanted[..., 1])
    name = model.output_names[0]
    close(gd.explain.mutation_map(model, x, output=name).delta, wanted)
    close(gd.explain.mutation_map(model, x, output=(name, 2)).delta, wanted[..., 2])
    mean = gd.explain.mutation_map(model, x, output=lambda y: gd.ops.mean(y, axis=-1))
    close(mean.delta, wanted.mean(axis=-1))


def test_region_strings_and_dna(model):
    x = one_hot(np.random.default_rng(2), 1, 60)
    whole = gd.explain.mutation_map(model, x)
    letters = whole.letters()
    part = gd.explain.mutation_map(model, [letters], region=(20, 31))
    assert part.delta.shape == (1, 11, 4, 3) and part.letters() == letters[20:31]
    close(part.delta, whole.delta[:, 20:31])
    close(gd.explain.mutation_map(model, gd.sequence.encode([letters])).delta, whole.delta)


def test_ambiguous_letters_take_all_four_bases(model):
    x = one_hot(np.random.default_rng(3), 1, 60)
    x[0, 10] = 0.25
    found = gd.explain.mutation_map(model, x)
    assert np.all(np.any(found.delta[0, 10] != 0, axis=-1))
    close(found.delta, brute_force(model, x))
    assert found.letters()[10] == "N"


def test_deletions_and_insertions(model):
    x = one_hot(np.random.default_rng(4), 1, 60)
    reference = model.predict(x, verbose=0)
    gone = np.concatenate([np.delete(x, 7, axis=1), np.full((1, 1, 4), 0.25, "float32")], axis=1)
    deleted = gd.explain.mutation_map(model, x, mutations="deletions")
    assert deleted.delta.shape == (1, 60, 3)
    close(deleted.delta[0, 7], (model.predict(gone, verbose=0) - reference)[0])
    put = np.insert(x, 5, BASES[2], axis=1)[:, :60]
    inserted = gd.explain.mutation_map(model, x, mutations="insertions", region=(3, 9))
    assert inserted.delta.shape == (1, 6, 4, 3)
    close(inserted.delta[0, 2, 2], (model.predict(put, verbose=0) - reference)[0])


def test_streams_to_a_file_and_comes_back(model, tmp_path):
    x = one_hot(np.random.default_rng(5), 3, 60)
    kept = gd.explain.mutation_map(model, x)
    streamed = gd.explain.mutation_map(model, x, path=tmp_path / "map.npz")
    assert np.array_equal(kept.delta, streamed.delta) and streamed.region == (0, 60)
    kept.save(tmp_path / "other.npz")
    again = gd.explain.MutationMap.load(tmp_path / "other.npz")
    assert np.array_equal(again.delta, kept.delta) and again.letters(2) == kept.letters(2)


def test_an_interrupted_map_leaves_no_file(model, tmp_path):
    calls = []

    def score(mutant, reference):
        calls.append(1)
        if len(calls) > 2:
            raise KeyboardInterrupt
        return mutant - reference

    with pytest.raises(KeyboardInterrupt):
        gd.explain.mutation_map(model, one_hot(np.random.default_rng(6), 4, 60), score=score, path=tmp_path / "map.npz")
    assert os.listdir(tmp_path) == []
    assert gd.explain.mutation_map(model, one_hot(np.random.default_rng(6), 1, 60)).delta.shape[0] == 1


def test_memory_bounds_the_plan():
    from genodl.explain._mutants import Mutants
    from genodl.explain._tracing import ModelInputs, chooser

    gd.set_seed(1)
    wide = gd.Sequential([gd.Input((2000, 4)), L.Conv1D(64, 400, padding="same"), L.GlobalMaxPooling1D(), L.Dense(1)])
    inputs = ModelInputs(wide, one_hot(np.random.default_rng(7), 1, 2000), "test")
    plan = Mutants(inputs, chooser(wide, None, "test"), 1, 0, 2000, memory=8 << 20)
    assert plan.plan.arena_bytes <= 8 << 20


def test_to_pandas(model):
    pandas = pytest.importorskip("pandas")
    x = one_hot(np.random.default_rng(8), 2, 60)
    found = gd.explain.mutation_map(model, x, output=0)
    table = found.to_pandas()
    assert isinstance(table, pandas.DataFrame) and len(table) == 2 * 60 * 3
    line = table.iloc[100]
    assert line.delta == found.delta[line.sequence, line.position, "ACGT".index(line.mutant)]


@pytest.mark.parametrize("wrong, words", [
    (dict(mutations="swaps"), "mutations"), (dict(score="odds"), "score"), (dict(region=(5, 80)), "region"),
    (dict(output="nobody"), "nobody"), (dict(output=7), "column"),
])
def test_bad_requests_say_what_was_expected(model, wrong, words):
    with pytest.raises(ValueError, match=words):
        gd.explain.mutation_map(model, one_hot(np.random.default_rng(9), 1, 60), **wrong)


def test_models_without_dna_are_refused():
    numbers = gd.Sequential([gd.Input((7,)), L.Dense(1)])
    with pytest.raises(gd.ShapeError, match="DNA input"):
        gd.explain.mutation_map(numbers, np.ones((1, 7)))


def test_models_that_look_at_the_number_of_rows_are_computed_in_full_and_say_so():
    class Odd(gd.Model):
        def __init__(self):
            super().__init__()
            self.dense = L.Dense(2)

        def call(self, x):
            x = gd.ops.reshape(x, (x.shape[0], -1))
            return self.dense(x) if x.shape[0] == 1 else self.dense(x * 1.0 + 0.0 * gd.ops.abs(x))

    gd.set_seed(0)
    odd = Odd()
    x = one_hot(np.random.default_rng(13), 1, 12)
    odd(x)
    with pytest.warns(UserWarning, match="in full"):
        found = gd.explain.mutation_map(odd, x)
    mutant = x.copy()
    base = int(np.argmin(x[0, 4]))
    mutant[0, 4] = BASES[base]
    close(found.delta[0, 4, base], (odd.predict(mutant, verbose=0) - odd.predict(x, verbose=0))[0])


def test_occlusion_equals_hiding_by_hand(model):
    x = one_hot(np.random.default_rng(10), 1, 60)
    found = gd.explain.occlusion(model, x, width=60, output=0)
    hidden = np.full_like(x, 0.25)
    effect = model.predict(x, verbose=0)[0, 0] - model.predict(hidden, verbose=0)[0, 0]
    assert np.allclose(found.values, effect * x, atol=1e-6)
    blocks = gd.explain.occlusion(model, x, width=5, step=5, output=0)
    covered = x.copy()
    covered[0, 10:15] = 0.25
    effect = model.predict(x, verbose=0)[0, 0] - model.predict(covered, verbose=0)[0, 0]
    assert np.allclose(blocks.per_base()[0, 10:15], effect, atol=1e-6)


def test_interactions_equal_four_predictions(model):
    x = one_hot(np.random.default_rng(11), 1, 60)
    found = gd.explain.interactions(model, x, region=(20, 26), output=0)
    f = lambda y: float(model.predict(y, verbose=0)[0, 0])  # noqa: E731
    first, second, both = x.copy(), x.copy(), x.copy()
    a, b = (int(np.argmin(x[0, p])) for p in (21, 25))
    first[0, 21] = both[0, 21] = BASES[a]
    second[0, 25] = both[0, 25] = BASES[b]
    wanted = f(both) - f(first) - f(second) + f(x)
    assert found.values[1, a, 5, b] == pytest.approx(wanted, abs=1e-6)
    assert np.array_equal(found.values, found.values.transpose(2, 3, 0, 1))
    assert found.single[1, a] == pytest.approx(f(first) - f(x), abs=1e-6)


def test_marginalize_and_cooperativity(model):
    backgrounds = one_hot(np.random.default_rng(12), 3, 60)
    found = gd.explain.marginalize(model, "TGACTCA", backgrounds, output=0, position=4)
    changed = backgrounds.copy()
    changed[:, 4:11] = gd.sequence.encode(["TGACTCA"]).one_hot()[0]
    wanted = model.predict(changed, verbose=0)[:, 0] - model.predict(backgrounds, verbose=0)[:, 0]
    assert np.allclose(found.after - found.before, wanted, atol=1e-6)
    pair = gd.explain.cooperativity(model, "TGAC", "GGG", [0, 3, 20], backgrounds, output=0)
    assert pair.values.shape == (3, 3) and pair.effect.shape == (3,)
    # Additive models know no cooperation.
    gd.set_seed(0)
    additive = gd.Sequential([gd.Input((60, 4)), L.Flatten(), L.Dense(1)])
    nothing = gd.explain.cooperativity(additive, "TGAC", "GGG", [0, 9], count=2)
    assert np.abs(nothing.values).max() < 1e-5
