"""Embedding, Lambda, Normalization, shapes that are not known, and what layers refuse."""

import json

import numpy as np
import pytest

import genodl as gd
from genodl import layers
from genodl._errors import NotSupportedError


@gd.register("tests>halved")
def halved(x):
    return x / 2


def test_embedding_looks_up_and_learns():
    table = np.arange(12.0).reshape(4, 3)
    layer = layers.Embedding(4, 3, weights=[table])
    for ids in (np.array([[3, 0], [1, 1]]), np.array([[3.0, 0.0], [1.0, 1.0]]), np.array([[3, 0], [1, 1]], "uint8")):
        np.testing.assert_array_equal(layer(ids), table[ids.astype(int)])
    assert "weights" not in layer.get_config()
    model = gd.Sequential([gd.Input((2,), dtype="int32"), layer])
    model.compile(gd.optimizers.SGD(1.0), loss=lambda y, p: gd.ops.sum(p))
    model.fit(np.array([[3, 0], [1, 1]]), np.zeros((2, 2, 3)), epochs=1, verbose=0)
    # The slope is the number of uses: 1 for 0 and 3, 2 for 1, none for 2.
    np.testing.assert_allclose(layer.embeddings.numpy(), table - [[1], [2], [0], [1]], rtol=1e-6)
    for bad in (0, 2.5, True, None):
        with pytest.raises(ValueError, match="Embedding: expected input_dim to be a positive int"):
            layers.Embedding(bad, 3)


def test_lambda():
    x = np.array([[2.0, 4.0]], "float32")
    layer = layers.Lambda(halved)
    np.testing.assert_array_equal(layer(x), [[1, 2]])
    config = json.loads(json.dumps(layer.get_config()))
    np.testing.assert_array_equal(layers.Lambda.from_config(config)(x), [[1, 2]])
    scaled = layers.Lambda(lambda v, by, training: v * by if training else v, arguments={"by": 3.0})
    np.testing.assert_array_equal(scaled(x, training=True), 3 * x)
    np.testing.assert_array_equal(scaled(x), x)
    assert layers.Lambda(halved, output_shape=(7,)).compute_output_shape((None, 2)) == (None, 7)
    assert layers.Lambda(gd.ops.square).compute_output_shape((None, 2)) == (None, 2)
    with pytest.raises(TypeError, match="Lambda: expected a function, got 3"):
        layers.Lambda(3)


def test_nameless_functions_stay_in_memory(tmp_path):
    nameless = gd.Sequential([gd.Input((2,)), layers.Lambda(lambda x: x + 1)])
    with pytest.raises(TypeError, match=r"save: expected .* functions known by name, got <lambda>\. .*gd\.register"):
        nameless.save(tmp_path / "nameless.genodl")
    assert not list(tmp_path.iterdir())
    config = layers.Lambda(lambda x: x + 1).get_config()
    with pytest.raises(ValueError, match="expected function to be known by name, got a nameless function"):
        layers.Lambda.from_config(config)
    again = layers.Lambda.from_config(config, safe_mode=False)
    np.testing.assert_array_equal(again(np.zeros(2)), [1, 1])
    with pytest.raises(TypeError):
        json.dumps(config)


def test_lambda_in_a_saved_model(tmp_path):
    model = gd.Sequential([gd.Input((2,)), layers.Lambda(halved)])
    model.save(tmp_path / "m.genodl")
    again = gd.load_model(tmp_path / "m.genodl")
    np.testing.assert_array_equal(again.predict(np.ones((1, 2)), verbose=0), [[0.5, 0.5]])


