"""Callbacks: on models, and on logs written by hand where only the decision counts."""

import csv
import importlib.util
import io
import sys

import numpy as np
import pytest

import genodl as gd
from genodl import callbacks
from genodl.callbacks._direction import direction_of


def data(n=40):
    rng = np.random.default_rng(0)
    return rng.random((n, 3), "float32"), rng.random((n, 1), "float32")


def make_model(optimizer="sgd", metrics=None):
    gd.set_seed(3)
    model = gd.Sequential([gd.Input((3,)), gd.layers.Dense(4, activation="tanh"), gd.layers.Dense(1)])
    model.compile(optimizer, "mse", metrics=metrics or [])
    return model


class Stub:
    """As much of a model as the callbacks that decide from logs look at."""

    metrics = ()

    def __init__(self, rate=1.0):
        self.stop_training = False
        self.optimizer = gd.optimizers.SGD(rate)
        self.weights = 0

    def get_weights(self):
        return self.weights

    def set_weights(self, weights):
        self.weights = weights


def play(callback, losses, model=None):
    """Epochs with the given losses; returns the last epoch and the logs."""
    model = model or Stub()
    callback.set_model(model)
    callback.on_train_begin()
    logs = []
    for epoch, loss in enumerate(losses):
        model.weights = epoch
        callback.on_epoch_begin(epoch)
        logs.append({"loss": loss})
        callback.on_epoch_end(epoch, logs[-1])
        if model.stop_training:
            break
    callback.on_train_end()
    return epoch, logs


# ---- the list and what it tells the loop ------------------------------------------------------


