"""Every layer against NumPy, alone and in a model; its gradients against differences; its config."""

import json

import numpy as np
import pytest

import genodl as gd
from genodl import _trace, layers
from gradcheck import check_gradients
from layer_references import CASES

IDS = [f"{name}-{'-'.join(map(str, options.values()))}" for name, options, _, _ in CASES]
EVERY = pytest.mark.parametrize(("name", "options", "shapes", "reference"), CASES, ids=IDS)


def inputs_of(shapes, dtype="float32", seed=0):
    rng = np.random.default_rng(seed)
    # Away from 0 and from each other, where rectifiers and maxima have kinks.
    return [np.asarray(rng.permutation(np.prod(s)) * (4.0 / np.prod(s)) - 1.97, dtype).reshape(s) for s in shapes]


def make(kind, options, shapes, **more):
    """A built layer with random weights."""
    layer = getattr(layers, kind)(**options, **more)
    layer.build(shapes[0] if len(shapes) == 1 else list(shapes))
    rng = np.random.default_rng(1)
    layer.set_weights([rng.uniform(0.5, 1.5, v.shape) for v in layer.weights])
    return layer


def call(layer, arrays, **options):
    return layer(arrays[0] if len(arrays) == 1 else list(arrays), **options)


@EVERY
def test_value(name, options, shapes, reference):
    layer, arrays = make(name, options, shapes), inputs_of(shapes)
    found = call(layer, arrays)
    wanted = reference(*(a.astype("float64") for a in [*arrays, *layer.get_weights()]))
    assert found.dtype == np.float32
    # A few tens of float32 roundings; values are around 1.
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=3e-6)


@EVERY
def test_shapes_and_model(name, options, shapes, reference):
    layer, arrays = make(name, options, shapes), inputs_of(shapes)
    found = call(layer, arrays)
    unknown = [(None, *s[1:]) for s in shapes]
    given = unknown[0] if len(shapes) == 1 else unknown
    assert tuple(layer.compute_output_shape(given)) == (None, *found.shape[1:])
    outlines = [gd.Input(s[1:]) for s in shapes]
    outputs = call(layer, outlines)
    assert outputs.shape == (None, *found.shape[1:])
    model = gd.Model(outlines, outputs)
    predicted = model.predict(arrays if len(arrays) > 1 else arrays[0], verbose=0, batch_size=2)
    # The same kernels on batches of other sizes.
    np.testing.assert_allclose(predicted, found, rtol=1e-6, atol=1e-6)


@EVERY
def test_gradients(name, options, shapes, reference):
    layer = make(name, options, shapes, dtype="float64")
    variables = layer.trainable_weights

    def function(*tensors):
        for variable, tensor in zip(variables, tensors[len(shapes) :], strict=True):
            _trace.current().assign(variable, tensor)
        return call(layer, tensors[: len(shapes)], training=False)

    check_gradients(function, *inputs_of(shapes, "float64"), *(v.numpy() for v in variables))


@EVERY
def test_config(name, options, shapes, reference):
    layer, arrays = make(name, options, shapes, name="one"), inputs_of(shapes)
    config = json.loads(json.dumps(layer.get_config()))
    again = type(layer).from_config(config)
    assert again.name == "one"
    assert json.dumps(again.get_config()) == json.dumps(layer.get_config())
    again.build(shapes[0] if len(shapes) == 1 else list(shapes))
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(call(again, arrays), call(layer, arrays))


def test_old_and_short_names():
    assert layers.MaxPool1D is layers.MaxPooling1D
    assert layers.GlobalAvgPool2D is layers.GlobalAveragePooling2D
    x = np.ones((2, 3), "float32")
    for name in ("add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate"):
        np.testing.assert_array_equal(
            getattr(layers, name)([x, x]), getattr(layers, name.capitalize())()([x, x])
        )
    np.testing.assert_array_equal(layers.dot([x, x], axes=1), [[3], [3]])
    assert layers.LeakyReLU(alpha=0.25).negative_slope == 0.25
