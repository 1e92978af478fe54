"""Layers that draw: what they draw, when they do not, and that it can be repeated."""

import numpy as np
import pytest

import genodl as gd
from genodl import layers

DRAWING = {
    "Dropout": {"rate": 0.25},
    "SpatialDropout1D": {"rate": 0.25},
    "GaussianNoise": {"stddev": 0.25},
    "GaussianDropout": {"rate": 0.25},
    "AlphaDropout": {"rate": 0.25},
}
EACH = pytest.mark.parametrize("name", DRAWING)


def make(name, **options):
    return getattr(layers, name)(**{**DRAWING[name], **options})


X = np.ones((50, 40, 60), "float32")  # 120,000 values


@EACH
def test_only_in_training(name):
    layer = make(name)
    assert layer.built
    assert layer.supports_masking
    np.testing.assert_array_equal(layer(X), X)
    np.testing.assert_array_equal(layer(X, training=False), X)
    assert (layer(X, training=True) != X).any()


@EACH
def test_each_call_draws_anew_and_seeds_repeat(name):
    layer, same = make(name, seed=5), make(name, seed=5)
    first, second = layer(X, training=True), layer(X, training=True)
    assert (first != second).any()
    gd.set_seed(1)
    one = make(name)
    gd.set_seed(1)
    two = make(name)
    assert one.seed_generator.seed == two.seed_generator.seed
    assert layer.seed_generator.seed == same.seed_generator.seed
    assert make(name, seed=6).get_config()["seed"] == 6


@EACH
def test_each_step_of_training_draws_anew(name):
    """Two layers that cancel unless they draw differently, trained for some steps."""

    def losses():
        gd.set_seed(2)
        a = gd.Input((40, 60))
        model = gd.Model(a, layers.Subtract()([make(name)(a), make(name)(a)]))
        model.compile("sgd", loss=lambda y, p: gd.ops.mean(gd.ops.square(p)))
        seen = []
        watch = gd.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(logs["loss"]))
        with pytest.warns(UserWarning, match="no weight may train"):
            model.fit(X, X, batch_size=10, epochs=1, shuffle=False, verbose=0, callbacks=[watch])
        return seen

    first = losses()
    assert min(first) > 0
    assert len(set(first)) == len(first) == 5
    assert losses() == first


def test_dropout_keeps_the_mean():
    y = layers.Dropout(0.25)(X, training=True)
    assert set(np.unique(y)) == {0.0, np.float32(1 / 0.75)}
    # 120,000 draws: the share of zeros has a standard deviation of 0.00125; five of them.
    assert (y == 0).mean() == pytest.approx(0.25, abs=0.0063)
    # The share that falls along any axis is the same: no rows or columns are favoured.
    for axes in ((0, 1), (0, 2), (1, 2)):
        assert np.ptp((y == 0).mean(axes)) < 0.12
    np.testing.assert_array_equal(layers.Dropout(1.0)(X, training=True), 0 * X)
    np.testing.assert_array_equal(layers.Dropout(0.0)(X, training=True), X)


def test_shape_of_noise():
    y = layers.Dropout(0.5, noise_shape=(None, 1, None))(X, training=True)
    assert (y == y[:, :1]).all()
    assert (y[:, 0] != y[:1, 0]).any()
    y = layers.SpatialDropout1D(0.5)(X, training=True)
    assert (y == y[:, :1]).all()
    z = layers.SpatialDropout2D(0.5)(X.reshape(50, 40, 6, 10), training=True)
    assert (z == z[:, :1, :1]).all()
    assert 0.3 < (z[:, 0, 0] == 0).mean() < 0.7


def test_noise():
    # Means and deviations of 120,000 draws, five standard errors wide.
    y = layers.GaussianNoise(0.5)(X, training=True)
    assert y.mean() == pytest.approx(1.0, abs=0.0073)
    assert y.std() == pytest.approx(0.5, abs=0.0052)
    y = layers.GaussianDropout(0.2)(2 * X, training=True)
    assert y.mean() == pytest.approx(2.0, abs=0.0145)
    assert y.std() == pytest.approx(2 * 0.5, abs=0.0103)


def test_alpha_dropout_keeps_mean_and_variance():
    x = np.random.default_rng(0).normal(size=X.shape).astype("float32")
    y = layers.AlphaDropout(0.3)(x, training=True)
    assert y.mean() == pytest.approx(0.0, abs=0.0145)
    assert y.var() == pytest.approx(1.0, abs=0.03)
    values, counts = np.unique(y, return_counts=True)
    assert counts.max() / y.size == pytest.approx(0.3, abs=0.0067)  # dropped values are one number
    assert values[counts.argmax()] < -1


def test_dropout_passes_gradients_through_what_it_keeps():
    gd.set_seed(0)
    model = gd.Sequential([gd.Input((100,)), layers.Dropout(0.5)])
    g = gd.gradients(model, np.ones((4, 100)), training=True)
    assert set(np.unique(g)) == {0.0, 2.0}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: layers.Dropout(1.5), "Dropout: expected rate between 0 and 1, got 1.5"),
        (lambda: layers.SpatialDropout1D(-1), "SpatialDropout1D: expected rate between 0 and 1, got -1"),
        (lambda: layers.Dropout(0.5, noise_shape=(1, 0)), r"noise_shape to be a tuple of .* got \(1, 0\)"),
        (lambda: layers.Dropout(0.5, noise_shape="ab"), "noise_shape to be a tuple"),
        (lambda: layers.GaussianNoise(2), "GaussianNoise: expected stddev between 0 and 1, got 2"),
        (lambda: layers.GaussianDropout(1), "GaussianDropout: expected rate below 1"),
        (lambda: layers.SpatialDropout1D(0.5)(np.ones((2, 3)), training=True), r"3 axes \(batch, length, channels\)"),
    ],
)
def test_bad_arguments(make, words):
    with pytest.raises(ValueError, match=words):
        make()
