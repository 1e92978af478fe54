"""Plans of random graphs: the results of single ops, memory that never overlaps, gradients that are slopes."""

import itertools

import numpy as np
import pytest

from genodl import _core
from random_programs import Program

DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])
# Programs of 18 steps, each a few roundings, with slopes below 2.
TOLERANCE = {"float32": {"rtol": 2e-4, "atol": 2e-5}, "float64": {"rtol": 1e-11, "atol": 1e-12}}
IN_MEMORY = ("arena", "workspace", "scratch")


def is_close(found, wanted, dtype):
    np.testing.assert_allclose(found, wanted, **TOLERANCE[dtype])


@DTYPES
@pytest.mark.parametrize("seed", range(60))
def test_a_plan_computes_what_its_ops_do(seed, dtype):
    program = Program(seed, dtype=dtype)
    wanted = program.run(program.arrays)
    placeholders, values = program.trace()
    chosen = program.outputs(values)
    session = _core.Session(_core.Plan(placeholders, [values[i] for i in chosen], []))
    first = session.run(program.arrays, 0)
    for i, found in zip(chosen, first, strict=True):
        assert found.dtype == wanted[i].dtype
        is_close(found, wanted[i], dtype)
    for a, b in zip(first, session.run(program.arrays, 0), strict=True):
        np.testing.assert_array_equal(a, b)  # nothing is left over from the run before


def overlaps(plan):
    """Pairs of blocks that hold something at the same time in the same place, by what the steps touch."""
    blocks = [dict(b) for b in plan.buffers]
    touched = {}
    for number, step in enumerate(plan.steps):
        for buffer in step["reads"] + step["writes"]:
            first, _ = touched.get(buffer, (number, number))
            touched[buffer] = (first, number)
    for number, (first, last) in touched.items():
        assert (blocks[number]["first"], blocks[number]["last"]) == (first, last)
    placed = [b for b in blocks if b["kind"] in IN_MEMORY and b["bytes"] and b["first"] >= 0]
    for b in placed:
        assert b["offset"] + b["bytes"] <= plan.arena_bytes
    return [
        (a, b)
        for a, b in itertools.combinations(placed, 2)
        if a["first"] <= b["last"] and b["first"] <= a["last"]
        and a["offset"] < b["offset"] + b["bytes"] and b["offset"] < a["offset"] + a["bytes"]
    ]


def written_before_read(plan):
    """Numbers of arena buffers that a step reads before any wrote them."""
    written, bad = set(), []
    for step in plan.steps:
        # An op writes first, then its epilogue reads: reads of what the same step writes are fine.
        known = written | set(step["writes"])
        bad += [b for b in step["reads"] if plan.buffers[b]["kind"] == "arena" and b not in known]
        written |= set(step["writes"])
    return bad


@pytest.mark.parametrize("seed", range(100, 160))
def test_live_buffers_never_overlap(seed):
    program = Program(seed, length=30)
    placeholders, values = program.trace()
    outputs = [values[i] for i in program.outputs(values)]
    found = [g for g in _core.gradients(outputs, [], placeholders) if g is not None]
    plan = _core.Plan(placeholders, outputs + found, [])
    assert not overlaps(plan)
    assert not written_before_read(plan)


def test_memory_is_shared():
    """A chain of many products needs two of their results at a time, not all."""
    x = value = _core.placeholder((100, 64), "float32", "x")
    weights = _core.constant(np.eye(64, dtype="float32"))
    for _ in range(20):
        [value] = _core.node("matmul", [value, weights], {}, "")
    plan = _core.Plan([x], [value], [])
    assert sum(b["kind"] == "arena" and b["first"] >= 0 for b in plan.buffers) == 19
    arrays = [b for b in plan.buffers if b["kind"] == "arena" and b["first"] >= 0]
    assert plan.arena_bytes < 5 * arrays[0]["bytes"]


def central_differences(session, arrays, which, weights, step=1e-6):
    points = [a.copy() for a in arrays]
    flat = points[which].reshape(-1)
    slopes = np.zeros(flat.size)
    for i in range(flat.size):
        kept = flat[i]
        ends = []
        for moved in (kept + step, kept - step):
            flat[i] = moved
            ends.append(sum(float((w * y).sum()) for w, y in zip(weights, session.run(points, 0), strict=True)))
        flat[i] = kept
        slopes[i] = (ends[0] - ends[1]) / (2 * step)
    return slopes.reshape(arrays[which].shape)


def gradients_of(program, rng):
    placeholders, values = program.trace()
    outputs = [values[i] for i in program.outputs(values, 3)]
    weights = [rng.uniform(0.5, 1.5, v.shape).astype(v.dtype) for v in outputs]
    found = _core.gradients(outputs, [_core.constant(w) for w in weights], placeholders)
    return placeholders, outputs, weights, found


@pytest.mark.parametrize("seed", range(200, 240))
def test_gradients_of_random_graphs_are_slopes(seed):
    program = Program(seed, length=12, dtype="float64", smooth=True)
    placeholders, outputs, weights, found = gradients_of(program, np.random.default_rng(seed))
    session = _core.Session(_core.Plan(placeholders, outputs, []))
    present = [i for i, g in enumerate(found) if g is not None]
    exact = _core.Session(_core.Plan(placeholders, [found[i] for i in present], [])).run(program.arrays, 0)
    for i, gradient in zip(present, exact, strict=True):
        slopes = central_differences(session, program.arrays, i, weights)
        np.testing.assert_allclose(gradient, slopes, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("seed", range(300, 315))
def test_float32_and_float64_gradients_agree(seed):
    narrow, wide = Program(seed, dtype="float32"), Program(seed, dtype="float64")
    results = []
    for program in (narrow, wide):
        placeholders, _, _, found = gradients_of(program, np.random.default_rng(seed))
        present = [g for g in found if g is not None]
        arrays = [a.astype(program.dtype) for a in narrow.arrays]
        results.append(_core.Session(_core.Plan(placeholders, present, [])).run(arrays, 0))
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("seed", range(400, 420))
def test_plans_do_not_depend_on_threads(seed, threads):
    program = Program(seed)
    results = []
    for n in (1, 2, 3):
        threads(n)
        placeholders, values = program.trace()
        plan = _core.Plan(placeholders, values[len(program.arrays) :], [])
        results.append(_core.Session(plan).run(program.arrays, 0))
    for other in results[1:]:
        for a, b in zip(results[0], other, strict=True):
            np.testing.assert_array_equal(a, b)


def test_a_sum_over_everything_needs_no_axes():
    x = np.arange(6, dtype="float32").reshape(2, 3)
    placeholder = _core.placeholder(x.shape, "float32", "x")
    [value] = _core.node("exp", [placeholder], {}, "")
    [total] = _core.node("sum", [value], {}, "")
    [found] = _core.Session(_core.Plan([placeholder], [total], [])).run([x])
    np.testing.assert_allclose(found, np.exp(x).sum(), rtol=1e-6)
