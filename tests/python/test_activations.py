"""Activations: names, Keras's variants of ReLU, what they leave for losses."""

import numpy as np
import pytest
from scipy import special

import genodl as gd
from genodl import activations, layers
from gradcheck import check_gradients, in_graph, trace

X = np.array([[-3.1, -1.2, -0.4, 0.3], [0.6, 1.7, 2.9, 6.5]])
REFERENCES = {
    "celu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "exponential": np.exp,
    "gelu": lambda x: x * special.ndtr(x),
    "gelu_fast": lambda x: x * special.expit(1.702 * x),
    "glu": lambda x: x[:, :2] * special.expit(x[:, 2:]),
    "hard_shrink": lambda x: np.where(np.abs(x) > 0.5, x, 0),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "hard_silu": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "hard_swish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "linear": lambda x: x,
    "log_sigmoid": special.log_expit,
    "log_softmax": lambda x: special.log_softmax(x, -1),
    "mish": lambda x: x * np.tanh(np.logaddexp(x, 0)),
    "relu": lambda x: np.maximum(x, 0),
    "relu6": lambda x: np.clip(x, 0, 6),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x)),
    "sigmoid": special.expit,
    "silu": lambda x: x * special.expit(x),
    "soft_shrink": lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0),
    "softmax": lambda x: special.softmax(x, -1),
    "softplus": lambda x: np.logaddexp(x, 0),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "sparse_plus": lambda x: np.where(x > 1, x, np.where(x < -1, 0, (x + 1) ** 2 / 4)),
    "sparse_sigmoid": lambda x: np.clip((x + 1) / 2, 0, 1),
    "squareplus": lambda x: (x + np.sqrt(x * x + 4)) / 2,
    "swish": lambda x: x * special.expit(x),
    "tanh": np.tanh,
    "tanh_shrink": lambda x: x - np.tanh(x),
}


@pytest.mark.parametrize("name", REFERENCES)
def test_activations_by_name(name):
    function = activations.get(name)
    # Rounding of float64 in a handful of operations.
    np.testing.assert_allclose(function(X), REFERENCES[name](X), rtol=1e-12, atol=1e-14)
    narrow = X.astype("float32")
    assert function(narrow).dtype == "float32"
    np.testing.assert_allclose(in_graph(function, narrow), function(narrow), rtol=1e-6, atol=1e-6)
    check_gradients(function, X)
    assert activations.get(activations.serialize(function)) is function


@pytest.mark.parametrize("slope", [0.0, 0.3])
@pytest.mark.parametrize("top", [None, 2.0, 6.0])
@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_variants_of_relu(slope, top, threshold):
    def reference(x):
        y = np.where(x >= threshold, x, slope * (x - threshold))
        return np.where(x >= threshold, np.minimum(y, np.inf if top is None else top), y)

    def relu(x):
        return activations.relu(x, slope, top, threshold)

    np.testing.assert_allclose(relu(X), reference(X), rtol=1e-12)
    check_gradients(relu, X)


def test_threshold():
    np.testing.assert_array_equal(activations.threshold([0.5, 2.0], 1.0, -1.0), [-1.0, 2.0])


def test_none_means_linear_and_callables_pass():
    assert activations.get(None) is activations.linear
    assert activations.get(np.tanh) is np.tanh
    layer = layers.LeakyReLU()
    assert activations.get(layer) is layer


def test_unknown_names():
    with pytest.raises(ValueError, match="activation: expected a known name, got 'rellu'. Did you mean 'relu'"):
        activations.get("rellu")
    with pytest.raises(ValueError, match="expected a name"):
        activations.get(3)


def test_registered_activations_are_saved_by_their_name():
    @gd.register("steep_tanh")
    def steep(x):
        return gd.ops.tanh(gd.ops.multiply(x, 3.0))

    assert activations.get("steep_tanh") is steep
    assert activations.deserialize(activations.serialize(steep)) is steep


@pytest.mark.parametrize("name", ["sigmoid", "softmax"])
def test_logits_are_left_on_symbolic_tensors(name):
    kept = {}

    def function(x):
        y = getattr(activations, name)(x)
        kept["logits"], kept["x"] = y._logits, x
        return y

    trace(function, [X])
    assert kept["logits"] == (name, kept["x"])


def test_softmax_along_another_axis_leaves_no_logits():
    (y, _) = trace(lambda x: activations.softmax(x, 0), [X])
    assert not hasattr(y, "_logits")


def test_outlines_record_the_activation():
    y = activations.relu(gd.KerasTensor((None, 3)), max_value=6)
    assert y._history[0].target is activations.relu