class OnEpoch(callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        pass


class OnBatch(callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        pass


@pytest.mark.parametrize(
    ("callback", "wants"),
    [
        (OnEpoch(), False),
        (OnBatch(), True),
        (callbacks.History(), False),
        (callbacks.EarlyStopping(), False),
        (callbacks.TerminateOnNaN(), True),
        (callbacks.LambdaCallback(on_epoch_end=print), False),
        (callbacks.LambdaCallback(on_train_batch_end=print), True),
        (callbacks.ModelCheckpoint("x"), False),
        (callbacks.ModelCheckpoint("x", save_freq=5), True),
        (callbacks.BackupAndRestore("x"), False),
        (callbacks.BackupAndRestore("x", save_freq=5), True),
        (callbacks.ProgbarLogger(), False),
    ],
    ids=lambda c: type(c).__name__ if isinstance(c, callbacks.Callback) else str(c),
)
def test_who_wants_batches(callback, wants):
    assert callbacks.CallbackList([callback]).wants_batches("train") is wants


def test_list_takes_nests_and_hands_on_plain_numbers():
    seen = []
    one = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append((epoch, logs)))
    many = callbacks.CallbackList([[one], None], add_history=True)
    many.on_train_begin()
    many.on_epoch_end(2, {"b": np.float32(0.5), "a": np.asarray(1.0), "c": {"d": 2}})
    assert seen == [(2, {"a": 1.0, "b": 0.5, "d": 2.0})]
    assert all(type(v) is float for v in seen[0][1].values())
    with pytest.raises(TypeError, match="expected Callback objects, got 3"):
        callbacks.CallbackList([3])


def test_methods_are_called_in_order():
    calls = []
    names = ["train_begin", "epoch_begin", "test_begin", "test_end", "epoch_end", "train_end"]
    names += ["predict_begin", "predict_end"]
    watch = callbacks.LambdaCallback(**{f"on_{n}": lambda *_, name=n, **__: calls.append(name) for n in names})
    x, y = data()
    model = make_model()
    model.fit(x, y, epochs=1, validation_split=0.5, verbose=0, callbacks=[watch])
    model.predict(x, verbose=0, callbacks=[watch])
    assert calls == names


def test_batches_are_numbered_and_counted():
    calls = []
    x, y = data(20)
    watch = callbacks.LambdaCallback(
        on_train_batch_begin=lambda batch, logs: calls.append(("begin", batch)),
        on_train_batch_end=lambda batch, logs: calls.append(("end", batch, sorted(logs))),
    )
    make_model().fit(x, y, batch_size=8, epochs=1, verbose=0, callbacks=[watch])
    assert calls == [c for i in range(3) for c in (("begin", i), ("end", i, ["loss"]))]


# ---- history and progress ---------------------------------------------------------------------


def test_history():
    x, y = data()
    history = make_model(metrics=["mae"]).fit(x, y, epochs=3, validation_split=0.25, verbose=0)
    assert isinstance(history, callbacks.History)
    assert history.epoch == [0, 1, 2]
    assert sorted(history.history) == ["loss", "mae", "val_loss", "val_mae"]
    assert all(len(v) == 3 for v in history.history.values())


def test_history_draws_itself():
    pytest.importorskip("matplotlib")
    x, y = data()
    history = make_model().fit(x, y, epochs=3, verbose=0)
    axes = history.plot()
    assert list(axes.lines[0].get_ydata()) == pytest.approx(history.history["loss"])


@pytest.mark.parametrize("verbose", [1, 2, "auto"])
def test_one_line_per_epoch_in_a_file(capsys, verbose):
    x, y = data()
    make_model().fit(x, y, epochs=3, verbose=verbose)
    lines = capsys.readouterr().out.splitlines()
    assert [line[:9] for line in lines] == ["Epoch 1/3", "Epoch 2/3", "Epoch 3/3"]
    assert all("2/2" in line and "loss: 0." in line for line in lines)


def test_silence(capsys):
    x, y = data()
    model = make_model()
    model.fit(x, y, epochs=2, verbose=0)
    model.evaluate(x, y, verbose=0)
    model.predict(x, verbose=0)
    assert capsys.readouterr().out == ""


def test_bar_on_a_terminal(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("COLUMNS", "60")
    clock = iter(np.arange(0, 100, 5.0))
    monkeypatch.setattr("genodl.callbacks.progbar_logger.time.perf_counter", lambda: float(next(clock)))
    bar = callbacks.ProgbarLogger()
    bar.set_params({"verbose": 1, "epochs": 2, "steps": 4})
    assert bar.is_watching()
    bar.on_train_begin()
    bar.on_epoch_begin(0)
    bar.on_train_batch_end(0, {"accuracy": 0.5, "loss": 2.0})
    bar.on_train_batch_end(1, {"accuracy": 0.5, "loss": 1.0, "x" * 50: 1.0})
    bar.on_epoch_end(0, {"loss": 0.25, "val_loss": 0.5})
    title, moving = screen.getvalue().split("\n")[:2]
    first, second, final = moving.lstrip("\r").split("\r")
    assert title == "Epoch 1/2"
    # 5 seconds for one of four batches leave 15.
    assert first.startswith("1/4 ━━━━━─────")
    assert "0:15 left - 5.0 s/step - loss: 2.0" in first
    assert len(first) == len(second) == 59  # cut off, so that the line can be written over
    assert "0:10 left" in second
    assert final.rstrip().endswith("loss: 0.2500 - val_loss: 0.5000")


# ---- decisions from logs ----------------------------------------------------------------------


def test_early_stopping_waits_and_restores():
    model = Stub()
    stop = callbacks.EarlyStopping("loss", patience=2, restore_best_weights=True)
    last, _ = play(stop, [5.0, 4.0, 3.0, 3.5, 3.2, 1.0], model)
    assert last == 4
    assert (stop.stopped_epoch, stop.best_epoch, stop.best, stop.wait) == (4, 2, 3.0, 2)
    assert model.weights == 2


def test_early_stopping_options():
    assert play(callbacks.EarlyStopping("loss", mode="max"), [1.0, 2.0, 1.5])[0] == 2
    assert play(callbacks.EarlyStopping("loss", min_delta=0.5), [2.0, 1.8, 0.5])[0] == 1
    assert play(callbacks.EarlyStopping("loss", baseline=1.0, patience=2), [3.0, 2.0, 2.5, 1.2])[0] == 2
    assert play(callbacks.EarlyStopping("loss", start_from_epoch=3), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])[0] == 4


def test_nan_is_never_the_best():
    model = Stub()
    stop = callbacks.EarlyStopping("loss", patience=3, restore_best_weights=True)
    play(stop, [np.nan, 2.0, np.nan, 3.0, np.nan, 1.0], model)
    assert (stop.best, model.weights, stop.stopped_epoch) == (2.0, 1, 4)


def test_vectors_cannot_be_watched():
    for callback in (callbacks.EarlyStopping("loss"), callbacks.ModelCheckpoint("x", "loss", save_best_only=True)):
        with pytest.raises(ValueError, match=r"expected 'loss' to be one number, got shape \(2,\)"):
            play(callback, [np.ones(2)])


def test_monitor_names():
    model = Stub()
    model.metrics = [gd.metrics.BinaryAccuracy(name="acc"), gd.metrics.MeanSquaredError(name="mse")]
    for name, words in {"val_acc": "greater", "mse": "less", "out_mse": "less", "val_out_loss": "less"}.items():
        stop = callbacks.EarlyStopping(name)
        stop.set_model(model)
        stop._set_monitor_op()
        assert stop.monitor_op is getattr(gd.ops, words)
    with pytest.raises(ValueError, match="expected monitor to be a loss or a metric.*got monitor='speed'"):
        play(callbacks.EarlyStopping("speed"), [1.0])
    with pytest.warns(UserWarning, match="stopping early needs 'val_loss', which is not in the logs. They hold: loss"):
        play(callbacks.EarlyStopping(), [1.0])
    with pytest.warns(UserWarning, match="EarlyStopping mode 'up' is unknown"):
        callbacks.EarlyStopping(mode="up")


def known_metrics():
    general = ("Metric", "Mean", "Sum", "MeanMetricWrapper", "ExactMetric")
    named = ((n, getattr(gd.metrics, n)) for n in dir(gd.metrics) if n not in general)
    return [x for _, x in named if isinstance(x, type) and issubclass(x, gd.metrics.Metric)]


@pytest.mark.parametrize("metric", known_metrics())
def test_every_metric_has_a_direction(metric):
    up = ("Accuracy", "AU", "Precision", "Recall", "Score", "Correlation", "True", "Cosine")
    assert direction_of(metric()) == ("max" if any(word in metric.__name__ for word in up) else "min")


def test_plateau_reduces_waits_and_stops_at_the_least_rate():
    model = Stub()
    plateau = callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=2, cooldown=1, min_lr=0.2)
    _, logs = play(plateau, [1.0] * 12, model)
    rates = [log["learning_rate"] for log in logs]
    # Each log has the rate its epoch was trained with: two bad epochs, then one to cool down.
    assert rates[:9] == pytest.approx([1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2])
    assert float(model.optimizer.learning_rate) == pytest.approx(0.2)
    with pytest.raises(ValueError, match="expected factor below 1, got 1.5"):
        callbacks.ReduceLROnPlateau(factor=1.5)
    with pytest.raises(TypeError, match="follows a schedule"):
        model.optimizer = gd.optimizers.SGD(gd.optimizers.schedules.CosineDecay(0.1, 10))
        play(callbacks.ReduceLROnPlateau("loss", patience=1), [1.0] * 3, model)


