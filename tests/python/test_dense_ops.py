"""Convolutions and matrix products: values, gradients of gradients, fused chains, threads."""

import numpy as np
import pytest

from cpp_op_cases import Case, numbers
from genodl import _core
from test_cpp_ops import Differentiated


def pair(value, fallback):
    return list(value) if value is not None else fallback


def conv(x, w, strides, dilation=None, before=None, after=None, groups=1):
    """Every output by slicing out what its window sees of the padded input."""
    axes = len(strides)
    dilation, before, after = pair(dilation, [1] * axes), pair(before, [0] * axes), pair(after, [0] * axes)
    x = np.pad(x, [(0, 0), *zip(before, after, strict=True), (0, 0)])
    reach = [(k - 1) * d + 1 for k, d in zip(w.shape, dilation, strict=False)]
    sizes = [(n - r) // s + 1 for n, r, s in zip(x.shape[1:], reach, strides, strict=False)]
    y = np.empty((x.shape[0], *sizes, w.shape[-1]))
    cin, cout = w.shape[-2], w.shape[-1] // groups
    for at in np.ndindex(*sizes):
        cut = tuple(slice(o * s, o * s + r, d) for o, s, r, d in zip(at, strides, reach, dilation, strict=True))
        window = x[(slice(None), *cut)]
        for g in range(groups):
            part, kernel = window[..., g * cin : (g + 1) * cin], w[..., g * cout : (g + 1) * cout]
            y[(slice(None), *at, slice(g * cout, (g + 1) * cout))] = np.tensordot(part, kernel, axes + 1)
    return y


def product(a, b, transpose_a=False, transpose_b=False):
    return np.matmul(np.swapaxes(a, -1, -2) if transpose_a else a, np.swapaxes(b, -1, -2) if transpose_b else b)


def conv_case(name, x, w, **attrs):
    x, w = numbers(*x), numbers(*w, seed=1)
    return Case(f"conv-{name}", "conv", [x, w], attrs, lambda x, w: conv(x, w, **attrs))


def matmul_case(name, a, b, **attrs):
    return Case(f"matmul-{name}", "matmul", [numbers(*a), numbers(*b, seed=1)], attrs, lambda a, b: product(a, b, **attrs))


CONVS = [
    conv_case("valid", (2, 9, 3), (4, 3, 5), strides=[1]),
    conv_case("same", (2, 7, 2), (4, 2, 3), strides=[1], before=[1], after=[2]),
    conv_case("causal-dilated", (2, 8, 2), (3, 2, 3), strides=[1], dilation=[2], before=[4]),
    conv_case("strided", (1, 11, 2), (3, 2, 3), strides=[2], before=[1], after=[1]),
    conv_case("stride-beyond-kernel", (1, 9, 2), (2, 2, 3), strides=[4]),
    conv_case("groups", (2, 6, 4), (3, 2, 6), strides=[1], groups=2),
    conv_case("whole-length", (3, 5, 2), (5, 2, 4), strides=[1]),
    conv_case("images", (2, 5, 6, 2), (3, 2, 2, 3), strides=[1, 1], before=[1, 0], after=[1, 1]),
    conv_case("images-everything", (1, 7, 8, 4), (2, 3, 2, 4), strides=[2, 3], dilation=[2, 1], before=[1, 2],
              after=[0, 1], groups=2),
    conv_case("depthwise", (1, 4, 5, 3), (2, 2, 1, 3), strides=[1, 1], groups=3),
    conv_case("points", (2, 3, 4, 3), (1, 1, 3, 2), strides=[1, 1]),
]  # fmt: skip
MATMULS = [
    matmul_case("plain", (3, 4), (4, 5)),
    matmul_case("transposed", (4, 3), (5, 4), transpose_a=True, transpose_b=True),
    matmul_case("dense-of-sequence", (2, 3, 4), (4, 5)),
    matmul_case("dense-of-sequence-transposed", (2, 3, 4), (5, 4), transpose_b=True),
    matmul_case("shared-right", (2, 4, 3), (4, 5), transpose_a=True),
    matmul_case("batch", (2, 3, 4), (2, 4, 5)),
    matmul_case("broadcast", (2, 1, 3, 4), (3, 4, 2)),
    matmul_case("shared-left", (3, 4), (2, 4, 5)),
    matmul_case("vector", (1, 6), (6, 1)),
]
CASES = CONVS + MATMULS


def family(case):
    """The two gradients of a convolution as ops of their own."""
    x, w = case.inputs
    dy = numbers(*case.reference(x, w).shape, seed=2)
    axes = x.ndim - 2
    shape, kernel = {"shape": list(x.shape)}, {"kernel": list(w.shape[:axes])}
    return [
        Case(case.name + "-input", "conv_input_grad", [dy, w], case.attrs | shape),
        Case(case.name + "-weights", "conv_weight_grad", [x, dy], case.attrs | kernel),
    ]


FAMILY = [member for case in CONVS for member in family(case)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_value(case):
    want = case.reference(*case.inputs)
    (exact,) = _core.eager(case.op, case.inputs, case.attrs)
    np.testing.assert_allclose(exact, want, rtol=1e-11, atol=1e-11)
    (short,) = _core.eager(case.op, [a.astype("float32") for a in case.inputs], case.attrs)
    # At most 40 products of numbers up to 4, each rounded to 2^-24 of the sum.
    np.testing.assert_allclose(short, want, atol=5e-5)


@pytest.mark.parametrize("case", CASES + FAMILY, ids=str)
def test_gradient(case):
    d = Differentiated(case)
    for g, slope in zip(d.first.run(d.inputs), d.differences(d.value, d.w), strict=True):
        # Central differences of a bilinear function are exact but for rounding, 1e-11 of its value.
        np.testing.assert_allclose(g, slope, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("case", CASES + FAMILY, ids=str)
def test_second_gradient(case):
    d = Differentiated(case)
    found = iter(d.second.run(d.inputs))
    for depends, slope in zip(d.depends, d.differences(d.first, d.v), strict=True):
        g = next(found) if depends else np.zeros(slope.shape)
        np.testing.assert_allclose(g, slope, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("case", FAMILY, ids=str)
def test_float32_gradients_follow_float64(case):
    (exact,) = _core.eager(case.op, case.inputs, case.attrs)
    (short,) = _core.eager(case.op, [a.astype("float32") for a in case.inputs], case.attrs)
    np.testing.assert_allclose(short, exact, atol=1e-4)  # sums of at most 100 products up to 4


def big(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


SAME = {"strides": [1], "dilation": [4], "before": [8], "after": [8]}
LARGE = [
    ("conv", [big(8, 700, 40), big(5, 40, 72)], SAME),
    ("conv", [big(40, 60, 40), big(1, 40, 72)], {"strides": [1]}),
    ("conv_input_grad", [big(8, 700, 40), big(5, 72, 40)], {**SAME, "shape": [8, 700, 72]}),
    ("conv_weight_grad", [big(8, 700, 40), big(8, 700, 72)], {**SAME, "kernel": [5]}),
    ("conv", [big(16, 28, 28, 12), big(3, 3, 12, 40)], {"strides": [1, 1]}),
    ("conv_weight_grad", [big(16, 28, 28, 12), big(16, 26, 26, 40)], {"strides": [1, 1], "kernel": [3, 3]}),
    ("matmul", [big(500, 300), big(300, 400)], {}),
    ("matmul", [big(30, 30000), big(30000, 70)], {}),
    ("matmul", [big(1, 3000), big(3000, 700)], {}),
    ("matmul", [big(3000, 300), big(1, 300)], {"transpose_b": True}),
    ("matmul", [big(20, 64, 40), big(20, 40, 64)], {}),
    ("matmul", [big(200, 9, 7), big(7, 5)], {}),
]


def with_threads(threads, function):
    before = _core.get_threads()
    _core.set_threads(threads)
    try:
        return function()
    finally:
        _core.set_threads(before)


@pytest.mark.parametrize("op, inputs, attrs", LARGE, ids=[f"{c[0]}-{i}" for i, c in enumerate(LARGE)])
def test_threads_do_not_change_a_bit_and_float32_follows_float64(op, inputs, attrs):
    (one,) = with_threads(1, lambda: _core.eager(op, inputs, attrs))
    for threads in (2, 5):
        (many,) = with_threads(threads, lambda: _core.eager(op, inputs, attrs))
        assert many.tobytes() == one.tobytes()
    (exact,) = _core.eager(op, [a.astype("float64") for a in inputs], attrs)
    # Sums of up to 30,000 products: the error grows like the root of their number.
    np.testing.assert_allclose(one, exact, atol=40 * 2**-24 * np.abs(exact).max())


@pytest.mark.parametrize("op, inputs, attrs", LARGE, ids=[f"{c[0]}-{i}" for i, c in enumerate(LARGE)])
def test_a_chain_that_follows_is_applied_to_every_row(op, inputs, attrs):
    holders = [_core.placeholder(a.shape, "float32", "x") for a in inputs]
    (y,) = _core.node(op, holders, attrs, "")
    bias = _core.constant(big(y.shape[-1], seed=5))
    (shifted,) = _core.node("add", [y, bias], {}, "")
    (positive,) = _core.node("relu", [shifted], {}, "")
    (got,) = _core.Session(_core.Plan(holders, [positive], [])).run(inputs)
    (plain,) = _core.eager(op, inputs, attrs)
    np.testing.assert_array_equal(got, np.maximum(plain + big(y.shape[-1], seed=5), 0))


@pytest.mark.parametrize(
    "op, shapes, attrs, words",
    [
        ("conv", [(2, 9, 3), (4, 2, 5)], {"strides": [1]}, "expected 2 channels .* got 3"),
        ("conv", [(2, 3, 3), (4, 3, 5)], {"strides": [1]}, "expected at least 4 positions on axis 1 .* got 3"),
        ("conv", [(2, 0, 3), (1, 3, 5)], {"strides": [1]}, "expected at least 1 positions on axis 1 .* got 0"),
        ("conv", [(2, 9, 9, 3), (4, 3, 5)], {"strides": [1]}, "expected inputs and weights of 3 axes"),
        ("conv", [(2, 9, 4), (4, 2, 5)], {"strides": [1], "groups": 2}, "multiples of 2 groups, got 5"),
        ("conv", [(2, 9, 4), (4, 4, 5)], {"strides": [0]}, "strides and dilation of at least 1, got 0"),
        ("conv", [(2, 9, 4), (4, 4, 5)], {"strides": [1], "before": [-1]}, "padding of at least 0, got -1"),
        ("conv_input_grad", [(2, 5, 5), (4, 3, 5)], {"strides": [1], "shape": [2, 9, 3]}, r"\(2, 6, 5\)"),
        ("conv_weight_grad", [(2, 9, 3), (2, 5, 5)], {"strides": [1], "kernel": [4]}, r"\(2, 6, 5\)"),
        ("matmul", [(2, 3), (4, 5)], {}, "inner sizes that agree, got 3 and 4"),
        ("matmul", [(3,), (3, 5)], {}, "at least two axes"),
    ],
)
def test_what_does_not_fit_is_said(op, shapes, attrs, words):
    with pytest.raises(ValueError, match=words):
        _core.eager(op, [np.zeros(s, "float32") for s in shapes], attrs)


def test_empty_batches():
    (y,) = _core.eager("conv", [np.zeros((0, 9, 3), "float32"), np.zeros((4, 3, 5), "float32")], {"strides": [1]})
    assert y.shape == (0, 6, 5)
    (c,) = _core.eager("matmul", [np.zeros((0, 4), "float32"), np.zeros((4, 5), "float32")], {})
    assert c.shape == (0, 5)
    (c,) = _core.eager("matmul", [np.zeros((3, 0), "float32"), np.zeros((0, 5), "float32")], {})
    np.testing.assert_array_equal(c, np.zeros((3, 5)))


@pytest.fixture
def precise_again():
    yield
    _core.set_precise(False)


WIDE = {"strides": [1], "before": [5], "after": [5]}


@pytest.mark.parametrize(
    "op, inputs, attrs",
    [
        ("conv", [big(8, 200, 120), big(11, 120, 96)], WIDE),
        ("conv_input_grad", [big(8, 200, 96), big(11, 120, 96)], {**WIDE, "shape": [8, 200, 120]}),
        ("conv_weight_grad", [big(8, 200, 120), big(8, 200, 96, seed=3)], {**WIDE, "kernel": [11]}),
        ("conv", [big(8, 30, 30, 64), big(3, 3, 64, 96)], {"strides": [1, 1]}),
    ],
    ids=["forward", "input", "weights", "image"],
)
def test_precise_switches_winograd_off(op, inputs, attrs, precise_again):
    (exact,) = _core.eager(op, [a.astype("float64") for a in inputs], attrs)
    (fast,) = _core.eager(op, inputs, attrs)
    _core.set_precise(True)
    (plain,) = _core.eager(op, inputs, attrs)
    assert fast.tobytes() != plain.tobytes()
    # Measured on such data: 0.3e-6 to 1.8e-6 of the largest value, both ways.
    for short in (fast, plain):
        np.testing.assert_allclose(short, exact, atol=4e-6 * np.abs(exact).max())