@pytest.mark.parametrize("kind", ["array", "list", "generator", "pairs"])
def test_adapt(kind):
    x = np.random.default_rng(0).normal([1, 50, 1e4], [2, 0.1, 3], (100, 5, 3))
    parts = [x[:10], x[10:70], x[70:]]
    given = {
        "array": x,
        "list": parts,
        "generator": (p for p in parts),
        "pairs": [(p, np.zeros(len(p))) for p in parts],
    }[kind]
    layer = layers.Normalization()
    layer.adapt(given)
    np.testing.assert_allclose(layer.mean.ravel(), x.mean((0, 1)), rtol=1e-6)
    # The variance of values around 10,000: only a sum in float64 about the mean survives.
    np.testing.assert_allclose(layer.variance.ravel(), x.var((0, 1)), rtol=1e-5)
    assert layer.mean.shape == (1, 1, 3)
    assert len(layer.non_trainable_weights) == 3 and not layer.trainable_weights
    y = layer(x)
    # 1e4 in float32 has steps of 0.001, a third of a thousandth of the deviation.
    np.testing.assert_allclose(y.mean((0, 1)), 0, atol=1e-3)
    np.testing.assert_allclose(y.std((0, 1)), 1, atol=1e-3)


def test_adapted_model_uses_new_statistics_and_is_saved(tmp_path):
    x = np.array([[1.0, 10.0], [3.0, 30.0]], "float32")
    model = gd.Sequential([gd.Input((2,)), layers.Normalization()])
    np.testing.assert_array_equal(model.predict(x, verbose=0), x)
    model.layers[0].adapt(x)
    np.testing.assert_allclose(model.predict(x, verbose=0), [[-1, -1], [1, 1]], rtol=1e-6)
    model.save(tmp_path / "m.genodl")
    again = gd.load_model(tmp_path / "m.genodl")
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


def test_normalization_refuses():
    with pytest.raises(ValueError, match="expected mean and variance, or neither"):
        layers.Normalization(mean=1.0)
    with pytest.raises(ValueError, match=r"of one shape, got \(\) and \(2,\)"):
        layers.Normalization(mean=1.0, variance=[1.0, 2.0])
    with pytest.raises(ValueError, match="expected axes from -2 to 1, got axis"):
        layers.Normalization(axis=2).build((2, 2))
    with pytest.raises(ValueError, match="expected known sizes on axis"):
        layers.Normalization(axis=1).build((None, None))
    layer = layers.Normalization()
    with pytest.raises(ValueError, match="got an empty iterable"):
        layer.adapt([])
    with pytest.raises(TypeError, match="expected arrays to adapt to, got int"):
        layer.adapt([3])
    with pytest.raises(ValueError, match="at least one sample"):
        layers.Normalization().adapt(np.zeros((0, 3)))
    layer.adapt(np.ones((4, 3)))
    with pytest.raises(ValueError, match=r"expected data of shape \(None, 3\), got \(4, 5\)"):
        layer.adapt(np.ones((4, 5)))
    np.testing.assert_array_equal(layer(np.ones((1, 3))), [[0, 0, 0]])  # constant features are not divided by 0


