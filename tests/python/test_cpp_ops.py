"""Ops of the engine: values against NumPy, gradients and their gradients against finite differences."""

import numpy as np
import pytest

from cpp_op_cases import CASES, integers
from genodl import _core


def as_tuple(result):
    return result if isinstance(result, tuple) else (result,)


def narrow(arrays):
    return [a.astype("float32") if a.dtype == np.float64 else a for a in arrays]


@pytest.mark.parametrize("case", [c for c in CASES if c.reference], ids=str)
def test_value(case):
    want = as_tuple(case.reference(*case.inputs))
    got = _core.eager(case.op, case.inputs, case.attrs)
    assert len(got) == len(want)
    for g, w in zip(got, want, strict=True):
        assert g.shape == np.shape(w)
        # Both sums are of some thousand terms in double at most.
        np.testing.assert_allclose(g, w, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("case", [c for c in CASES if c.reference], ids=str)
def test_value_in_float32(case):
    inputs = narrow(case.inputs)
    want = as_tuple(case.reference(*[a.astype("float64") if a.dtype == np.float32 else a for a in inputs]))
    for g, w in zip(_core.eager(case.op, inputs, case.attrs), want, strict=True):
        # A few roundings of values of order one; a thousand-fold product loses a little in each factor.
        np.testing.assert_allclose(g, w, rtol=2e-5, atol=2e-5 if case.name != "softmax-large" else 2e-4)


class Differentiated:
    """sum(w * y) of an op, its gradients dx, and the gradients of sum(v * dx), as runnable plans."""

    def __init__(self, case):
        rng = np.random.default_rng(1)
        self.inputs = [np.ascontiguousarray(a) for a in case.inputs]
        self.holders = [_core.placeholder(a.shape, a.dtype.name, "x") for a in self.inputs]
        ys = _core.node(case.op, self.holders, case.attrs, "")[: case.outputs]
        wrt = case.wrt if case.wrt is not None else [i for i, a in enumerate(self.inputs) if a.dtype == np.float64]
        self.wrt = [i for i in wrt if self.inputs[i].size]
        self.w = [rng.standard_normal(y.shape) for y in ys]
        targets = [self.holders[i] for i in self.wrt]
        found = _core.gradients(ys, [_core.constant(w) for w in self.w], targets)
        assert all(f is not None for f in found)
        self.value = self.session(ys)
        self.first = self.session(found)
        self.v = [rng.standard_normal(self.inputs[i].shape) for i in self.wrt]
        again = _core.gradients(found, [_core.constant(v) for v in self.v], targets)
        self.depends = [a is not None for a in again]
        self.second = self.session([a for a in again if a is not None]) if any(self.depends) else None

    def session(self, outputs):
        plan = _core.Plan(self.holders, outputs, [])
        return _core.Session(plan)

    def differences(self, session, weights, step=1e-5):
        """Central differences of sum(weights * outputs) by every element of every input in wrt."""

        def total(arrays):
            return sum(float((w * o).sum()) for w, o in zip(weights, session.run(arrays), strict=True))

        for i in self.wrt:
            slope = np.empty(self.inputs[i].shape)
            for at in np.ndindex(*slope.shape):
                moved = [a.copy() for a in self.inputs]
                moved[i][at] += step
                above = total(moved)
                moved[i][at] -= 2 * step
                slope[at] = (above - total(moved)) / (2 * step)
            yield slope


DIFFERENTIABLE = [c for c in CASES if c.wrt != [] and any(a.dtype == np.float64 for a in c.inputs)]


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_gradient(case):
    d = Differentiated(case)
    got = d.first.run(d.inputs)
    for g, slope in zip(got, d.differences(d.value, d.w), strict=True):
        # Central differences of step 1e-5: error 1e-10 times the third derivative, plus rounding 1e-11.
        np.testing.assert_allclose(g, slope, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_second_gradient(case):
    d = Differentiated(case)
    found = iter(d.second.run(d.inputs)) if d.second else iter(())
    for depends, slope in zip(d.depends, d.differences(d.first, d.v), strict=True):
        g = next(found) if depends else np.zeros(slope.shape)
        np.testing.assert_allclose(g, slope, rtol=1e-5, atol=1e-6)


def test_ties_of_max_share_the_gradient():
    x = _core.placeholder((2, 3), "float64", "x")
    (y,) = _core.node("max", [x], {"axes": [1]}, "")
    session = _core.Session(_core.Plan([x], _core.gradients([y], [], [x]), []))
    (dx,) = session.run([np.array([[1.0, 3, 3], [2, 2, 2]])])
    np.testing.assert_allclose(dx, [[0, 0.5, 0.5], [1 / 3] * 3])


FUSED = [
    c for c in CASES if c.name in ("max_pool-image", "average_pool-overlap", "batch_norm-3", "layer_norm", "rms_norm")
]


@pytest.mark.parametrize("case", FUSED, ids=str)
def test_what_follows_is_computed_in_the_same_step(case):
    inputs = narrow(case.inputs)
    holders = [_core.placeholder(a.shape, a.dtype.name, "x") for a in inputs]
    (positive,) = _core.node("relu", [_core.node(case.op, holders, case.attrs, "")[0]], {}, "")
    (y,) = _core.node("add", [positive, holders[-1]] if len(holders) > 1 else [positive, positive], {}, "")
    plan = _core.Plan(holders, [y], [])
    (got,) = _core.Session(plan).run(inputs)
    want = np.maximum(as_tuple(case.reference(*case.inputs))[0], 0)
    want = want + (case.inputs[-1] if len(holders) > 1 else want)
    assert len(plan.steps) == 1
    np.testing.assert_allclose(got, want, atol=1e-5)


def test_batch_norm_stays_accurate_far_from_zero():
    rng = np.random.default_rng(0)
    x = (rng.standard_normal((5000, 4)) + [0, 1e2, 1e4, -1e5]).astype("float32")
    y, mean, variance = _core.eager("batch_norm", [x, np.ones(4, "float32"), np.zeros(4, "float32")], {"epsilon": 0.0})
    exact = x.astype("float64")
    np.testing.assert_allclose(variance, exact.var(0), rtol=1e-6)
    np.testing.assert_allclose(mean, exact.mean(0), rtol=1e-7, atol=1e-7)
    # The inputs are exact; only the difference from the mean and a few products round.
    np.testing.assert_allclose(y, (exact - exact.mean(0)) / exact.std(0), atol=2e-6)


def big(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


LARGE = [
    ("sum", [big(40, 700, 30)], {"axes": [0, 1]}),
    ("sum", [big(300000)], {}),
    ("mean", [big(40, 700, 30)], {"axes": [1]}),
    ("max", [big(40, 700, 30)], {"axes": [1]}),
    ("softmax", [big(300, 400)], {}),
    ("cumsum", [big(20, 300, 90)], {"axis": 1}),
    ("max_pool", [big(30, 600, 33)], {"pool": [3]}),
    ("max_pool_grad", [big(3, 600, 130), big(3, 200, 130)], {"pool": [3]}),
    ("average_pool_grad", [big(3, 299, 130)], {"pool": [4], "strides": [2], "shape": [3, 600, 130]}),
    ("gather_grad", [big(20000, 16), integers(0, 50, 20000)], {"axis": 0, "size": 50}),
    ("gather_grad", [big(200000), integers(0, 50, 200000)], {"axis": 0, "size": 50}),
    ("batch_norm", [big(64, 500, 40), big(40), big(40)], {}),
    ("batch_norm_grad", [big(64, 500, 40), big(64, 500, 40, seed=1), big(40), big(40) ** 2, big(40)], {}),
    ("layer_norm_grad", [big(5000, 64), big(5000, 64, seed=1), big(64)], {}),
    ("transpose", [big(40, 70, 300)], {"axes": [2, 0, 1]}),
    ("argsort", [big(300, 400)], {"axis": 0}),
]


@pytest.mark.parametrize("op, inputs, attrs", LARGE, ids=[c[0] for c in LARGE])
def test_threads_do_not_change_a_bit_and_float32_follows_float64(op, inputs, attrs):
    before = _core.get_threads()
    try:
        results = []
        for threads in (1, 2, 5):
            _core.set_threads(threads)
            results.append(_core.eager(op, inputs, attrs))
    finally:
        _core.set_threads(before)
    for other in results[1:]:
        for a, b in zip(results[0], other, strict=True):
            assert a.tobytes() == b.tobytes()
    exact = _core.eager(op, [a.astype("float64") if a.dtype == np.float32 else a for a in inputs], attrs)
    for a, b in zip(results[0], exact, strict=True):
        # Float32 sums of up to 4e5 terms in blocks: some 1e-6 of the sum of magnitudes.
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5 * max(1.0, np.abs(b).max()))


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "int64", "uint8", "bool"])
def test_movements_keep_every_dtype(dtype):
    x = integers(0, 2, 3, 4).astype(dtype)
    for op, attrs, want in [
        ("transpose", {"axes": [1, 0]}, x.T),
        ("slice", {"begin": [1, 3], "size": [2, 2], "strides": [1, -2]}, x[1:, ::-2]),
        ("pad", {"before": [0, 1], "after": [1, 0], "value": 1}, np.pad(x, [(0, 1), (1, 0)], constant_values=1)),
        ("reshape", {"shape": [-1]}, x.reshape(-1)),
        ("tile", {"repeats": [1, 2]}, np.tile(x, (1, 2))),
        ("sort", {}, np.sort(x)),
        ("max", {"axes": [1]}, x.max(1)),
    ]:
        (y,) = _core.eager(op, [x], attrs)
        assert y.dtype == x.dtype
        np.testing.assert_array_equal(y, want)
    (y,) = _core.eager("gather", [x, np.array([2, -3])], {"axis": 0})
    np.testing.assert_array_equal(y, x[[2, -3]])
    (total,) = _core.eager("sum", [x], {})
    assert total.dtype == {"uint8": "int32", "bool": "int32"}.get(dtype, dtype) and total == x.sum()


