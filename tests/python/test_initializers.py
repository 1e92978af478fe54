"""Initializers: distributions, seeds, configs."""

import json
import math

import numpy as np
import pytest
from scipy import stats

import genodl as gd
from genodl import initializers

RANDOM = ["glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "lecun_normal", "lecun_uniform", "orthogonal",
          "random_normal", "random_uniform", "truncated_normal", "variance_scaling"]  # fmt: skip
ALL = [*RANDOM, "zeros", "ones", "constant", "identity"]


@pytest.mark.parametrize("name", ALL)
def test_names_configs_and_dtypes(name):
    made = initializers.get(name)
    values = made((4, 3))
    assert values.shape == (4, 3)
    assert values.dtype == "float32"
    assert made((4, 3), dtype="float64").dtype == "float64"
    assert made((2, 2), "int32").dtype == "int32"
    config = json.loads(json.dumps(initializers.serialize(made)))
    again = initializers.deserialize(config)
    assert type(again) is type(made)
    assert again.get_config() == made.get_config()
    assert type(initializers.get(type(made).__name__)) is type(made)
    assert type(initializers.get(type(made))) is type(made)
    assert type(made.clone()) is type(made)


@pytest.mark.parametrize("name", RANDOM)
def test_seeds(name):
    cls = type(initializers.get(name))
    shape = (8, 8)
    seeded = cls(seed=4)
    np.testing.assert_array_equal(seeded(shape), seeded(shape))
    np.testing.assert_array_equal(seeded(shape), cls.from_config(seeded.get_config())(shape))
    assert (cls(seed=5)(shape) != seeded(shape)).any()
    # Without a seed each initializer has one of its own, drawn when it is made.
    free = cls()
    np.testing.assert_array_equal(free(shape), free(shape))
    assert (cls()(shape) != free(shape)).any()
    assert (cls.from_config(free.get_config())(shape) != free(shape)).any()
    assert free.get_config()["seed"] is None
    gd.set_seed(1)
    first = cls()(shape)
    gd.set_seed(1)
    np.testing.assert_array_equal(cls()(shape), first)
    flowing = cls(seed=gd.random.SeedGenerator(3))
    one, two = flowing(shape), flowing(shape)
    assert (one != two).any()
    np.testing.assert_array_equal(cls.from_config(flowing.get_config())(shape), one)


def fans(shape):
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window


@pytest.mark.parametrize("shape", [(300, 200), (5, 60, 40), (3, 3, 30, 50)])
@pytest.mark.parametrize(
    ("name", "scale", "mode"),
    [("glorot", 1.0, "avg"), ("he", 2.0, "in"), ("lecun", 1.0, "in")],
)
@pytest.mark.parametrize("kind", ["normal", "uniform"])
def test_scaled_variances(shape, name, scale, mode, kind):
    fan_in, fan_out = fans(shape)
    deviation = math.sqrt(scale / {"avg": (fan_in + fan_out) / 2, "in": fan_in}[mode])
    values = type(initializers.get(f"{name}_{kind}"))(seed=2)(shape, "float64").ravel()
    if kind == "uniform":
        limit = math.sqrt(3) * deviation
        reference = stats.uniform(-limit, 2 * limit)
    else:
        whole = deviation / stats.truncnorm(-2, 2).std()
        reference = stats.truncnorm(-2, 2, 0, whole)
    assert stats.kstest(values, reference.cdf).pvalue > 1e-3
    np.testing.assert_allclose(reference.std(), deviation, rtol=1e-9)