def test_batch_normalization_in_training():
    x = np.random.default_rng(0).normal(3, 2, (6, 5, 4)).astype("float32")
    mask = np.arange(30).reshape(6, 5) % 4 > 0
    for kept in (None, mask):
        layer = layers.BatchNormalization(momentum=0.75)
        values = x.reshape(-1, 4) if kept is None else x[kept]
        wanted = (x - values.mean(0)) / np.sqrt(values.var(0) + 1e-3)
        options = {} if kept is None else {"mask": kept}
        np.testing.assert_allclose(layer(x, training=True, **options), wanted, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(layer.moving_mean.numpy(), values.mean(0) / 4, rtol=1e-5)
        np.testing.assert_allclose(layer.moving_variance.numpy(), 0.75 + values.var(0) / 4, rtol=1e-5)
    layer.trainable = False
    before = layer.get_weights()
    layer(x, training=True)
    assert all((a == b).all() for a, b in zip(before, layer.get_weights(), strict=True))


def test_batch_renormalization():
    x = np.random.default_rng(0).normal(3, 2, (20, 2)).astype("float32")
    mean, deviation = x.mean(0), np.sqrt(x.var(0) + 1e-3)
    layer = layers.BatchNormalization(renorm=True, momentum=0.5, renorm_momentum=0.75)
    # Without limits the corrections cancel the batch's own moments: mean 0 and deviation 1 from the start.
    np.testing.assert_allclose(layer(x, training=True), x, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(layer.renorm_mean.numpy(), mean / 4, rtol=1e-5)
    np.testing.assert_allclose(layer.renorm_stddev.numpy(), 0.75 + deviation / 4, rtol=1e-5)
    np.testing.assert_allclose(layer.moving_variance.numpy(), (0.5 + deviation / 2) ** 2 - 1e-3, rtol=1e-5)
    tight = layers.BatchNormalization(renorm=True, renorm_clipping={"rmin": 1, "rmax": 1, "dmax": 0})
    np.testing.assert_allclose(tight(x, training=True), (x - mean) / deviation, rtol=1e-4, atol=1e-5)
    for clipping, words in (({"r": 1}, "rmin, rmax and dmax only"), ({"rmin": 2, "rmax": 1}, "rmax of rmin or more"),
                            ({"dmax": -1}, "dmax of 0 or more")):  # fmt: skip
        with pytest.raises(ValueError, match=words):
            layers.BatchNormalization(renorm=True, renorm_clipping=clipping)


def test_unknown_sizes():
    x = gd.Input((None, 3))
    assert layers.Reshape((-1, 1))(x).shape == (None, None, 1)
    assert layers.Reshape((5, 6))(x).shape == (None, 5, 6)
    assert layers.Flatten()(x).shape == (None, None)
    assert layers.MaxPooling1D(2)(x).shape == (None, None, 3)
    assert layers.UpSampling1D(2)(x).shape == (None, None, 3)
    assert layers.Cropping1D(2)(x).shape == (None, None, 3)
    assert layers.Concatenate()([x, x]).shape == (None, None, 6)
    assert layers.Concatenate(axis=1)([x, gd.Input((4, 3))]).shape == (None, None, 3)
    assert layers.GlobalMaxPooling1D()(x).shape == (None, 3)
    model = gd.Model(x, layers.Reshape((5, 6))(x))
    assert model.predict(np.ones((2, 10, 3)), verbose=0).shape == (2, 5, 6)
    with pytest.raises(ValueError, match=r"expected samples that fit target_shape=\(5, 6\), got shape \(9, 3\)"):
        model.predict(np.ones((2, 9, 3)), verbose=0)


def test_activity_regularization_adds_to_the_loss():
    layer = layers.ActivityRegularization(l1=0.5, l2=0.25)
    layer(np.array([[2.0], [-4.0]]))
    # Halves of 6 and quarters of 20, for each of two samples.
    assert float(layer.losses[0]) == pytest.approx((3 + 5) / 2)


def test_weights_and_penalties_of_normalizations():
    layer = layers.LayerNormalization(gamma_regularizer="l2", beta_constraint="non_neg")
    layer.build((None, 4))
    assert [v.name for v in layer.weights] == ["gamma", "beta"]
    assert layer.beta.constraint is not None
    assert float(layer.losses[0]) == pytest.approx(0.04)
    assert not layers.GroupNormalization(1, center=False, scale=False)(np.ones((1, 4))).any()
    assert [v.name for v in make_rms().weights] == ["scale"]


def make_rms():
    layer = layers.RMSNormalization()
    layer.build((None, 4))
    return layer


X2, X3, X4 = np.ones((2, 3)), np.ones((2, 5, 3)), np.ones((2, 5, 6, 3))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: layers.MaxPooling1D(2)(X2), r"max_pooling1d: expected an input of 3 axes \(batch, length, channels\)"),
        (lambda: layers.GlobalAveragePooling2D()(X3), "expected an input of 4 axes"),
        (lambda: layers.MaxPooling1D(0), "MaxPooling1D: expected pool_size to be an int of at least 1, got 0"),
        (lambda: layers.MaxPooling2D((2, 2, 2)), "pool_size to be an int or 2 ints of at least 1"),
        (lambda: layers.AveragePooling1D(2, padding="causal"), "padding to be 'valid' or 'same', got 'causal'"),
        (lambda: layers.Cropping1D(3)(X3), "cropping1d: expected more than 6 positions to crop, got 5"),
        (lambda: layers.Cropping2D(3)(X4), "expected more than 6 rows and 6 columns to crop, got 5 and 6"),
        (lambda: layers.Cropping2D((1, 2, 3)), r"cropping to be an int, \(height, width\) or"),
        (lambda: layers.ZeroPadding1D(-1), "padding to be an int or 2 ints of at least 0, got -1"),
        (lambda: layers.Reshape((4,))(X2), r"expected samples that fit target_shape=\(4,\), got shape \(3,\)"),
        (lambda: layers.Reshape((-1, -1)), "at most one of them -1"),
        (lambda: layers.Permute((1, 3)), "expected dims to hold 1 to 2 once each"),
        (lambda: layers.Permute((1, 2))(X2), "expected an input of 3 axes"),
        (lambda: layers.RepeatVector(0), "expected n above 0, got 0"),
        (lambda: layers.UpSampling2D(interpolation="cubic"), "'nearest' or 'bilinear', got 'cubic'"),
        (lambda: layers.ReLU(max_value=-1), "ReLU: expected max_value of 0 or more"),
        (lambda: layers.LeakyReLU(-1), "LeakyReLU: expected negative_slope of 0 or more"),
        (lambda: layers.Softplus(0), "Softplus: expected beta above 0"),
        (lambda: layers.Maxout(0), "Maxout: expected units to be a positive int"),
        (lambda: layers.GroupNormalization(2)(X2), "channels that divide into 2 groups, got 3 channels"),
        (lambda: layers.GroupNormalization(0), "groups to be a positive int or -1, got 0"),
        (lambda: layers.LayerNormalization(axis=3)(X2), "expected an axis from -2 to 1, got 3"),
        (lambda: layers.Add()(X2), r"expected a list of tensors, got an input of shape \(2, 3\)"),
        (lambda: layers.Add()([X2, np.ones((2, 4))]), r"inputs that broadcast, got shapes \(2, 3\), \(2, 4\)"),
        (lambda: layers.Add()([X2, np.ones((3, 3))]), "inputs of one batch size"),
        (lambda: layers.Subtract()([X2, X2, X2]), "expected two tensors, got 3"),
        (lambda: layers.Concatenate()([X2, X3]), "differ at most on axis -1"),
        (lambda: layers.Concatenate()([X2, np.ones((3, 3))]), r"got \(2, 3\), \(3, 3\)"),
        (lambda: layers.Dot(axes=0)([X2, X2]), "expected axes other than the batch"),
        (lambda: layers.Dot(axes=1)([X2, np.ones((2, 4))]), "expected the same size on axes 1 and 1"),
        (lambda: layers.Dot(axes=(1, 1, 1)), "expected axes to be an int or two ints"),
    ],
)
def test_what_layers_refuse(make, words):
    gd.utils.clear_session()
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize(
    "name",
    ["MaxPooling1D", "AveragePooling2D", "GlobalMaxPooling1D", "GlobalAveragePooling2D", "Flatten", "ZeroPadding1D",
     "ZeroPadding2D", "Cropping2D", "UpSampling2D"],
)  # fmt: skip
def test_channels_first_is_refused_by_name(name):
    with pytest.raises(NotSupportedError, match=f"{name}: data_format='channels_first' is not supported"):
        getattr(layers, name)(data_format="channels_first")


def test_wrong_kinds():
    for make in (lambda: layers.RepeatVector("a"), lambda: layers.UpSampling1D(1.5), lambda: layers.Dot(axes="a"),
                 lambda: layers.LayerNormalization(axis="a"), lambda: layers.UnitNormalization(axis=None)):  # fmt: skip
        with pytest.raises(TypeError, match="expected"):
            make()
    with pytest.raises(NotSupportedError, match="interpolation='bicubic' is not supported"):
        layers.UpSampling2D(interpolation="bicubic")