def test_learning_rate_scheduler():
    model = Stub(rate=8.0)
    _, logs = play(callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2), [1.0] * 3, model)
    assert [log["learning_rate"] for log in logs] == [4, 2, 1]
    _, logs = play(callbacks.LearningRateScheduler(lambda epoch: 0.5 + epoch), [1.0] * 2, model)
    assert [log["learning_rate"] for log in logs] == [0.5, 1.5]
    with pytest.raises(ValueError, match="expected schedule to return a float, got 'fast'"):
        play(callbacks.LearningRateScheduler(lambda epoch: "fast"), [1.0], model)

    def broken(epoch, rate):
        raise TypeError("mine")

    with pytest.raises(TypeError, match="mine"):
        play(callbacks.LearningRateScheduler(broken), [1.0], model)


def test_scheduled_rate_is_what_training_uses():
    x, y = data()
    model = make_model(gd.optimizers.SGD(1.0))
    before = model.get_weights()
    model.fit(x, y, epochs=2, verbose=0, callbacks=[callbacks.LearningRateScheduler(lambda epoch: 0.0)])
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))


# ---- files ------------------------------------------------------------------------------------


def test_csv_logger(tmp_path):
    x, y = data()
    path = tmp_path / "log.tsv"
    model = make_model()
    for append in (False, True):
        logger = callbacks.CSVLogger(path, separator="\t", append=append)
        model.fit(x, y, epochs=2, verbose=0, callbacks=[logger])
        assert logger.csv_file is None
    with open(path) as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert [row["epoch"] for row in rows] == ["0", "1", "0", "1"]
    assert all(float(row["loss"]) > 0 and row["val_loss"] == "NA" for row in rows)


def test_checkpoint_paths_and_best_only(tmp_path):
    x, y = data()
    model = make_model()
    every = callbacks.ModelCheckpoint(tmp_path / "deep" / "epoch{epoch:02d}.genodl")
    model.fit(x, y, epochs=2, verbose=0, callbacks=[every])
    assert sorted(p.name for p in (tmp_path / "deep").iterdir()) == ["epoch01.genodl", "epoch02.genodl"]
    loaded = gd.load_model(tmp_path / "deep" / "epoch02.genodl")
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), model.predict(x, verbose=0))

    class Fake(Stub):
        def save(self, path, overwrite):
            self.saved = [*getattr(self, "saved", []), path]

    fake = Fake()
    best = callbacks.ModelCheckpoint("{epoch}-{loss:.1f}", "loss", save_best_only=True, initial_value_threshold=4.5)
    play(best, [5.0, 4.0, 4.2, 3.0], fake)
    assert fake.saved == ["2-4.0", "4-3.0"]
    with pytest.raises(KeyError, match="to name what is in the logs, got 'val_loss'"):
        play(callbacks.ModelCheckpoint("{val_loss}"), [1.0], Fake())
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError, match="to name a file, got the folder"):
        play(callbacks.ModelCheckpoint(tmp_path / "folder"), [1.0], Fake())
    with pytest.raises(ValueError, match="save_freq to be 'epoch' or an int, got 'batch'"):
        callbacks.ModelCheckpoint("x", save_freq="batch")


