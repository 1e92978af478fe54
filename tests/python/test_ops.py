"""Every function of ``gd.ops``: against NumPy, in a graph, on outlines, and its gradient."""

import numpy as np
import pytest

import genodl as gd
from genodl import _tree
from gradcheck import check_gradients, in_graph
from ops_cases import CASES

SMOOTH = [c for c in CASES if c.smooth]


def arrays(structure):
    return [np.asarray(leaf) for leaf in _tree.flatten(structure)]


def narrowed(case):
    return [np.asarray(x, "float32") for x in case.inputs]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_answers_what_numpy_answers(case):
    found, expected = arrays(case.function(*case.inputs)), arrays(case.reference(*case.inputs))
    assert len(found) == len(expected)
    for f, e in zip(found, expected, strict=True):
        assert f.shape == e.shape
        assert f.dtype == {"int64": "int32"}.get(e.dtype.name, e.dtype.name)
        # A few roundings of float64 each, and the error functions' own 1e-15.
        np.testing.assert_allclose(f, e, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_float32_stays_float32(case):
    found = arrays(case.function(*narrowed(case)))
    expected = arrays(case.reference(*[x.astype("float64") for x in narrowed(case)]))
    for f, e in zip(found, expected, strict=True):
        assert f.dtype != "float64"
        # float32 has 6e-8; a handful of operations, and powers, logarithms and sums near 0.
        np.testing.assert_allclose(f, e, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_a_graph_answers_the_same(case):
    inputs = narrowed(case)
    for f, e in zip(arrays(in_graph(case.function, *inputs)), arrays(case.function(*inputs)), strict=True):
        assert f.dtype == e.dtype
        np.testing.assert_allclose(f, e, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_outlines_know_shape_and_dtype(case):
    inputs = narrowed(case)
    outlines = [gd.KerasTensor(x.shape, x.dtype) for x in inputs]
    found, expected = _tree.flatten(case.function(*outlines)), arrays(case.function(*inputs))
    for f, e in zip(found, expected, strict=True):
        assert (f.shape, f.dtype) == (e.shape, e.dtype.name)


@pytest.mark.parametrize("case", SMOOTH, ids=lambda c: c.name)
def test_gradient_is_the_slope(case):
    check_gradients(case.function, *case.inputs)
