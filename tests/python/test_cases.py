"""Every check on every case of tests/cases."""

import json

import numpy as np
import pytest

import genodl as gd
from cases import all_cases
from cases._case import Array, _is_batched, cotangents, float_targets, gradients, replace
from genodl import _core
from ranges import positions_that_matter, positions_that_may_change

CASES = all_cases()


def every(*conditions):
    """A test for each case for which all conditions hold."""
    chosen = [c for c in CASES if all(condition(c) for condition in conditions)]
    return pytest.mark.parametrize("case", chosen, ids=lambda c: c.name)


def is_layer(case):
    return case.is_layer


def is_smooth(case):
    return case.smooth


def has_reference(case):
    return case.reference is not None


def expected(subject):
    given = [a.astype("float64") if a.dtype.kind == "f" else a for a in [*subject.arrays, *subject.weight_arrays()]]
    found = subject.case.reference(*given)
    return list(found) if isinstance(found, (list, tuple)) else [np.asarray(found)]


def outputs_of(subject):
    placeholders, outputs, arrays = subject.trace()
    return _core.Session(_core.Plan(placeholders, outputs, [])).run(arrays, 0)


def assert_value(subject, rtol, atol):
    found, wanted = outputs_of(subject), expected(subject)
    assert len(found) == len(wanted)
    for f, w in zip(found, wanted, strict=True):
        assert f.shape == w.shape
        np.testing.assert_allclose(f, w, rtol=rtol, atol=atol)


# ---- values and shapes ----------------------------------------------------------------------------


@every(has_reference)
def test_value(case):
    assert_value(case.build(), case.rtol, case.atol)


@every(has_reference)
def test_float64_value(case):
    # float64 errs 5e8 times less than float32; the same shares of the tolerance, with room for series.
    assert_value(case.build("float64"), case.rtol * 1e-7, case.atol * 1e-7)


@every(has_reference, lambda c: c.has_width)
def test_odd_widths(case):
    for width in case.widths:
        # Sums over the channels grow with them.
        more = max(1.0, width / 8)
        assert_value(case.build(width=width), case.rtol * more, case.atol * more)


@every(is_layer)
def test_outlines_know_the_shape(case):
    subject = case.build()
    real = [o.shape for o in outputs_of(subject)]
    shapes = [(None, *a.shape[1:]) for a in subject.arrays]
    given = shapes[0] if len(shapes) == 1 else shapes
    assert tuple(subject.layer.compute_output_shape(given)) == (None, *real[0][1:])
    outlines = [gd.Input(a.shape[1:], dtype=a.dtype.name) for a in subject.arrays]
    outline = subject.run(outlines)
    assert outline.shape == (None, *real[0][1:])
    assert gd.Model(outlines, outline).output_shape == (None, *real[0][1:])


@every(lambda c: not c.is_layer)
def test_outlines_of_functions_know_shape_and_dtype(case):
    subject = case.build()
    found = subject.run([gd.KerasTensor(a.shape, a.dtype.name) for a in subject.arrays])
    found = found if isinstance(found, (list, tuple)) else [found]
    for outline, array in zip(found, outputs_of(subject), strict=True):
        assert (tuple(outline.shape), outline.dtype) == (array.shape, array.dtype.name)


@every(lambda c: c.per_sample, lambda c: all(isinstance(a, Array) for a in c.inputs))
def test_a_batch_is_its_samples(case):
    subject = case.build()
    [whole] = outputs_of(subject)
    for row in range(len(whole)):
        subject.arrays = [a[row : row + 1] if _is_batched(s) else a for s, a in zip(case.inputs, case.build().arrays)]
        [alone] = outputs_of(subject)
        # Products of one row and of many add up in the same order; only thin products take other kernels.
        np.testing.assert_allclose(alone[0], whole[row], rtol=case.rtol, atol=case.atol)


# ---- gradients --------------------------------------------------------------------------------------


