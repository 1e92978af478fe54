"""Convolution of DNA codes: table lookup, its gradients, and the passes that bring graphs there."""

import numpy as np
import pytest

from genodl import _core

PLAIN, SOME_N, ALL_CODES = "plain", "some N", "all codes"


def make_codes(kind, batch, length, seed=0):
    rng = np.random.default_rng(seed)
    codes = (1 << rng.integers(0, 4, (batch, length))).astype("uint8")
    if kind == SOME_N:
        codes[:, 3:12] = 15
    if kind == ALL_CODES:
        codes = rng.integers(0, 16, (batch, length)).astype("uint8")
    return codes


def one_hot(codes):
    bits = (codes[..., None] >> np.arange(4) & 1).astype("float64")
    return bits / np.maximum(bits.sum(-1, keepdims=True), 1)


def convolve(codes, weights, strides=1, dilation=1, before=0, after=0):
    """(batch, windows, taps * 4) one-hot windows, and their product with the weights."""
    x = np.pad(one_hot(codes), ((0, 0), (before, after), (0, 0)))
    taps = len(weights)
    starts = np.arange(0, x.shape[1] - (taps - 1) * dilation, strides)
    seen = x[:, starts[:, None] + np.arange(taps) * dilation].reshape(len(x), len(starts), -1)
    return seen, seen @ weights.reshape(taps * 4, -1).astype("float64")


def attrs(strides=1, dilation=1, before=0, after=0):
    return {"strides": [strides], "dilation": [dilation], "before": [before], "after": [after]}


def run_plan(inputs, outputs, arrays):
    plan = _core.Plan(inputs, outputs, [])
    return _core.Session(plan).run(arrays), {op for step in plan.steps for op in step["ops"].replace("+", " ").split()}


def node(op, *inputs, **given):
    return _core.node(op, list(inputs), given, "layer")[0]


WINDOWS = [
    dict(),
    dict(before=3, after=4),
    dict(strides=3, before=2),
    dict(dilation=2, after=5),
    dict(strides=2, dilation=3, before=9, after=9),
]


@pytest.mark.parametrize("dtype, tolerance", [("float32", 3e-6), ("float64", 1e-13)])  # about 30 terms of up to 1
@pytest.mark.parametrize("kind", [PLAIN, SOME_N, ALL_CODES])
@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_values_and_weight_gradient(window, kind, dtype, tolerance):
    rng = np.random.default_rng(1)
    codes = make_codes(kind, 3, 60)
    weights = rng.uniform(-1, 1, (7, 4, 18)).astype(dtype)
    seen, y = convolve(codes, weights, **window)
    [got] = _core.eager("dna_conv1d", [codes, weights], attrs(**window))
    assert got.dtype == dtype and got.shape == y.shape
    np.testing.assert_allclose(got, y, atol=tolerance)

    dy = rng.uniform(-1, 1, y.shape).astype(dtype)
    dw = np.tensordot(seen, dy.astype("float64"), ((0, 1), (0, 1))).reshape(weights.shape)
    [got] = _core.eager("dna_conv1d_weight_grad", [codes, dy], {**attrs(**window), "taps": 7})
    np.testing.assert_allclose(got, dw, atol=10 * tolerance)  # sums of up to 200 windows


def test_gradients_are_nodes_to_the_second_order():
    """f(w) = sum(conv(w)^3): its first derivative and that of a product with it, against finite differences."""
    rng = np.random.default_rng(2)
    codes, weights, v = make_codes(ALL_CODES, 2, 20), rng.uniform(-1, 1, (5, 4, 3)), rng.uniform(-1, 1, (5, 4, 3))

    def f(w):
        return (convolve(codes, w)[1] ** 3).sum()

    def slope(w, h=1e-4):
        return (f(w + h * v) - f(w - h * v)) / (2 * h)

    c = _core.placeholder(codes.shape, "uint8", "codes")
    w, direction = (_core.placeholder(weights.shape, "float64", n) for n in ("w", "v"))
    y = node("dna_conv1d", c, w, **attrs())
    total = node("sum", node("multiply", y, node("square", y)))
    [dw] = _core.gradients([total], [], [w])
    [ddw] = _core.gradients([node("sum", node("multiply", dw, direction))], [], [w])
    (first, second), _ = run_plan([c, w, direction], [dw, ddw], [codes, weights, v])
    np.testing.assert_allclose((first * v).sum(), slope(weights), rtol=1e-6)
    h = 1e-4
    u = rng.uniform(-1, 1, weights.shape)
    bend = (slope(weights + h * u) - slope(weights - h * u)) / (2 * h)
    np.testing.assert_allclose((second * u).sum(), bend, rtol=1e-4)


EPSILON = 1e-3


