"""Layers against Keras: live where it is installed, else against what it answered when recorded."""

import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest

from cases import all_cases
from cases._keras import answers, keras_cases

RECORD = Path(__file__).parent.parent / "reference" / "keras.npz"
CASES = keras_cases(all_cases())


def live_backend():
    """The backend Keras would run on here; None where it has none."""
    wanted = os.environ.get("KERAS_BACKEND")
    modules = {"torch": "torch", "jax": "jax", "tensorflow": "tensorflow"}
    for backend, module in modules.items():
        if wanted in (None, backend) and importlib.util.find_spec(module) is not None:
            os.environ["KERAS_BACKEND"] = backend
            try:
                import keras  # noqa: F401
            except ImportError:
                return None
            return backend
    return None


@pytest.fixture(scope="module")
def keras_answers():
    if live_backend() is not None:
        return answers
    if not RECORD.exists():
        pytest.skip("Keras is not installed and tests/reference is not there")
    stored = np.load(RECORD)

    def recorded(case):
        prefix = case.name + "/"
        return {name.removeprefix(prefix): stored[name] for name in stored.files if name.startswith(prefix)}

    return recorded


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_layers_answer_what_keras_answers(case, keras_answers):
    wanted = keras_answers(case)
    assert wanted, f"{case.name} is not in {RECORD.name}. Run tests/tools/record_reference.py."
    value, *gradients = case.build().compute()
    # Both sides round: twice the tolerance, and gradients sum over the batch and all positions.
    np.testing.assert_allclose(value, wanted["value/0"], rtol=2 * case.rtol, atol=2 * case.atol)
    for i, gradient in enumerate(gradients):
        if f"gradient/{i}" in wanted:
            scale = max(1.0, float(np.abs(wanted[f"gradient/{i}"]).max()))
            np.testing.assert_allclose(
                gradient, wanted[f"gradient/{i}"], rtol=10 * case.rtol, atol=10 * case.atol * scale
            )
