"""Data sets read batch by batch, reading ahead, and what fit accepts."""

import numpy as np
import pytest

import genodl as gd


class Stored:
    """An array that can only be sliced, as in a file; counts what is read."""

    def __init__(self, array):
        self.array = array
        self.shape = array.shape
        self.dtype = array.dtype
        self.slices = []

    def __getitem__(self, key):
        assert isinstance(key, slice), "only contiguous reads"
        self.slices.append((key.start, key.stop))
        return self.array[key]


def regression(rows=200):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 3)).astype("float32")
    return x, x @ np.array([[1.0], [-2.0], [0.5]], "float32")


def network():
    model = gd.Sequential([gd.Input((3,)), gd.layers.Dense(1)])
    model.compile(gd.optimizers.Adam(0.1), "mse")
    return model


def test_batches_hold_every_row_once():
    x = np.arange(103)
    seen = np.concatenate(list(gd.data.Dataset(x, batch_size=8, shuffle=True)))
    assert sorted(seen) == list(range(103))
    assert not np.array_equal(seen, x)


def test_rows_of_all_parts_stay_together():
    x = np.arange(70)
    for a, b, w in gd.data.Dataset({"p": x}, x * 2, x * 3, batch_size=9, shuffle=True):
        np.testing.assert_array_equal(b, a["p"] * 2)
        np.testing.assert_array_equal(w, b * 3 // 2)


def test_map_changes_batches():
    batches = list(gd.data.Dataset(np.arange(4), batch_size=2, map=lambda x: x + 1))
    assert [b.tolist() for b in batches] == [[1, 2], [3, 4]]


def test_stored_arrays_train_without_being_loaded_whole():
    x, y = regression(2000)
    stored = Stored(x)
    model = network()
    history = model.fit(stored, Stored(y), batch_size=20, epochs=8, verbose=0)
    assert history.history["loss"][-1] < 0.01 * history.history["loss"][0]
    assert max(stop - start for start, stop in stored.slices) < 2000


def test_stored_arrays_predict_and_evaluate_like_arrays():
    x, y = regression()
    model = network()
    np.testing.assert_array_equal(model.predict(Stored(x), verbose=0), model.predict(x, verbose=0))
    assert model.evaluate(Stored(x), Stored(y), verbose=0) == pytest.approx(model.evaluate(x, y, verbose=0), rel=1e-6)


def test_validation_split_of_stored_arrays_takes_the_end():
    x, y = regression(100)
    stored = Stored(x)
    history = network().fit(stored, Stored(y), validation_split=0.2, verbose=0)
    assert "val_loss" in history.history
    assert (80, 100) in stored.slices


def test_reading_ahead_hands_on_errors_in_their_turn():
    def broken():
        yield 1
        raise OSError("the disk is gone")

    ahead = gd.data.prefetch(broken())
    assert next(ahead) == 1
    with pytest.raises(OSError, match="the disk is gone"):
        next(ahead)


def test_reading_ahead_stops_when_closed():
    made = []

    def endless():
        while True:
            made.append(0)
            yield 0

    ahead = gd.data.prefetch(endless(), depth=2)
    next(ahead)
    ahead.close()
    ahead._thread.join(timeout=5)
    assert not ahead._thread.is_alive()
    assert len(made) <= 5


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: gd.data.Dataset(np.zeros(3), np.zeros(4)), "same number of rows"),
        (lambda: gd.data.Dataset(np.zeros(3), batch_size=0), "positive batch_size"),
        (lambda: gd.data.Dataset(np.zeros((0, 2))), "at least one row"),
        (lambda: gd.data.prefetch([], depth=0), "depth of at least 1"),
    ],
)
def test_bad_arguments_are_named(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_added_metrics_are_logged():
    class Watched(gd.layers.Layer):
        def call(self, x):
            self.add_metric(gd.ops.mean(gd.ops.abs(x)), name="size")
            return x

    x, y = regression(64)
    model = gd.Sequential([gd.Input((3,)), Watched(), gd.layers.Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit(x, y, batch_size=64, verbose=0)
    assert history.history["size"][0] == pytest.approx(np.abs(x).mean(), rel=1e-5)
