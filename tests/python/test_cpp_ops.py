"""Ops of the engine: values against NumPy, gradients and their gradients against finite differences."""

import zlib
from dataclasses import dataclass, field
from typing import Any, Callable

import numpy as np
import pytest
from scipy import special

from genodl import _core


@dataclass
class Case:
    name: str
    op: str
    inputs: list
    attrs: dict = field(default_factory=dict)
    reference: Callable[..., Any] | None = None
    wrt: list | None = None  # inputs to differentiate by; default: every float one
    outputs: int = 1  # outputs that have a gradient

    def __str__(self):
        return self.name


def numbers(*shape, seed=0):
    """Distinct and well apart, so that no step of a finite difference changes an order."""
    n = int(np.prod(shape))
    rng = np.random.default_rng(zlib.crc32(repr((shape, seed)).encode()))
    return ((rng.permutation(n) + 0.5) / n * 4 - 2).reshape(shape)


def integers(low, high, *shape, dtype="int32", seed=0):
    return np.random.default_rng(seed).integers(low, high, shape).astype(dtype)


def windows(x, pool, strides, before, after, reduce):
    """Pooling by slicing out every window of real elements."""
    axes = len(pool)
    sizes = [(x.shape[a + 1] + before[a] + after[a] - pool[a]) // strides[a] + 1 for a in range(axes)]
    y = np.empty((x.shape[0], *sizes, x.shape[-1]))
    for at in np.ndindex(*sizes):
        starts = [o * s - b for o, s, b in zip(at, strides, before, strict=True)]
        cut = tuple(slice(max(0, s), s + p) for s, p in zip(starts, pool, strict=True))
        y[(slice(None), *at)] = reduce(x[(slice(None), *cut)], axis=tuple(range(1, axes + 1)))
    return y


def scatter(shape):
    def reference(at, values):
        y = np.zeros(shape)
        np.add.at(y, tuple(np.moveaxis(at, -1, 0)), values)
        return y

    return reference


def pool_case(name, x, pool, strides, before, after):
    attrs = {"pool": pool, "strides": strides, "before": before, "after": after}
    return [
        Case(f"max_pool-{name}", "max_pool", [x], attrs, lambda x: windows(x, pool, strides, before, after, np.max)),
        Case(
            f"average_pool-{name}",
            "average_pool",
            [x],
            attrs,
            lambda x: windows(x, pool, strides, before, after, np.mean),
        ),
    ]


def batch_norm(x, gamma, beta, epsilon=1e-3):
    axes = tuple(range(x.ndim - 1))
    x = x.astype(np.longdouble)  # NumPy's mean in double is the worse of the two far from zero
    mean, variance = x.mean(axes), x.var(axes)
    y = (x - mean) / np.sqrt(variance + epsilon) * gamma + beta
    return y.astype("float64"), mean.astype("float64"), variance.astype("float64")


def layer_norm(x, gamma, beta):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-3) * gamma + beta


def reductions():
    x = numbers(3, 4, 5)
    tied = np.array([[1.0, 3.0, 3.0], [2.0, -1.0, 2.0]])
    for op, f in [("sum", np.sum), ("mean", np.mean), ("max", np.max), ("min", np.min), ("prod", np.prod)]:
        for axes in ([0], [1], [2], [0, 1], [0, 2], [1, 2], [-1], [0, 1, 2], []):
            yield Case(
                f"{op}-{axes}", op, [x], {"axes": axes}, lambda x, f=f, axes=axes: f(x, axis=tuple(axes)) if axes else x
            )
        yield Case(f"{op}-all", op, [x], {}, f)
        yield Case(f"{op}-keep", op, [x], {"axes": [1], "keepdims": True}, lambda x, f=f: f(x, axis=1, keepdims=True))
        yield Case(f"{op}-long", op, [numbers(1300, 2)], {"axes": [0]}, lambda x, f=f: f(x, axis=0), wrt=[])
        yield Case(f"{op}-row", op, [numbers(2, 1301)], {"axes": [1]}, lambda x, f=f: f(x, axis=1), wrt=[])
    yield Case("prod-zeros", "prod", [np.array([[0.0, 2, 3], [0, 0, 3], [1, 2, 3]])], {"axes": [1]}, lambda x: x.prod(1))
    yield Case("max-ties", "max", [tied], {"axes": [1]}, lambda x: x.max(1), wrt=[])
    for op, f in [("any", np.any), ("all", np.all)]:
        yield Case(op, op, [numbers(4, 6) > 1], {"axes": [1]}, lambda x, f=f: f(x, axis=1))
    for op, f in [("argmax", np.argmax), ("argmin", np.argmin)]:
        for axis in (0, 1, 2):
            yield Case(f"{op}-{axis}", op, [x], {"axis": axis}, lambda x, f=f, axis=axis: f(x, axis=axis), wrt=[])
        yield Case(f"{op}-ties", op, [tied], {"axis": 1}, lambda x, f=f: f(x, axis=1), wrt=[])
    for axes in ([0], [1], [2], [0, 2], [0, 1, 2]):
        yield Case(
            f"logsumexp-{axes}",
            "logsumexp",
            [x],
            {"axes": axes},
            lambda x, axes=axes: special.logsumexp(x, axis=tuple(axes)),
        )
    infinite = np.array([[-np.inf, -np.inf], [-np.inf, 1], [np.inf, 0]])
    yield Case("logsumexp-inf", "logsumexp", [infinite], {"axes": [1]}, lambda x: [-np.inf, 1, np.inf], wrt=[])