def slopes(session, arrays, which, weights, step=1e-6):
    """Central differences of the weighted sum of all results."""
    points = [np.array(a, copy=True) for a in arrays]
    flat = points[which].reshape(-1)

    def objective():
        return sum(float(np.sum(w * y)) for w, y in zip(weights, session.run(points, 0), strict=True))

    found = np.zeros(flat.size)
    for i in range(flat.size):
        kept = flat[i]
        flat[i] = kept + step
        above = objective()
        flat[i] = kept - step
        found[i] = (above - objective()) / (2 * step)
        flat[i] = kept
    return found.reshape(arrays[which].shape)


def assert_slopes(placeholders, values, exact, where, arrays, weights, rtol=1e-6, atol=2e-7):
    """``exact`` are the slopes of ``sum(weights * values)``.

    Differences with a step of 1e-6 err by 1e-12 times the third derivative, and by 1e-16 times the sum
    over 1e-6; the bounds leave room for sums of hundreds.
    """
    session = _core.Session(_core.Plan(placeholders, values, []))
    results = _core.Session(_core.Plan(placeholders, exact, [])).run(arrays, 0)
    for i, gradient in zip(where, results, strict=True):
        np.testing.assert_allclose(gradient, slopes(session, arrays, i, weights), rtol=rtol, atol=atol)


def floats(values):
    return [v for v in values if v.dtype.startswith("float")]


@every(is_smooth)
def test_gradients_are_slopes(case):
    placeholders, outputs, arrays = case.build("float64").trace(weights_too=True)
    outputs = floats(outputs)
    where, targets = float_targets(placeholders)
    exact = gradients(outputs, targets)
    assert None not in exact
    assert [g.shape for g in exact] == [t.shape for t in targets]
    assert_slopes(placeholders, outputs, exact, where, arrays, cotangents(outputs))


@every(is_smooth)
def test_one_gradient_alone_is_the_same(case):
    placeholders, outputs, arrays = case.build("float64").trace(weights_too=True)
    _, targets = float_targets(placeholders)
    if len(targets) < 2:
        return
    together = _core.Session(_core.Plan(placeholders, gradients(outputs, targets), [])).run(arrays, 0)
    for target, wanted in zip(targets, together, strict=True):
        [alone] = gradients(outputs, [target])
        [found] = _core.Session(_core.Plan(placeholders, [alone], [])).run(arrays, 0)
        # The same sums, perhaps fused otherwise.
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-13)


@every(is_smooth, lambda c: c.twice)
def test_second_gradients_are_slopes_of_first(case):
    placeholders, outputs, arrays = case.build("float64").trace(weights_too=True)
    where, targets = float_targets(placeholders)
    first = gradients(outputs, targets)
    second = gradients(first, targets)
    depends = [i for i, g in enumerate(second) if g is not None]
    where, second = [where[i] for i in depends], [second[i] for i in depends]
    # Gradients are steeper than what they are gradients of.
    assert_slopes(placeholders, first, second, where, arrays, cotangents(first), rtol=1e-5, atol=2e-6)


# ---- the same bits ------------------------------------------------------------------------------------


@every()
def test_same_bits_for_any_threads(case, threads):
    results = []
    for n in (1, 2, 3):
        threads(n)
        results.append(case.build(large=True).compute())
    for other in results[1:]:
        for a, b in zip(results[0], other, strict=True):
            np.testing.assert_array_equal(a, b)


@every(is_layer, lambda c: all(isinstance(a, Array) for a in c.inputs))
def test_writes_only_its_outputs(case):
    subject = case.build()
    placeholders, outputs, arrays = subject.trace()
    plan = _core.Plan(placeholders, outputs, [])
    kept = [a.copy() for a in arrays]
    guarded = [np.full((v.shape[0] + 4, *v.shape[1:]), 7, v.dtype) for v in outputs]
    room = [g[2:-2] for g in guarded]
    _core.run_batches(_core.Session(plan), arrays, room, None, 0, 1, 0)
    for g, wanted in zip(guarded, _core.Session(plan).run(arrays, 0), strict=True):
        np.testing.assert_array_equal(g[2:-2], wanted)
        np.testing.assert_array_equal(g[:2], 7)
        np.testing.assert_array_equal(g[-2:], 7)
    for before, after in zip(kept, arrays, strict=True):
        np.testing.assert_array_equal(before, after)


