"""Penalties against NumPy, their gradients, configs and errors."""

import json

import numpy as np
import pytest

import genodl as gd
from genodl import regularizers
from gradcheck import check_gradients, in_graph

X = np.random.default_rng(2).normal(size=(4, 3))


def orthogonal(x):
    units = x / np.linalg.norm(x, axis=1, keepdims=True)
    cosines = np.abs(units @ units.T)
    return 0.1 * cosines[np.triu_indices(len(x), 1)].mean()


CASES = {
    "l1": (regularizers.L1(0.1), lambda x: 0.1 * np.abs(x).sum()),
    "l2": (regularizers.L2(0.1), lambda x: 0.1 * (x**2).sum()),
    "l1l2": (regularizers.L1L2(0.1, 0.2), lambda x: 0.1 * np.abs(x).sum() + 0.2 * (x**2).sum()),
    "none": (regularizers.L1L2(), lambda x: 0.0),
    "rows": (regularizers.OrthogonalRegularizer(0.1), orthogonal),
    "columns": (regularizers.OrthogonalRegularizer(0.1, "columns"), lambda x: orthogonal(x.T)),
}


@pytest.mark.parametrize("name", CASES)
def test_penalties(name):
    penalty, reference = CASES[name]
    np.testing.assert_allclose(penalty(X), reference(X), rtol=1e-12)
    np.testing.assert_allclose(penalty(gd.Variable(X.astype("float32"))), reference(X), rtol=1e-5)
    if name != "none":
        np.testing.assert_allclose(in_graph(penalty, X), reference(X), rtol=1e-12)
        check_gradients(penalty, X)


@pytest.mark.parametrize("name", CASES)
def test_configs(name):
    penalty, reference = CASES[name]
    config = json.loads(json.dumps(regularizers.serialize(penalty)))
    np.testing.assert_allclose(regularizers.deserialize(config)(X), reference(X))
    np.testing.assert_allclose(regularizers.get(config)(X), reference(X))


def test_one_vector_is_at_right_angles_to_nothing():
    assert float(regularizers.OrthogonalRegularizer()(X[:1])) == 0


def test_names():
    assert isinstance(regularizers.get("l2"), regularizers.L2)
    assert isinstance(regularizers.get("l1_l2"), regularizers.L1L2)
    assert isinstance(regularizers.get("orthogonal_regularizer"), regularizers.OrthogonalRegularizer)
    assert regularizers.get(None) is None
    assert regularizers.get(np.sum) is np.sum


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: regularizers.L1(-1.0), "L1: expected l1 to be a finite number of 0 or more, got -1.0"),
        (lambda: regularizers.L2(float("nan")), "L2: expected l2 to be a finite number of 0 or more, got nan"),
        (lambda: regularizers.L1L2(l1="a"), "L1L2: expected l1 to be a finite number of 0 or more, got 'a'"),
        (lambda: regularizers.OrthogonalRegularizer(mode="row"), "expected mode \"rows\" or \"columns\", got 'row'"),
        (lambda: regularizers.OrthogonalRegularizer()(np.ones(3)), r"expected a matrix, got shape \(3,\)"),
        (lambda: regularizers.get("l1_l3"), r"regularizer: expected a known name, got 'l1_l3'\. Did you mean 'l1_l2'"),
        (lambda: regularizers.get(3), "regularizer: expected a name, a config, a class or a callable, got 3"),
    ],
)
def test_words_of_errors(make, words):
    with pytest.raises(ValueError, match=words):
        make()
