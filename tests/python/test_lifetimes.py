"""Who owns which memory: inputs are borrowed or copied, results are the caller's, nothing leaks."""

import gc
import sys
import weakref

import numpy as np
import pytest

import genodl as gd
from genodl import _core, layers
from genodl.testing import check_gradients


def network():
    model = gd.Sequential([gd.Input((6,)), layers.Dense(5, activation="tanh"), layers.Dense(2)])
    model.compile("adam", "mse")
    return model


def arrays(rows=40):
    x = np.random.default_rng(0).normal(size=(rows, 6)).astype("float32")
    return x, np.ascontiguousarray(x[:, :2])


def test_inputs_are_given_back():
    model, (x, y) = network(), arrays()
    before = sys.getrefcount(x), sys.getrefcount(y)
    for _ in range(3):
        model.fit(x, y, verbose=0)
        model.predict(x, verbose=0)
        model.evaluate(x, y, verbose=0)
        model.train_on_batch(x, y)
        model(x)
    gc.collect()
    assert (sys.getrefcount(x), sys.getrefcount(y)) == before


def test_inputs_are_never_changed():
    model, (x, y) = network(), arrays()
    kept = x.copy(), y.copy()
    x.flags.writeable = y.flags.writeable = False
    model.fit(x, y, epochs=3, verbose=0)
    model.predict(x, verbose=0)
    np.testing.assert_array_equal(x, kept[0])
    np.testing.assert_array_equal(y, kept[1])


LAYOUTS = {
    "columns first": np.asfortranarray,
    "every second": lambda x: np.repeat(x, 2, axis=0)[::2],
    "backwards": lambda x: x[::-1].copy()[::-1],
    "big end first": lambda x: x.astype(">f4"),
    "float64": lambda x: x.astype("float64"),
    "unaligned": lambda x: np.frombuffer(b"\0" + x.tobytes(), "float32", offset=1).reshape(x.shape),
    "a list": lambda x: x.tolist(),
    "read only": lambda x: np.frombuffer(x.tobytes(), "float32").reshape(x.shape),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_any_layout_gives_the_same(name):
    model, (x, _) = network(), arrays()
    np.testing.assert_array_equal(model.predict(LAYOUTS[name](x), verbose=0), model.predict(x, verbose=0))
    np.testing.assert_array_equal(model(LAYOUTS[name](x)), model(x))


def test_results_are_the_callers():
    model, (x, _) = network(), arrays()
    first = model.predict(x, verbose=0)
    kept = first.copy()
    second = model.predict(-x, verbose=0)
    np.testing.assert_array_equal(first, kept)
    assert not np.shares_memory(first, second)
    first[:] = 0
    np.testing.assert_array_equal(model.predict(x, verbose=0), kept)


def test_results_outlive_model_plan_and_session():
    model, (x, _) = network(), arrays()
    result = model(x)
    kept = result.copy()
    placeholder = _core.placeholder((3,), "float32", "x")
    session = _core.Session(_core.Plan([placeholder], [placeholder], []))
    [copy] = session.run([np.array([1, 2, 3], "float32")], 0)
    del model, session, placeholder
    gc.collect()
    np.testing.assert_array_equal(result, kept)
    np.testing.assert_array_equal(copy, [1, 2, 3])


def test_values_of_variables_are_copies():
    v = gd.Variable([1.0, 2.0])
    value, array = v.numpy(), np.asarray(v)
    v.assign([3.0, 4.0])
    np.testing.assert_array_equal(value, [1, 2])
    np.testing.assert_array_equal(array, [1, 2])
    value[:] = 9
    np.testing.assert_array_equal(v.numpy(), [3, 4])


def test_the_initial_array_of_a_variable_is_copied():
    start = np.zeros(3, "float32")
    v = gd.Variable(start)
    start[:] = 5
    np.testing.assert_array_equal(v.numpy(), 0)


def test_models_die():
    model, (x, y) = network(), arrays()
    model.fit(x, y, verbose=0)
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_many_models_take_no_more_memory():
    resource = pytest.importorskip("resource")

    def build():
        x = np.zeros((64, 500), "float32")
        model = gd.Sequential([gd.Input((500,)), layers.Dense(1000), layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(x, x[:, :1], verbose=0)

    for _ in range(5):
        build()
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(30):
        build()
        gc.collect()
    # Each takes about 3 MB of weights and arena; thirty kept ones would be 90 MB.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30 << 10


def test_the_public_gradient_check_can_fail():
    x = np.array([0.3, -1.2])
    check_gradients(gd.ops.tanh, x)
    with pytest.raises(AssertionError, match="check_gradients: input 0"):
        check_gradients(lambda v: gd.ops.stop_gradient(v) * v, x)
    with pytest.raises(ValueError, match="expected a function of tensors that gives float tensors"):
        check_gradients(lambda v: 3.0, x)