class Network:
    """conv(one-hot) + bias, f, relu, pooling, where f is nothing, "norm" or "affine".

    Its outputs are y, then, with a gradient, those of the weights, the bias, and of gamma and beta,
    and after a normalisation its mean and variance.
    """

    def __init__(
        self, kind, window, pool=None, stride=None, relu=True, bias=True, gradient=True, filters=17, length=64,
        between=None,
    ):
        rng = np.random.default_rng(3)
        self.codes = make_codes(kind, 3, length)
        self.weights = rng.uniform(-1, 1, (7, 4, filters)).astype("float32")
        self.bias = rng.uniform(-1, 1, filters).astype("float32")
        self.relu, self.pool, self.window = relu, pool, window
        c = _core.placeholder(self.codes.shape, "uint8", "codes")
        w = _core.placeholder(self.weights.shape, "float32", "w")
        b = _core.placeholder(self.bias.shape, "float32", "b")
        y = node("conv", node("dna_one_hot", c), w, **attrs(**window), groups=1)
        y = node("add", y, b) if bias else y
        self.inputs, self.arrays, targets = [c, w, b], [self.codes, self.weights, self.bias], [w, b] if bias else [w]
        self.between, moments = between, []
        if between:
            vectors = [_core.placeholder(self.bias.shape, "float32", n) for n in ("gamma", "beta")]
            self.gamma, self.beta = (rng.uniform(-1, 1, filters).astype("float32") for _ in vectors)
            self.inputs += vectors
            self.arrays += [self.gamma, self.beta]
            if between == "norm":
                y, *moments = _core.node("batch_norm", [y, *vectors], {"epsilon": EPSILON}, "norm")
                targets += vectors
            else:
                y = node("add", node("multiply", y, vectors[0]), vectors[1])
        self.before_pool = y = node("relu", y) if relu else y
        if pool == "max":
            y = node("max", y, axes=[1])
        elif pool:
            y = node("max_pool", y, pool=[pool], strides=[stride or pool])
        self.stride = stride or pool
        if not bias:
            self.bias = np.zeros(filters, "float32")
        self.dy = rng.uniform(-1, 1, y.shape).astype("float32")
        self.outputs = [y]
        self.has_bias = bias
        if gradient:
            dy = _core.placeholder(y.shape, "float32", "dy")
            self.outputs += _core.gradients([y], [dy], targets)
            self.inputs.append(dy)
            self.arrays.append(self.dy)
        self.outputs += moments

    def run(self):
        return run_plan(self.inputs, self.outputs, self.arrays)

    def expected(self):
        seen, c = convolve(self.codes, self.weights, **self.window)
        c = c + self.bias
        moments = []
        if self.between == "norm":
            moments = [c.mean((0, 1)), c.var((0, 1))]
            steep = 1 / np.sqrt(moments[1] + EPSILON)
            away = (c - moments[0]) * steep
            c = away * self.gamma + self.beta
        elif self.between == "affine":
            c = c * self.gamma + self.beta
        c = np.maximum(c, 0) if self.relu else c
        dc = np.zeros_like(c)
        if self.pool is None:
            y, dc = c, self.dy.astype("float64")
        else:
            size = c.shape[1] if self.pool == "max" else self.pool
            step = size if self.pool == "max" else self.stride
            starts = range(0, c.shape[1] - size + 1, step)
            y = np.stack([c[:, s : s + size].max(1) for s in starts], 1)
            dy = self.dy.reshape(y.shape)
            batch, filters = np.ogrid[: len(c), : c.shape[2]]
            for i, s in enumerate(starts):
                np.add.at(dc, (batch, s + c[:, s : s + size].argmax(1), filters), dy[:, i])
        if self.relu:
            dc = np.where(c > 0, dc, 0)
        vectors = []
        if moments:
            vectors = [(dc * away).sum((0, 1)), dc.sum((0, 1))]
            n = c.shape[0] * c.shape[1]
            dc = self.gamma * steep * (dc - (vectors[1] + away * vectors[0]) / n)
        dw = np.tensordot(seen, dc, ((0, 1), (0, 1))).reshape(self.weights.shape)
        bias = [dc.sum((0, 1))] if self.has_bias else []
        gradients = [dw, *bias, *vectors] if len(self.outputs) > 1 + len(moments) else []
        return [y.reshape(self.dy.shape), *gradients, *moments]

    def check(self):
        got, ops = self.run()
        for g, e in zip(got, self.expected(), strict=True):
            np.testing.assert_allclose(g, e, atol=2e-5)  # sums of up to 200 terms of up to 1
        return ops


@pytest.mark.parametrize("kind", [PLAIN, SOME_N, ALL_CODES])
@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_convolution_of_one_hot_reads_codes(window, kind):
    ops = Network(kind, window).check()
    assert {"dna_conv1d", "dna_conv1d_weight_grad"} <= ops
    assert not ops & {"conv", "conv_weight_grad", "dna_one_hot"}


