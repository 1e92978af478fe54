"""Constraints against NumPy, configs and errors."""

import json

import numpy as np
import pytest

from genodl import constraints
from gradcheck import in_graph

W = np.random.default_rng(4).normal(size=(5, 3, 2)).astype("float32") * 2


def norms(axis):
    return np.sqrt((W.astype(float) ** 2).sum(axis, keepdims=True))


CASES = {
    "max": (constraints.MaxNorm(1.5), W * np.minimum(norms(0), 1.5) / norms(0)),
    "max_filter": (constraints.MaxNorm(2, axis=(0, 1)), W * np.minimum(norms((0, 1)), 2) / norms((0, 1))),
    "non_neg": (constraints.NonNeg(), np.maximum(W, 0)),
    "unit": (constraints.UnitNorm(axis=1), W / norms(1)),
    "min_max": (constraints.MinMaxNorm(0.5, 1.0), W * np.clip(norms(0), 0.5, 1.0) / norms(0)),
    "half_way": (
        constraints.MinMaxNorm(0.5, 1.0, rate=0.5, axis=2),
        W * (0.5 * np.clip(norms(2), 0.5, 1.0) + 0.5 * norms(2)) / norms(2),
    ),
    "free": (constraints.Constraint(), W),
}


@pytest.mark.parametrize("name", CASES)
def test_allowed_weights(name):
    constraint, expected = CASES[name]
    # Lengths are divided by themselves plus 1e-7, as in Keras.
    np.testing.assert_allclose(constraint(W), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(in_graph(constraint, W), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_configs(name):
    constraint, expected = CASES[name]
    config = json.loads(json.dumps(constraints.serialize(constraint)))
    np.testing.assert_allclose(constraints.deserialize(config)(W), expected, rtol=1e-5, atol=1e-6)


def test_zero_vectors_stay_zero():
    assert not constraints.UnitNorm()(np.zeros((3, 2))).any()


def test_names():
    assert isinstance(constraints.get("max_norm"), constraints.MaxNorm)
    assert isinstance(constraints.get("NonNeg"), constraints.NonNeg)
    assert constraints.get(None) is None
    with pytest.raises(ValueError, match=r"constraint: expected a known name, got 'max_nrm'\. Did you mean 'max_norm'"):
        constraints.get("max_nrm")