def movements():
    x, cube = numbers(4, 5), numbers(3, 4, 5)
    yield Case("reshape", "reshape", [cube], {"shape": [5, -1]}, lambda x: x.reshape(5, -1))
    for axes in ([0, 1, 2], [0, 2, 1], [2, 0, 1], [1, 0, 2], [2, 1, 0], [-1, 0, 1]):
        yield Case(f"transpose-{axes}", "transpose", [cube], {"axes": axes}, lambda x, a=axes: x.transpose(a))
    big = numbers(3, 40, 2, 35)
    for axes in ([0, 3, 2, 1], [3, 1, 0, 2], [2, 3, 1, 0]):
        yield Case(f"transpose-big-{axes}", "transpose", [big], {"axes": axes}, lambda x, a=axes: x.transpose(a), [])
    for axis in (0, 1, 2, -1):
        shapes = [[3, 4, 5], [3, 4, 5], [3, 4, 5]]
        for i, s in enumerate(shapes):
            s[axis] = i + 1
        parts = [numbers(*s, seed=i) for i, s in enumerate(shapes)]
        yield Case(f"concatenate-{axis}", "concatenate", parts, {"axis": axis}, lambda *p, a=axis: np.concatenate(p, a))
    yield Case("slice", "slice", [cube], {"begin": [1, 0, 2], "size": [2, 4, 2]}, lambda x: x[1:3, :, 2:4])
    yield Case(
        "slice-steps",
        "slice",
        [cube],
        {"begin": [2, 1, 4], "size": [3, 2, 3], "strides": [-1, 2, -2]},
        lambda x: x[::-1, 1::2, ::-2],
    )
    yield Case("slice-empty", "slice", [x], {"begin": [0, 0], "size": [0, 5]}, lambda x: x[:0])
    yield Case(
        "pad", "pad", [cube], {"before": [0, 2, 1], "after": [1, 0, 3], "value": 1.5},
        lambda x: np.pad(x, [(0, 1), (2, 0), (1, 3)], constant_values=1.5),
    )
    for mode in ("reflect", "symmetric"):
        for before, after in (([0, 2], [0, 3]), ([3, 7], [9, 11])):
            yield Case(
                f"pad-{mode}-{before}", "pad", [x], {"before": before, "after": after, "mode": mode},
                lambda x, m=mode, b=before, a=after: np.pad(x, list(zip(b, a, strict=True)), mode=m),
            )
    for axes in ([0], [1], [2], [-1, 0], [0, 1, 2]):
        yield Case(f"flip-{axes}", "flip", [cube], {"axes": axes}, lambda x, a=axes: np.flip(x, a))
    yield Case("roll", "roll", [cube], {"shift": [2, -6], "axes": [1, 2]}, lambda x: np.roll(x, (2, -6), (1, 2)))
    for axis in (0, 1, -1):
        yield Case(f"repeat-{axis}", "repeat", [cube], {"repeats": 3, "axis": axis}, lambda x, a=axis: x.repeat(3, a))
    yield Case("tile", "tile", [cube], {"repeats": [2, 1, 3]}, lambda x: np.tile(x, (2, 1, 3)))
    for op, f in [("tril", np.tril), ("triu", np.triu)]:
        for k in (-5, -1, 0, 2):
            yield Case(f"{op}-{k}", op, [cube], {"k": k}, lambda x, f=f, k=k: f(x, k))


