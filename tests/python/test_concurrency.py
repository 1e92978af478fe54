"""Threads, processes and signals around training."""

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest

import genodl as gd
from genodl import layers

RNG = np.random.default_rng(0)
X = RNG.normal(size=(192, 30, 4)).astype("float32")
Y = (X[:, :, 0].sum(1, keepdims=True) > 0).astype("float32")


def network(seed):
    """Convolution, batch normalisation, dropout and dense layers: every kind of reduction and draw."""
    gd.set_seed(seed)
    model = gd.Sequential([
        gd.Input((30, 4)),
        layers.Conv1D(13, 5, padding="same"),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.MaxPooling1D(3),
        layers.Conv1D(17, 3, activation="gelu"),
        layers.Dropout(0.3),
        layers.GlobalAveragePooling1D(),
        layers.Dense(9, activation="tanh"),
        layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(gd.optimizers.Adam(0.01, clipnorm=1.0), "binary_crossentropy", metrics=["accuracy", "auroc"])
    return model


def train(model, epochs=2):
    history = model.fit(X, Y, batch_size=64, epochs=epochs, verbose=0)
    return history.history, model.get_weights()


def assert_same(a, b):
    assert a[0] == b[0]
    for x, y in zip(a[1], b[1], strict=True):
        np.testing.assert_array_equal(x, y)


# ---- threads --------------------------------------------------------------------------------------


def test_five_steps_have_the_same_bits_for_any_threads(threads):
    results = []
    for n in (1, 2, 3):
        threads(n)
        model = network(1)
        losses = [model.train_on_batch(X[:100], Y[:100], return_dict=True)["loss"] for _ in range(5)]
        results.append(({"loss": losses, "predicted": model.predict(X, verbose=0).tolist()}, model.get_weights()))
    assert_same(results[0], results[1])
    assert_same(results[0], results[2])


def test_a_fit_has_the_same_bits_for_any_threads(threads):
    results = []
    for n in (1, 2, 3):
        threads(n)
        results.append(train(network(1)))
    assert_same(results[0], results[1])
    assert_same(results[0], results[2])


def test_threads_may_change_between_and_during_fits(threads):
    wanted = train(network(1), epochs=4)
    model = network(1)
    change = gd.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: threads(1 + epoch % 3))
    history = model.fit(X, Y, batch_size=64, epochs=4, verbose=0, callbacks=[change])
    assert_same((history.history, model.get_weights()), wanted)


def test_threads_set_by_another_thread_while_a_model_trains(threads):
    wanted = train(network(1), epochs=4)
    stop = threading.Event()

    def disturb():
        n = 0
        while not stop.is_set():
            gd.set_threads(1 + n % 4)
            n += 1
            time.sleep(0.002)

    worker = threading.Thread(target=disturb)
    worker.start()
    try:
        found = train(network(1), epochs=4)
    finally:
        stop.set()
        worker.join()
    assert_same(found, wanted)


def in_threads(*jobs):
    results, errors = [None] * len(jobs), []

    def work(i):
        try:
            results[i] = jobs[i]()
        except BaseException as error:
            errors.append(error)

    workers = [threading.Thread(target=work, args=(i,)) for i in range(len(jobs))]
    for w in workers:
        w.start()
    for w in workers:
        w.join(timeout=120)
    assert not any(w.is_alive() for w in workers), "the threads wait for each other"
    assert not errors, errors
    return results


def test_two_models_train_at_once():
    # Shuffles come from one stream of seeds, so each is trained without.
    def fit(model):
        history = model.fit(X, Y, batch_size=48, epochs=4, shuffle=False, verbose=0)
        return history.history, model.get_weights()

    wanted = [fit(network(seed)) for seed in (1, 2)]
    models = [network(seed) for seed in (1, 2)]
    found = in_threads(*(lambda m=m: fit(m) for m in models))
    for f, w in zip(found, wanted, strict=True):
        assert_same(f, w)


def test_one_model_predicts_in_many_threads():
    model = network(1)
    wanted = model.predict(X, verbose=0)
    found = in_threads(*(lambda: [model.predict(X, verbose=0) for _ in range(5)] for _ in range(4)))
    for results in found:
        for result in results:
            np.testing.assert_array_equal(result, wanted)


def test_models_are_built_in_many_threads():
    def build():
        model = gd.Sequential([gd.Input((5,)), layers.Dense(3, kernel_initializer="ones"), layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(np.ones((8, 5)), np.ones((8, 1)), verbose=0)
        return model.count_params()

    assert in_threads(*[build] * 6) == [22] * 6


# ---- processes ------------------------------------------------------------------------------------


def child_training(seed):
    return train(network(seed))


def test_fork_after_threads_have_run():
    """A child of fork has no worker threads: it computes alone, and the same."""
    wanted = train(network(1))
    read, write = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover
        status = 1
        try:
            history, weights = train(network(1))
            same = history == wanted[0] and all((a == b).all() for a, b in zip(weights, wanted[1], strict=True))
            os.write(write, b"same" if same else b"other")
            status = 0
        finally:
            os._exit(status)
    os.close(write)
    deadline = time.monotonic() + 60
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            pytest.fail("the child of fork hangs")
        time.sleep(0.02)
    assert os.read(read, 10) == b"same"
    os.close(read)
    assert_same(train(network(1)), wanted)  # the parent goes on as before


def test_a_child_may_choose_its_threads():
    train(network(1), epochs=1)
    child = os.fork()
    if child == 0:  # pragma: no cover
        status = 1
        try:
            gd.set_threads(2)
            train(network(1), epochs=1)
            status = 0
        finally:
            os._exit(status)
    for _ in range(600):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        time.sleep(0.1)
    else:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        pytest.fail("the child of fork hangs")
    assert os.waitstatus_to_exitcode(status) == 0


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_multiprocessing(method):
    wanted = [child_training(seed) for seed in (1, 2)]
    with multiprocessing.get_context(method).Pool(2) as pool:
        found = pool.map_async(child_training, [1, 2]).get(timeout=120)
    for f, w in zip(found, wanted, strict=True):
        assert_same(f, w)


def test_joblib():
    joblib = pytest.importorskip("joblib", reason="joblib is not installed")
    wanted = [child_training(seed) for seed in (1, 2)]
    found = joblib.Parallel(n_jobs=2)(joblib.delayed(child_training)(seed) for seed in (1, 2))
    for f, w in zip(found, wanted, strict=True):
        assert_same(f, w)


# ---- signals --------------------------------------------------------------------------------------


def interrupted(run, after=0.4):
    """Sends SIGINT to this process a while after ``run`` begins; how long it took to stop."""
    sent = []

    def send():
        time.sleep(after)
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    sender = threading.Thread(target=send)
    sender.start()
    with pytest.raises(KeyboardInterrupt):
        run()
        time.sleep(30)
    stopped = time.monotonic()
    sender.join()
    return stopped - sent[0]


def test_ctrl_c_stops_a_fit_and_leaves_a_model():
    model = network(1)
    train(model, epochs=1)
    before = model.get_weights()
    took = interrupted(lambda: model.fit(X, Y, batch_size=64, epochs=1_000_000, verbose=0))
    # The loop looks for signals every 50 ms; a step here takes about one.
    assert took < 2.0
    assert any((a != b).any() for a, b in zip(before, model.get_weights(), strict=True))
    assert all(np.isfinite(w).all() for w in model.get_weights())
    history, _ = train(model)
    assert np.isfinite(history["loss"]).all()
    assert model.predict(X, verbose=0).shape == (192, 1)


def test_ctrl_c_stops_one_long_epoch():
    model = network(1)
    x, y = np.tile(X, (400, 1, 1)), np.tile(Y, (400, 1))
    took = interrupted(lambda: model.fit(x, y, batch_size=32, epochs=50, verbose=0))
    assert took < 2.0
    assert np.isfinite(model.evaluate(X, Y, verbose=0, return_dict=True)["loss"])


def test_ctrl_c_stops_a_prediction():
    model = network(1)
    x = np.tile(X, (2000, 1, 1))
    took = interrupted(lambda: [model.predict(x, batch_size=16, verbose=0) for _ in range(100)])
    assert took < 2.0


# ---- the end of a process ---------------------------------------------------------------------------


def test_a_process_ends_while_a_thread_trains():
    """No crash and no wait when the interpreter leaves with a daemon thread in a fit."""
    code = """
        import threading, time
        import numpy as np
        import genodl as gd
        x = np.ones((4000, 50), "float32")
        model = gd.Sequential([gd.Input((50,)), gd.layers.Dense(64), gd.layers.Dense(1)])
        model.compile("adam", "mse")
        threading.Thread(target=lambda: model.fit(x, x[:, :1], epochs=100000, verbose=0), daemon=True).start()
        time.sleep(1.0)
        print("leaving")
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60)
    assert done.stdout == "leaving\n"
    assert done.returncode == 0, done.stderr
