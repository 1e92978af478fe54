"""Random numbers of the engine: from (seed, step, node), whatever the threads, batches and plans."""

import numpy as np
import pytest

import genodl as gd
from genodl import _core, _trace, ops

SHAPE = (64, 50)


def dropout_step(rate=0.5, seed=7, extra=False):
    """A session that gives dropout's output and the gradient through it."""
    x = _core.placeholder(SHAPE, "float32", "x")
    layer = gd.layers.Dropout(rate, seed=seed)
    with _trace.Trace(training=True):
        live = _trace.live_tensor(x)
        y = layer(live, training=True)
        z = ops.tanh(y) if extra else y
    [gradient] = _core.gradients([y._value], [], [x])
    return _core.Session(_core.Plan([x], [y._value, gradient, z._value], []))


ONES = np.ones(SHAPE, "float32")


def test_backward_sees_the_mask_of_forward():
    y, gradient, _ = dropout_step().run([ONES], 3)
    np.testing.assert_array_equal(gradient, y)
    assert set(np.unique(y)) == {0.0, 2.0}


def test_same_seed_and_step_same_numbers():
    first, again = dropout_step(), dropout_step()
    np.testing.assert_array_equal(first.run([ONES], 5)[0], again.run([ONES], 5)[0])
    # Whatever else is in the plan, and however it is fused.
    np.testing.assert_array_equal(first.run([ONES], 5)[0], dropout_step(extra=True).run([ONES], 5)[0])
    assert (first.run([ONES], 5)[0] != dropout_step(seed=8).run([ONES], 5)[0]).any()


def test_steps_differ_and_do_not_repeat():
    session = dropout_step()
    masks = [session.run([ONES], step)[0] != 0 for step in range(40)]
    shares = [(a == b).mean() for i, a in enumerate(masks) for b in masks[:i]]
    # Independent fair masks of 3,200 agree in half of the places; six standard deviations.
    assert min(shares) > 0.447
    assert max(shares) < 0.553


def test_two_layers_draw_apart():
    x = _core.placeholder(SHAPE, "float32", "x")
    gd.set_seed(3)
    with _trace.Trace(training=True):
        live = _trace.live_tensor(x)
        outputs = [gd.layers.Dropout(0.5)(live, training=True)._value for _ in range(2)]
    a, b = _core.Session(_core.Plan([x], outputs, [])).run([ONES], 0)
    assert 0.447 < (a == b).mean() < 0.553


@pytest.mark.parametrize("step", [0, 1, 2**31, 2**40])
def test_threads_draw_alike(step, threads):
    x = np.ones((400, 700), "float32")
    results = []
    for n in (1, 2, 3):
        threads(n)
        placeholder = _core.placeholder(x.shape, "float32", "x")
        with _trace.Trace(training=True):
            live = _trace.live_tensor(placeholder)
            dropped = gd.layers.Dropout(0.3, seed=2)(live, training=True)
            noisy = gd.layers.GaussianNoise(0.5, seed=1)(dropped, training=True)
        results.append(_core.Session(_core.Plan([placeholder], [noisy._value], [])).run([x], step)[0])
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])


def test_training_draws_anew_in_every_step_and_epoch():
    gd.set_seed(0)
    model = gd.Sequential([gd.Input((30,)), gd.layers.Dropout(0.5), gd.layers.Dense(1)])
    model.compile(gd.optimizers.SGD(0.0), "mse")
    x, y = np.ones((64, 30), "float32"), np.zeros((64, 1), "float32")
    losses = [model.train_on_batch(x, y) for _ in range(6)]
    assert len(set(losses)) == 6
    history = model.fit(x, y, batch_size=32, epochs=4, verbose=0).history["loss"]
    assert len(set(history)) == 4


def test_prediction_draws_nothing():
    model = gd.Sequential([gd.Input((30,)), gd.layers.Dropout(0.5), gd.layers.GaussianNoise(1.0)])
    x = np.ones((4, 30), "float32")
    np.testing.assert_array_equal(model.predict(x, verbose=0), x)


def test_a_seed_repeats_a_whole_training():
    def train():
        gd.set_seed(11)
        model = gd.Sequential([gd.Input((8,)), gd.layers.Dense(16, activation="relu"), gd.layers.Dropout(0.3),
                               gd.layers.Dense(1)])
        model.compile("adam", "mse")
        rng = np.random.default_rng(0)
        x = rng.normal(size=(100, 8)).astype("float32")
        history = model.fit(x, x[:, :1], batch_size=16, epochs=3, verbose=0).history["loss"]
        return history, model.get_weights()

    (history, weights), (again, same) = train(), train()
    assert history == again
    for a, b in zip(weights, same, strict=True):
        np.testing.assert_array_equal(a, b)