POOLS = [dict(pool=3), dict(pool=4, stride=2), dict(pool=2, stride=5), dict(pool="max"), dict(pool=1)]


@pytest.mark.parametrize("kind", [PLAIN, ALL_CODES])
@pytest.mark.parametrize("pool", POOLS, ids=str)
@pytest.mark.parametrize("relu, bias", [(True, True), (False, True), (True, False), (False, False)])
def test_pooled_convolution_is_one_op_each_way(kind, pool, relu, bias):
    ops = Network(kind, dict(before=3, after=3), relu=relu, bias=bias, **pool).check()
    assert {"dna_conv1d_pool", "dna_conv1d_pool_grad"} <= ops
    assert not ops & {"dna_conv1d", "dna_conv1d_weight_grad", "max_pool", "max_pool_grad", "max", "extreme_grad"}
    assert "relu" not in ops


@pytest.mark.parametrize("pool", POOLS, ids=str)
def test_pooled_convolution_without_gradient(pool):
    ops = Network(SOME_N, {}, gradient=False, **pool).check()
    assert "dna_conv1d_pool" in ops and "dna_conv1d" not in ops


POOL_OPS = {"dna_conv1d_pool", "dna_conv1d_pool_grad"}
NORM_OPS = POOL_OPS | {"dna_window_moments", "dna_conv1d_moments", "dna_conv1d_norm_grad"}


@pytest.mark.parametrize("kind", [PLAIN, SOME_N, ALL_CODES])
@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_normalised_convolution_is_never_written(kind, window):
    ops = Network(kind, window, pool=3, between="norm").check()
    assert ops >= NORM_OPS and not ops & {"dna_conv1d", "batch_norm", "batch_norm_grad", "max_pool", "relu"}


@pytest.mark.parametrize("pool", POOLS, ids=str)
@pytest.mark.parametrize("relu, bias", [(True, True), (False, True), (True, False)])
def test_normalised_pools(pool, relu, bias):
    assert Network(SOME_N, dict(before=3, after=3), relu=relu, bias=bias, between="norm", **pool).check() >= NORM_OPS


def test_normalisation_without_gradient():
    ops = Network(PLAIN, {}, pool=3, between="norm", gradient=False).check()
    assert "dna_conv1d_pool" in ops and "batch_norm" not in ops


@pytest.mark.parametrize("kind", [PLAIN, ALL_CODES])
@pytest.mark.parametrize("pool", POOLS, ids=str)
@pytest.mark.parametrize("bias", [True, False])
def test_scale_and_shift_of_inference(kind, pool, bias):
    ops = Network(kind, {}, bias=bias, between="affine", gradient=False, **pool).check()
    assert "dna_conv1d_pool" in ops and not ops & {"dna_conv1d", "multiply", "add"}


def test_moments_of_windows():
    for window in WINDOWS:
        codes = make_codes(ALL_CODES, 20, 33)  # more sequences than chunks
        seen, _ = convolve(codes, np.zeros((7, 4, 1)), **window)
        rows = seen.reshape(-1, 28)
        m, c = _core.eager("dna_window_moments", [codes], {**attrs(**window), "taps": 7})
        np.testing.assert_allclose(m, rows.mean(0), atol=1e-14)  # sums of counts and thirds in float64
        np.testing.assert_allclose(c, np.cov(rows.T, bias=True), atol=1e-14)


def test_pool_beyond_a_byte():
    assert "dna_conv1d_pool_grad" in Network(PLAIN, {}, pool=300, stride=150, filters=5, length=700).check()


@pytest.mark.parametrize("filters", [1, 16, 33, 300])
def test_odd_numbers_of_filters(filters):
    assert "dna_conv1d_pool_grad" in Network(SOME_N, dict(before=3, after=3), pool=3, filters=filters).check()


def test_no_fusion_where_the_activation_is_read():
    network = Network(PLAIN, {}, pool=3)
    network.outputs.append(network.before_pool)
    (y, dw, db, before_pool), ops = network.run()
    for got, expected in zip((y, dw, db), network.expected()):
        np.testing.assert_allclose(got, expected, atol=2e-5)
    np.testing.assert_array_equal(before_pool[:, :57].reshape(3, 19, 3, 17).max(2), y)
    assert "dna_conv1d" in ops and "dna_conv1d_pool" not in ops