def indexing():
    x = numbers(4, 5, 3)
    for axis in (0, 1, 2):
        at = integers(-x.shape[axis], x.shape[axis], 2, 6, dtype="int64", seed=axis)
        yield Case(f"gather-{axis}", "gather", [x, at], {"axis": axis}, lambda x, i, a=axis: x.take(i, a))
        shape = [4, 5, 3]
        shape[axis] = 7
        at = integers(-x.shape[axis], x.shape[axis], *shape, seed=axis)
        yield Case(
            f"take_along_axis-{axis}", "take_along_axis", [x, at], {"axis": axis},
            lambda x, i, a=axis: np.take_along_axis(x, i, a),
        )
    yield Case("gather-scalar", "gather", [x, np.array(2, "int32")], {"axis": 1}, lambda x, i: x[:, 2])
    pairs = integers(0, 4, 6, 2)
    yield Case("scatter_add", "scatter_add", [pairs, numbers(6, 3)], {"shape": [4, 5, 3]}, scatter((4, 5, 3)))
    yield Case("scatter_add-rows", "scatter_add", [integers(-4, 4, 9, 1), numbers(9, 2)], {"shape": [4, 2]}, scatter((4, 2)))
    yield Case("gather_nd", "gather_nd", [x, pairs[:, :2] % 4], {}, lambda x, i: x[i[:, 0], i[:, 1]])
    labels = integers(-1, 6, 2, 3)
    for axis in (-1, 0, 1):
        yield Case(
            f"one_hot-{axis}", "one_hot", [labels], {"depth": 5, "axis": axis},
            lambda i, a=axis: np.moveaxis((i[..., None] == np.arange(5)).astype(float), -1, a),
        )


def scans_and_sorts():
    x = numbers(3, 4, 5)
    for axis in (0, 1, 2):
        yield Case(f"cumsum-{axis}", "cumsum", [x], {"axis": axis}, lambda x, a=axis: x.cumsum(a))
        yield Case(f"cumprod-{axis}", "cumprod", [x], {"axis": axis}, lambda x, a=axis: x.cumprod(a))
        yield Case(f"sort-{axis}", "sort", [x], {"axis": axis}, lambda x, a=axis: np.sort(x, a))
        yield Case(
            f"argsort-{axis}", "argsort", [integers(0, 3, 3, 4, 5)], {"axis": axis},
            lambda x, a=axis: np.argsort(x, a, kind="stable"),
        )
    reverse = lambda f: lambda x: np.flip(f(np.flip(x, 1), 1), 1)
    for op, f, edge in [("cumsum", np.cumsum, 0), ("cumprod", np.cumprod, 1)]:
        yield Case(f"{op}-reverse", op, [x], {"axis": 1, "reverse": True}, reverse(f))
        shift = lambda x, axis, f=f, edge=edge: np.insert(f(x, axis), 0, edge, axis)[:, :-1]
        yield Case(f"{op}-exclusive", op, [x], {"axis": 1, "exclusive": True}, lambda x, s=shift: s(x, 1))
        yield Case(
            f"{op}-both", op, [x], {"axis": 1, "exclusive": True, "reverse": True}, reverse(shift)
        )
    yield Case("cumprod-zeros", "cumprod", [np.array([2.0, 0, 3, 0, 1])], {"axis": 0}, np.cumprod)

    def recurrence(b, c):
        a = np.zeros_like(b)
        for t in range(b.shape[1]):
            a[:, t] = b[:, t] + (c[:, t] * a[:, t - 1] if t else 0)
        return a

    yield Case("linear_scan", "linear_scan", [x, numbers(3, 4, 5, seed=1)], {"axis": 1}, recurrence)
    yield Case(
        "linear_scan-reverse", "linear_scan", [x, numbers(3, 4, 5, seed=1)], {"axis": 1, "reverse": True},
        lambda b, c: recurrence(b[:, ::-1], c[:, ::-1])[:, ::-1],
    )
    yield Case("sort-descending", "sort", [x], {"axis": 1, "descending": True}, lambda x: -np.sort(-x, 1))
    with_nan = np.array([[3, np.nan, 1, -np.inf], [np.inf, 2, np.nan, 0]])
    yield Case("sort-nan", "sort", [with_nan], {}, np.sort, wrt=[])
    yield Case("top_k", "top_k", [x], {"k": 3}, lambda x: (-np.sort(-x)[..., :3], np.argsort(-x)[..., :3]))
    tied = np.array([[1, 3, 3, 0, 3]], "int32")
    yield Case("top_k-ties", "top_k", [tied], {"k": 4}, lambda x: ([[3, 3, 3, 1]], [[1, 2, 4, 0]]))