@pytest.mark.parametrize(
    "op, inputs, attrs, words",
    [
        ("reshape", [big(2, 3)], {"shape": [4, -1]}, "expected a shape of 6 elements for (2, 3), got (4, -1)"),
        ("transpose", [big(2, 3)], {"axes": [0]}, "expected 2 axes for shape (2, 3), got (0,)"),
        ("transpose", [big(2, 3)], {"axes": [0, -2]}, "expected each axis once"),
        ("concatenate", [big(2, 3), big(3, 3)], {"axis": 1}, "expected shapes that differ on axis 1 only"),
        ("concatenate", [big(2, 3), integers(0, 2, 2, 3)], {"axis": 1}, "of one dtype, got float32 and int32"),
        ("slice", [big(2, 3)], {"begin": [0, 1], "size": [2, 3]}, "positions from 0 to 2 on axis 1, got 1 to 3"),
        ("gather", [big(2, 3), np.array([0, 2])], {"axis": 0}, "indices from -2 to 1, got 2 as number 1"),
        ("gather", [big(2, 3), big(2)], {"axis": 0}, "expected integer indices, got float32"),
        ("scatter_add", [np.array([[5]]), big(1, 3)], {"shape": [4, 3]}, "from -4 to 3 on axis 0, got 5 in tuple 0"),
        ("sum", [big(2, 3)], {"axes": [2]}, "expected an axis from -2 to 1, got 2"),
        ("max", [big(2, 0)], {"axes": [1]}, "expected something to choose from"),
        ("top_k", [big(2, 3)], {"k": 4}, "expected k from 1 to the size of the last axis, got k = 4"),
        ("max_pool", [big(2, 3, 4)], {"pool": [5]}, "expected at least 5 positions on axis 1 for a pool of 5, got 3"),
        ("max_pool", [big(2, 3)], {"pool": [2]}, "expected 3 axes with channels last, got the shape (2, 3)"),
        ("batch_norm", [big(2, 3), big(2), big(3)], {}, "a vector over channels of shape (3,), got (2,)"),
        ("softmax", [integers(0, 2, 3)], {}, "expected float32 or float64, got int32"),
        ("sparse_softmax_cross_entropy", [big(2, 3), np.array([0, 3])], {}, "labels from 0 to 2, got 3 in row 1"),
        ("pad", [big(2)], {"before": [-1], "after": [0]}, "expected padding of at least 0"),
        ("pad", [big(2)], {"before": [1], "after": [0], "mode": "edge"}, "constant, reflect or symmetric, got 'edge'"),
        ("one_hot", [np.array([1])], {"depth": 0}, "expected a depth of at least 1, got 0"),
    ],
)
def test_errors_say_what_was_expected(op, inputs, attrs, words):
    with pytest.raises((ValueError, TypeError)) as caught:
        _core.eager(op, inputs, attrs)
    assert words in str(caught.value)
