"""Loops and branches on arrays, in graphs and on outlines."""

import numpy as np
import pytest

import genodl as gd
from genodl import ops
from gradcheck import check_gradients, in_graph

X = np.arange(12.0, dtype="float32").reshape(4, 3) / 10


def test_cond_chooses():
    assert ops.cond(np.array(False), lambda: 1, lambda: 2) == 2
    np.testing.assert_allclose(
        in_graph(lambda x: ops.cond(ops.sum(x) > 0, lambda: x * 2, lambda: -x), X), X * 2, rtol=1e-6
    )
    x = gd.KerasTensor((None, 3))
    assert ops.cond(gd.KerasTensor((), "bool"), lambda: x, lambda: x + 1).shape == (None, 3)


def test_switch_holds_its_index_within_the_branches():
    branches = [lambda x: x, lambda x: x + 10]
    assert [ops.switch(i, branches, 1) for i in (-1, 0, 1, 5)] == [1, 1, 11, 11]


def test_loops():
    assert ops.fori_loop(0, 5, lambda i, total: total + i, 0) == 10
    assert ops.while_loop(lambda i, t: i < 4, lambda i, t: (i + 1, t * 2), (0, 1)) == (4, 16)
    assert ops.while_loop(lambda i: i < 100, lambda i: i + 1, 0, maximum_iterations=7) == 7
    check_gradients(lambda x: ops.fori_loop(0, 3, lambda i, v: ops.sin(v) * (i + 1), x), X)


@pytest.mark.parametrize("reverse", [False, True])
def test_scan(reverse):
    def running(x):
        return list(ops.scan(lambda c, r: (c + r, c * 2), ops.zeros_like(x[0]), x, reverse=reverse))

    order = X[::-1] if reverse else X
    sums = np.cumsum(order, 0)
    before = np.vstack([np.zeros(3), sums[:-1]]) * 2
    for found in (running(X), in_graph(running, X)):
        np.testing.assert_allclose(found[0], sums[-1], rtol=1e-6)
        np.testing.assert_allclose(found[1], before[::-1] if reverse else before, rtol=1e-6)
    check_gradients(running, X)


def test_scan_without_inputs():
    carry, ys = ops.scan(lambda c, _: (c * 2, None), 1, length=5)
    assert (carry, ys) == (32, None)


def test_map_over_nests():
    found = ops.map(lambda pair: {"sum": pair[0] + pair[1]}, (X, X))
    np.testing.assert_allclose(found["sum"], 2 * X, rtol=1e-6)
    np.testing.assert_allclose(in_graph(lambda x: ops.vectorized_map(ops.sum, x), X), X.sum(1), rtol=1e-6)


def test_what_graphs_cannot_do_is_refused():
    with pytest.raises(NotImplementedError, match="while_loop: a symbolic condition"):
        in_graph(lambda x: ops.while_loop(lambda v: ops.sum(v) < 9, lambda v: v + 1, x), X)
    with pytest.raises(ValueError, match="map: expected one known length"):
        ops.map(ops.sum, gd.KerasTensor((None, 3)))


def test_names_of_keras_ops_nn():
    for name in ("relu", "softmax", "one_hot", "conv", "max_pool", "binary_crossentropy", "moments", "sigmoid"):
        assert getattr(ops.nn, name) is getattr(ops, name)
