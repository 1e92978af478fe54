"""Gradients of graphs: shared parts, stopped paths, second derivatives; constants, views, nothing at all."""

import numpy as np
import pytest

import genodl as gd
from genodl import _core, _trace, ops
from gradcheck import check_gradients, in_graph

X = np.linspace(-1.3, 1.4, 12).reshape(3, 4)


def gradient_of(function, *arrays, order=1):
    """The derivative of ``sum(function)`` for the first array, taken ``order`` times."""
    placeholders = [_core.placeholder(a.shape, a.dtype.name, "x") for a in arrays]
    with _trace.Trace():
        [value] = [function(*map(_trace.live_tensor, placeholders))._value]
    for _ in range(order):
        [value] = _core.gradients([value], [], placeholders[:1])
    return _core.Session(_core.Plan(placeholders, [value], [])).run(list(arrays), 0)[0]


def test_shared_subgraphs_add_up():
    def function(x):
        y = ops.tanh(x)
        return y * y + ops.exp(y) + y[:, ::-1] * x

    check_gradients(function, X)


def test_a_diamond_of_many_paths():
    def function(x):
        for _ in range(12):  # 4096 paths
            x = ops.tanh(x) * 0.5 + x * 0.5
        return x

    check_gradients(function, X)


def test_higher_derivatives():
    np.testing.assert_allclose(gradient_of(lambda x: x * x * x * x, X, order=3), 24 * X, rtol=1e-12)
    np.testing.assert_allclose(gradient_of(lambda x: ops.exp(2.0 * x), X, order=4), 16 * np.exp(2 * X), rtol=1e-12)
    t = np.tanh(X)
    np.testing.assert_allclose(gradient_of(ops.tanh, X, order=2), -2 * t * (1 - t * t), rtol=1e-10, atol=1e-12)


def test_second_derivatives_through_layers():
    gd.set_seed(0)
    layer = gd.layers.Conv1D(3, 3, activation="tanh", dtype="float64")
    layer.build((None, 6, 2))
    placeholder = _core.placeholder((2, 6, 2), "float64", "x")
    with _trace.Trace():
        out = layer(_trace.live_tensor(placeholder))
    [first] = _core.gradients([out._value], [], [placeholder])
    [squares] = _core.node("square", [first], {}, "")
    [second] = _core.gradients([squares], [], [placeholder])
    values, session = {}, _core.Session(_core.Plan([placeholder], [squares], []))
    x = np.random.default_rng(0).uniform(-1, 1, (2, 6, 2))
    [exact] = _core.Session(_core.Plan([placeholder], [second], [])).run([x], 0)
    for at in [(0, 0, 0), (1, 3, 1), (0, 5, 0)]:
        for sign in (1, -1):
            moved = x.copy()
            moved[at] += sign * 1e-6
            values[sign] = session.run([moved], 0)[0].sum()
        # Differences of 1e-6 err by about 1e-9 here.
        assert exact[at] == pytest.approx((values[1] - values[-1]) / 2e-6, rel=1e-6, abs=1e-8)


def test_stopped_paths_give_nothing():
    found = gradient_of(lambda x: ops.stop_gradient(ops.exp(x)) * x, X)
    np.testing.assert_allclose(found, np.exp(X), rtol=1e-12)
    placeholder = _core.placeholder((3,), "float32", "x")
    with _trace.Trace():
        value = ops.stop_gradient(_trace.live_tensor(placeholder)) * 2.0
    assert _core.gradients([value._value], [], [placeholder]) == [None]


def test_what_an_output_does_not_depend_on():
    a, b = (_core.placeholder((3,), "float32", n) for n in "ab")
    [value] = _core.node("exp", [a], {}, "")
    first, second = _core.gradients([value], [], [a, b])
    assert first is not None
    assert second is None
    # A value is its own gradient's target.
    [ones] = _core.gradients([value], [], [value])
    np.testing.assert_array_equal(_core.Session(_core.Plan([a], [ones], [])).run([np.zeros(3, "float32")], 0)[0], 1)


def test_integers_have_no_gradient():
    a = _core.placeholder((3,), "int32", "a")
    [value] = _core.node("negative", [a], {}, "")
    with pytest.raises(TypeError, match="gradients: expected float outputs, got int32"):
        _core.gradients([value], [], [a])


def test_views_inside_groups():
    """Element-wise chains interrupted by reshapes, which share memory with what they show."""

    def function(x):
        y = ops.exp(x * 0.5)
        z = ops.reshape(y, (4, 3)) + 1.0
        w = ops.reshape(z, (12,)) * ops.reshape(y, (12,))
        return ops.reshape(w, (3, 4)) - y, ops.reshape(y, (2, 6)), z

    y = np.exp(X * 0.5)
    z = y.reshape(4, 3) + 1
    wanted = (z.reshape(12) * y.reshape(12)).reshape(3, 4) - y, y.reshape(2, 6), z
    for found, w in zip(in_graph(function, X), wanted, strict=True):
        np.testing.assert_allclose(found, w, rtol=1e-13)
    check_gradients(lambda x: function(x)[0], X)


def test_inputs_and_constants_as_outputs():
    def function(x):
        return x, ops.reshape(x, (4, 3)), x * 1.0, ops.ones((2, 2)), ops.exp(ops.zeros((3,)))

    found = in_graph(function, X)
    for f, w in zip(found, [X, X.reshape(4, 3), X, np.ones((2, 2)), np.ones(3)], strict=True):
        np.testing.assert_array_equal(f, w)
    same = in_graph(lambda x: [ops.exp(x)] * 3, X)
    for f in same:
        np.testing.assert_allclose(f, np.exp(X), rtol=1e-14)
    assert len({f.ctypes.data for f in same}) == 3


EMPTY = {
    "sum": lambda x: ops.sum(x, 0),
    "chain": lambda x: ops.tanh(x * 2.0 + 1.0),
    "matmul": lambda x: ops.matmul(x, ops.ones((x.shape[-1], 3), x.dtype)),
    "concatenate": lambda x: ops.concatenate([x, x], 0),
    "softmax": lambda x: ops.softmax(x, -1),
    "reshape": lambda x: ops.reshape(x, (x.shape[1], x.shape[0])),
    "transpose": lambda x: ops.transpose(x),
    "mean of squares": lambda x: ops.sum(ops.square(x)),
}


@pytest.mark.parametrize("shape", [(0, 4), (3, 0)], ids=str)
@pytest.mark.parametrize("name", EMPTY)
def test_arrays_without_elements(name, shape):
    function = EMPTY[name]
    x = np.zeros(shape, "float64")
    found = in_graph(function, x)
    assert found.shape == np.asarray(function(x)).shape
    gradient = gradient_of(lambda v: ops.sum(function(v)), x)
    assert gradient.shape == shape


def test_layers_take_empty_batches():
    for layer, shape in (
        (gd.layers.Dense(3), (0, 4)), (gd.layers.Conv1D(2, 3), (0, 9, 4)), (gd.layers.BatchNormalization(), (0, 5)),
        (gd.layers.MaxPooling1D(2), (0, 8, 3)), (gd.layers.GlobalAveragePooling1D(), (0, 8, 3)),
    ):
        assert layer(np.zeros(shape, "float32")).shape[0] == 0


def test_float64_stays_float64_and_exact():
    x = np.full((5, 3), 1.0 + 2.0**-40)
    layer = gd.layers.Dense(2, kernel_initializer="ones", dtype="float64")
    np.testing.assert_array_equal(layer(x), np.full((5, 2), 3.0 + 3 * 2.0**-40))
    assert in_graph(lambda v: v * 3.0 - 2.0, x).dtype == np.float64