# ---- files --------------------------------------------------------------------------------------------


@every(is_layer, lambda c: c.savable)
def test_config_round_trip(case):
    subject = case.build()
    config = json.loads(json.dumps(subject.layer.get_config()))
    again = type(subject.layer).from_config(config)
    assert json.dumps(again.get_config()) == json.dumps(subject.layer.get_config())
    twin = replace(case).build()
    shapes = [a.shape for a in subject.arrays]
    again.build(shapes[0] if len(shapes) == 1 else shapes)
    again.set_weights(subject.layer.get_weights())
    twin.layer = again
    for a, b in zip(outputs_of(subject), outputs_of(twin), strict=True):
        np.testing.assert_array_equal(a, b)


@every(is_layer, lambda c: c.savable and not c.training)
def test_archive_round_trip(case, tmp_path):
    subject = case.build()
    outlines = [gd.Input(a.shape[1:], dtype=a.dtype.name) for a in subject.arrays]
    model = gd.Model(outlines, subject.run(outlines))
    x = subject.arrays if len(subject.arrays) > 1 else subject.arrays[0]
    wanted = model.predict(x, verbose=0)
    model.save(tmp_path / "model")
    loaded = gd.load_model(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), wanted)
    for a, b in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


# ---- ranges -------------------------------------------------------------------------------------------


def intervals(length):
    middle, third = length // 2, length // 3
    return sorted({(0, 1), (middle, middle + 1), (third, min(length, third + 2)), (length - 1, length)})


@every(lambda c: any(getattr(a, "shape", ()) and len(a.shape) > 1 and a.shape[1] != 0 for a in c.inputs))
def test_what_may_change_and_what_matters(case):
    """Outside the range an op announces nothing changes; outside the range it needs nothing matters."""
    subject = case.build()
    placeholders, outputs, arrays = subject.trace()
    session = _core.Session(_core.Plan(placeholders, outputs, []))
    before = session.run(arrays, 0)
    rng = np.random.default_rng(2)

    def changed_in(which, keep):
        moved = [a.copy() for a in arrays]
        other = rng.permutation(moved[which].reshape(-1)).reshape(moved[which].shape)
        moved[which][:, ~keep] = other[:, ~keep]
        return session.run(moved, 0)

    for which, array in enumerate(arrays):
        if array.ndim < 2:
            continue
        for begin, end in intervals(array.shape[1]):
            keep = np.ones(array.shape[1], bool)
            keep[begin:end] = False
            after = changed_in(which, keep)
            for value, old, new in zip(outputs, before, after, strict=True):
                may = positions_that_may_change(value, placeholders[which], begin, end)
                if may is not None and old.ndim > 1:
                    outside = np.ones(old.shape[1], bool)
                    outside[may[0] : may[1]] = False
                    np.testing.assert_array_equal(new[:, outside], old[:, outside])
        for number, value in enumerate(outputs):
            if len(value.shape) < 2:
                continue
            for begin, end in intervals(value.shape[1]):
                matter = positions_that_matter(value, placeholders[which], begin, end)
                if matter is None:
                    continue
                keep = np.zeros(array.shape[1], bool)
                keep[matter[0] : matter[1]] = True
                after = changed_in(which, keep)[number]
                np.testing.assert_array_equal(after[:, begin:end], before[number][:, begin:end])


def test_every_layer_has_a_case():
    tested = {c.subject for c in CASES if c.is_layer}
    elsewhere = {"DNAInputLayer", "InputLayer", "Lambda", "Layer"}
    classes = {getattr(gd.layers, n) for n in gd.layers.__all__ if isinstance(getattr(gd.layers, n), type)}
    missing = {c.__name__ for c in classes} - tested - elsewhere
    assert not missing, f"no case for {sorted(missing)}"