def softmaxes():
    x = numbers(3, 4, 5)
    for axis in (0, 1, 2, -1):
        yield Case(f"softmax-{axis}", "softmax", [x], {"axis": axis}, lambda x, a=axis: special.softmax(x, a))
        yield Case(f"log_softmax-{axis}", "log_softmax", [x], {"axis": axis}, lambda x, a=axis: special.log_softmax(x, a))
    yield Case("softmax-large", "softmax", [x * 1e3], {}, lambda x: special.softmax(x, -1), wrt=[])
    empty = np.array([[-np.inf, -np.inf], [0, -np.inf]])
    yield Case("softmax-nothing", "softmax", [empty], {}, lambda x: [[0, 0], [1, 0]], wrt=[])
    yield Case("log_softmax-nothing", "log_softmax", [empty], {}, lambda x: [[-np.inf] * 2, [0, -np.inf]], wrt=[])
    logits, targets = numbers(6, 5), np.random.default_rng(0).random((6, 5))
    yield Case(
        "softmax_cross_entropy", "softmax_cross_entropy", [logits, targets], {},
        lambda x, t: -(t * special.log_softmax(x, -1)).sum(-1),
    )
    yield Case(
        "sparse_softmax_cross_entropy", "sparse_softmax_cross_entropy", [logits, integers(0, 5, 6)], {},
        lambda x, t: -special.log_softmax(x, -1)[np.arange(6), t],
    )


def poolings():
    line, image = numbers(2, 11, 3), numbers(2, 7, 6, 2)
    yield from pool_case("plain", line, [3], [3], [0], [0])
    yield from pool_case("overlap", line, [4], [2], [1], [2])
    yield from pool_case("gaps", line, [2], [3], [0], [1])
    yield from pool_case("wide", numbers(1, 9, 70), [2], [2], [0], [0])
    yield from pool_case("image", image, [2, 3], [2, 3], [0, 0], [0, 0])
    yield from pool_case("image-overlap", image, [3, 2], [2, 1], [1, 0], [1, 1])


def norms():
    gamma, beta = numbers(3, seed=1) + 3, numbers(3, seed=2)
    for x in (numbers(6, 3), numbers(2, 5, 3), numbers(2, 2, 3, 3)):
        yield Case(f"batch_norm-{x.ndim}", "batch_norm", [x, gamma, beta], {"epsilon": 1e-3}, batch_norm, outputs=3)
    far = numbers(600, 3) * 1e-2 + [1e2, -1e2, 0]
    yield Case("batch_norm-far", "batch_norm", [far, gamma, beta], {}, batch_norm, wrt=[])
    yield Case(
        "batch_norm_moments", "batch_norm_moments", [numbers(4, 5, 3)], {},
        lambda x: (x.mean((0, 1)), x.var((0, 1))), outputs=2,
    )
    x = numbers(4, 3)
    mean, variance = x.mean(0), x.var(0)
    yield Case("batch_norm_grad", "batch_norm_grad", [x, numbers(4, 3, seed=5), mean, variance, gamma], {}, outputs=3)
    yield Case("layer_norm", "layer_norm", [numbers(2, 4, 3), gamma, beta], {"epsilon": 1e-3}, layer_norm)
    yield Case("layer_norm-wide", "layer_norm", [numbers(5, 37), numbers(37), numbers(37, seed=1)], {}, layer_norm)
    yield Case("layer_norm_grad", "layer_norm_grad", [x, numbers(4, 3, seed=5), gamma], {}, outputs=3)
    yield Case(
        "rms_norm", "rms_norm", [numbers(2, 4, 3), gamma], {"epsilon": 1e-6},
        lambda x, g: x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-6) * g,
    )
    yield Case("rms_norm_grad", "rms_norm_grad", [x, numbers(4, 3, seed=5), gamma], {}, outputs=2)


CASES = [
    *reductions(), *movements(), *indexing(), *scans_and_sorts(), *softmaxes(), *poolings(), *norms(),
]  # fmt: skip


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
        total = lambda arrays: sum(float((w * o).sum()) for w, o in zip(weights, session.run(arrays), strict=True))
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


FUSED = [c for c in CASES if c.name in ("max_pool-image", "average_pool-overlap", "batch_norm-3", "layer_norm", "rms_norm")]


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