@pytest.mark.parametrize(
    ("made", "reference"),
    [
        (initializers.RandomNormal(2.0, 0.5, 1), stats.norm(2, 0.5)),
        (initializers.TruncatedNormal(2.0, 0.5, 1), stats.truncnorm(-2, 2, 2, 0.5)),
        (initializers.RandomUniform(-1.0, 3.0, 1), stats.uniform(-1, 4)),
        (initializers.VarianceScaling(3.0, "fan_out", "untruncated_normal", 1), stats.norm(0, math.sqrt(3 / 200))),
        (initializers.VarianceScaling(3.0, "fan_in", "normal", 1, (1,), (0,)),
         stats.truncnorm(-2, 2, 0, math.sqrt(3 / 200) / stats.truncnorm(-2, 2).std())),
    ],
)  # fmt: skip
def test_distributions(made, reference):
    assert stats.kstest(made((300, 200), "float64").ravel(), reference.cdf).pvalue > 1e-3


def test_uniform_stays_below_its_upper_bound():
    values = initializers.RandomUniform(0.0, 1.0, seed=1)((1000, 1000))
    assert values.min() >= 0
    assert values.max() < 1


@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 7), (2, 3, 4)])
def test_orthogonal_rows_or_columns(shape):
    q = initializers.Orthogonal(2.0, seed=1)(shape, "float64").reshape(-1, shape[-1])
    small = q.T @ q if q.shape[0] >= q.shape[1] else q @ q.T
    np.testing.assert_allclose(small, 4 * np.eye(len(small)), atol=1e-12)


def test_constants():
    np.testing.assert_array_equal(initializers.Constant(2.5)((2,)), [2.5, 2.5])
    np.testing.assert_array_equal(initializers.Constant([1, 2])((3, 2)), [[1, 2]] * 3)
    np.testing.assert_array_equal(initializers.Identity(3)((2, 3)), 3 * np.eye(2, 3))
    value = initializers.Constant(np.ones(2))
    assert json.loads(json.dumps(value.get_config())) == {"value": [1.0, 1.0]}


def test_stft_kernels_compute_a_fourier_transform():
    signal = np.random.default_rng(0).normal(size=16)
    kernels = [initializers.STFT(side, None, None)((16, 1, 9), "float64")[:, 0] for side in ("real", "imag")]
    np.testing.assert_allclose(signal @ kernels[0] + 1j * (signal @ kernels[1]), np.fft.rfft(signal), atol=1e-12)


def test_values_and_callables_are_initializers():
    values = np.arange(4.0)
    np.testing.assert_array_equal(initializers.get(values)((4,)), values)
    with pytest.raises(ValueError, match=r"expected the shape of the values \(4,\), got \(5,\)"):
        initializers.get(values)((5,))

    def halves(shape, dtype=None):
        return np.full(shape, 0.5, dtype)

    assert initializers.get(halves) is halves
    assert initializers.get(None) is None


def test_scalars_have_values_too():
    for name in ("random_normal", "truncated_normal", "random_uniform", "glorot_uniform", "zeros"):
        assert initializers.get(name)(()).shape == ()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: initializers.get("typo"), "initializer: expected a known name, got 'typo'"),
        (lambda: initializers.VarianceScaling(scale=-1.0), "VarianceScaling: expected a positive scale, got -1.0"),
        (lambda: initializers.VarianceScaling(mode="fan"), "VarianceScaling: expected mode"),
        (lambda: initializers.VarianceScaling(distribution="beta"), "VarianceScaling: expected distribution"),
        (lambda: initializers.Orthogonal()((3,)), r"Orthogonal: expected a weight of at least two axes, got"),
        (lambda: initializers.Identity()((3,)), "Identity: expected a weight of two axes"),
        (lambda: initializers.Constant([1, 2, 3])((2,)), r"Constant: expected a value that broadcasts to shape \(2,\)"),
        (lambda: initializers.RandomNormal(seed="x"), "RandomNormal: expected seed to be an int"),
        (lambda: initializers.Zeros()((None, 2)), r"Zeros: expected known sizes, got shape \(None, 2\)"),
        (lambda: initializers.STFT("left"), "STFT: expected side"),
    ],
)
def test_errors(call, words):
    with pytest.raises(ValueError, match=words):
        call()