def test_checkpoint_every_few_batches(tmp_path):
    x, y = data(40)
    every = callbacks.ModelCheckpoint(
        tmp_path / "{epoch}-{batch}.weights", save_weights_only=True, save_freq=3
    )
    make_model().fit(x, y, batch_size=10, epochs=2, verbose=0, callbacks=[every])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["1-3.weights", "2-2.weights"]


class Interrupt(callbacks.Callback):
    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_end(self, epoch, logs=None):
        if epoch == self.epoch:
            raise KeyboardInterrupt


@pytest.mark.parametrize("damaged", [False, True])
def test_backup_goes_on_with_the_same_bits(tmp_path, damaged):
    x, y = data()
    folder = tmp_path / "backup"
    options = {"shuffle": False, "verbose": 0}

    whole = make_model("adam")
    whole.fit(x, y, epochs=5, **options)

    def keep():
        return callbacks.BackupAndRestore(folder, double_checkpoint=damaged)

    with pytest.raises(KeyboardInterrupt):
        make_model("adam").fit(x, y, epochs=5, callbacks=[keep(), Interrupt(2)], **options)
    if damaged:
        (folder / "latest.weights.h5").write_bytes(b"nonsense")
    resumed = make_model("adam")
    history = resumed.fit(x, y, epochs=5, callbacks=[keep()], **options)
    assert history.epoch == ([2, 3, 4] if damaged else [3, 4])
    assert not folder.exists()
    assert all((a == b).all() for a, b in zip(whole.get_weights(), resumed.get_weights(), strict=True))


def test_backup_arguments(tmp_path):
    with pytest.raises(ValueError, match="backup_dir to name a folder, got ''"):
        callbacks.BackupAndRestore("")
    with pytest.raises(ValueError, match="save_freq to be 'epoch' or an int, got 'batch'"):
        callbacks.BackupAndRestore("x", save_freq="batch")
    with pytest.raises(ValueError, match="expected a built model"):
        model = gd.Sequential([gd.layers.Dense(1)])
        model.compile("sgd", "mse")
        x, y = data()
        model.fit(x, y, verbose=0, callbacks=[callbacks.BackupAndRestore(tmp_path / "b")])


# ---- the rest ---------------------------------------------------------------------------------


@pytest.mark.parametrize("raises", [False, True])
def test_terminate_on_nan(raises, capsys):
    x, y = data(40)
    y[15] = 1e38
    model = make_model(gd.optimizers.SGD(1.0))
    stop = callbacks.TerminateOnNaN(raise_error=raises)
    words = "at batch 1. Training stops; try a smaller learning rate."

    def fit():
        return model.fit(x, y, batch_size=10, epochs=5, shuffle=False, verbose=0, callbacks=[stop])

    if raises:
        with pytest.raises(RuntimeError, match=words):
            fit()
    else:
        assert fit().epoch == [0]
        assert words in capsys.readouterr().out


def test_swapped_averages_are_evaluated_and_put_back():
    x, y = data()

    def fit(*extra):
        model = make_model(gd.optimizers.SGD(0.5, use_ema=True, ema_momentum=0.9))
        history = model.fit(
            x, y, epochs=3, shuffle=False, validation_data=(x, y), verbose=0, callbacks=list(extra)
        )
        return model, history.history

    plain, without = fit()
    swapped, with_averages = fit(callbacks.SwapEMAWeights())
    assert without["loss"] == with_averages["loss"]  # training goes on from the true weights
    assert without["val_loss"] != with_averages["val_loss"]
    assert all((a == b).all() for a, b in zip(plain.get_weights(), swapped.get_weights(), strict=True))
    assert swapped.evaluate(x, y, verbose=0) == pytest.approx(with_averages["val_loss"][-1], rel=1e-6)
    with pytest.raises(ValueError, match="Make it with use_ema=True"):
        make_model().fit(x, y, verbose=0, validation_split=0.5, callbacks=[callbacks.SwapEMAWeights()])


def test_tensorboard(tmp_path):
    if importlib.util.find_spec("tensorboard") is None:
        with pytest.raises(ImportError, match="Install it with: pip install tensorboard"):
            callbacks.TensorBoard(tmp_path)
        return
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    x, y = data()
    board = callbacks.TensorBoard(tmp_path, histogram_freq=1)
    history = make_model().fit(x, y, epochs=2, validation_split=0.5, verbose=0, callbacks=[board]).history
    for part, name in (("train", "loss"), ("validation", "val_loss")):
        events = EventAccumulator(str(tmp_path / part))
        events.Reload()
        assert [e.value for e in events.Scalars("epoch_loss")] == pytest.approx(history[name])