def test_no_fusion_of_padded_pooling():
    c = _core.placeholder((2, 20), "uint8", "codes")
    w = _core.placeholder((5, 4, 3), "float32", "w")
    y = node("conv", node("dna_one_hot", c), w, strides=[1])
    y = node("max_pool", y, pool=[4], strides=[4], before=[1], after=[3])
    codes, weights = make_codes(PLAIN, 2, 20), np.random.default_rng(0).uniform(-1, 1, (5, 4, 3)).astype("float32")
    [got], ops = run_plan([c, w], [y], [codes, weights])
    padded = np.pad(convolve(codes, weights)[1], ((0, 0), (1, 3), (0, 0)), constant_values=-np.inf)
    np.testing.assert_allclose(got, padded.reshape(2, 5, 4, 3).max(2), atol=1e-5)  # 20 terms of up to 1
    assert "max_pool" in ops


@pytest.mark.parametrize("pool, between", [(None, None), (3, None), ("max", None), (3, "norm")])
def test_same_bits_for_any_number_of_threads(pool, between):
    network = Network(SOME_N, dict(before=3, after=3), pool=pool, filters=70, length=900, between=between)
    before, results = _core.get_threads(), []
    try:
        for threads in (1, 2, 3):
            _core.set_threads(threads)
            results.append(network.run()[0])
    finally:
        _core.set_threads(before)
    for other in results[1:]:
        for a, b in zip(results[0], other):
            np.testing.assert_array_equal(a, b)


def test_a_batch_is_its_sequences():
    codes = make_codes(ALL_CODES, 5, 50)
    weights = np.random.default_rng(4).uniform(-1, 1, (9, 4, 20)).astype("float32")
    [whole] = _core.eager("dna_conv1d", [codes, weights], attrs(before=4, after=4))
    for i in range(5):
        [one] = _core.eager("dna_conv1d", [codes[i : i + 1], weights], attrs(before=4, after=4))
        np.testing.assert_array_equal(one[0], whole[i])


def test_nan_weights_stay_visible():
    weights = np.zeros((5, 4, 3), "float32")
    weights[:, :, 1] = np.nan
    given = {**attrs(), "pool": 4, "pool_stride": 4}
    [y] = _core.eager("dna_conv1d_pool", [make_codes(PLAIN, 1, 20), weights, np.zeros(3, "float32")], given)
    assert np.isnan(y[..., 1]).all() and not np.isnan(y[..., [0, 2]]).any()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_one_hot_rows(dtype):
    codes = np.arange(16, dtype="uint8").reshape(2, 8)
    [rows] = _core.eager("dna_one_hot", [codes], {"dtype": dtype})
    assert rows.dtype == dtype
    np.testing.assert_array_equal(rows, one_hot(codes).astype(dtype))


def test_float_one_hot_is_recognised():
    for kind in (PLAIN, SOME_N, ALL_CODES):
        codes = make_codes(kind, 4, 300)
        np.testing.assert_array_equal(_core.one_hot_codes(one_hot(codes).astype("float32")), codes)


STRANGE = [(1, 1, 0, 0), (0.5, 0, 0, 0), (0.3, 0.3, 0.4, 0), (-1, 0, 0, 0), (np.nan, 0, 0, 1), (2, 0, 0, 0)]


@pytest.mark.parametrize("row", STRANGE)
@pytest.mark.parametrize("at", [0, 1199])
def test_other_rows_are_not_one_hot(row, at):
    x = one_hot(make_codes(PLAIN, 4, 300)).astype("float32")
    x.reshape(-1, 4)[at] = row
    assert _core.one_hot_codes(x) is None


WEIGHTS = np.zeros((5, 4, 3), "float32")
CODES = np.zeros((2, 9), "uint8")


@pytest.mark.parametrize(
    "op, inputs, given, message",
    [
        ("dna_conv1d", [CODES.astype("int32"), WEIGHTS], {}, "expected DNA codes as uint8, got int32"),
        ("dna_conv1d", [CODES, WEIGHTS[:, :3]], {}, r"weights \(taps, 4, filters\), got the shapes"),
        ("dna_conv1d", [CODES[:, :4], WEIGHTS], {}, "expected at least 5 positions .*, got 4. Use a smaller"),
        ("dna_conv1d", [CODES, WEIGHTS], {"strides": [0]}, "expected strides of one number of at least 1"),
        ("dna_one_hot", [CODES.astype("float32")], {}, "expected DNA codes as uint8, got float32"),
        ("dna_one_hot", [CODES], {"dtype": "int32"}, "expected float32 or float64 for fractions of bases, got int32"),
        (
            "dna_conv1d_pool",
            [CODES, WEIGHTS, WEIGHTS[0, 0]],
            {"pool": 6, "pool_stride": 6},
            "expected at least 6 windows to pool, got 5",
        ),
    ],
)
def test_words_of_errors(op, inputs, given, message):
    with pytest.raises((ValueError, TypeError), match=message):
        _core.eager(op, inputs, given)
