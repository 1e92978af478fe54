"""Bad input and the sentences that answer it."""

import warnings

import numpy as np
import pytest

import genodl as gd
from genodl import layers

X = np.random.default_rng(0).uniform(-1, 1, (40, 6)).astype("float32")
Y = (X[:, :1] > 0).astype("float32")
LABELS = np.arange(40) % 3


def dense(loss="mse", units=1, activation=None, **more):
    model = gd.Sequential([gd.Input((6,), name="x"), layers.Dense(units, activation=activation, name="out")])
    if loss is not None:
        model.compile("adam", loss, **more)
    return model


def classifier():
    return dense("sparse_categorical_crossentropy", 3, "softmax")


def two_inputs():
    a, b = gd.Input((6,), name="a"), gd.Input((6,), name="b")
    model = gd.Model([a, b], layers.Dense(1)(layers.Concatenate()([a, b])))
    model.compile("sgd", "mse")
    return model


def sequences():
    model = gd.Sequential([
        gd.Input((None, 4)), layers.Conv1D(3, 5, name="conv"), layers.GlobalMaxPooling1D(), layers.Dense(1),
    ])
    model.compile("sgd", "mse")
    return model


def spoiled(value, at=(3, 2), array=X):
    found = array.copy()
    found[at] = value
    return found


def used_twice():
    layer = layers.Dense(3, name="twice")
    layer(np.ones((2, 4)))
    layer(np.ones((2, 5)))


def fit(model, *data, **options):
    model.fit(*data, verbose=0, **options)


REFUSED = {
    # Shapes and types.
    "rank": (lambda: fit(dense(), X[0], Y), r"x: expected an array of shape \(None, 6\), got \(6,\)\. Reshape the data"),
    "shape": (lambda: fit(dense(), X[:, :5], Y), r"x: expected an array of shape \(None, 6\), got \(40, 5\)"),
    "shape in a call": (lambda: dense()(X[:, :5]), r"expected input 'x' of shape \(None, 6\), got \(40, 5\)"),
    "objects": (lambda: fit(dense(), np.array([[None] * 6]), Y[:1]), "expected numbers, got an array of object"),
    "complex": (lambda: fit(dense(), X.astype(complex), Y), "expected numbers, got an array of complex128"),
    "dates": (lambda: fit(dense(), X.astype("datetime64[s]"), Y), "expected numbers, got an array of datetime64"),
    "rows": (lambda: fit(dense(), X, Y[:30]), "expected arrays with the same number of rows, got 40, 30"),
    "targets": (lambda: fit(dense(units=3), X, Y[:, [0, 0]]),
                r"mse of out: expected targets that fit outputs of shape \(32, 3\), got \(32, 2\)"),
    # Numbers that are none.
    "nan": (lambda: fit(dense(), spoiled(np.nan), Y), r"x: expected finite numbers, got nan at index \(3, 2\)"),
    "infinity": (lambda: fit(dense(), spoiled(np.inf), Y), r"x: expected finite numbers, got inf at index \(3, 2\)"),
    "nan in one of two": (lambda: fit(two_inputs(), [X, spoiled(np.nan, (7, 0))], Y), r"x\[1\]: .* at index \(7, 0\)"),
    "nan to validate": (lambda: fit(dense(), X, Y, validation_data=(spoiled(np.nan), Y)), r"got nan at index \(3, 2\)"),
    "nan to evaluate": (lambda: dense().evaluate(spoiled(np.nan), Y, verbose=0), r"got nan at index \(3, 2\)"),
    "nan in a batch": (lambda: dense().train_on_batch(spoiled(np.nan), Y), r"got nan at index \(3, 2\)"),
    "nan in an iterable": (lambda: fit(dense(), iter([(spoiled(np.nan), Y)])), r"got nan at index \(3, 2\)"),
    "nan among targets": (lambda: fit(dense(), X, spoiled(np.nan, (4, 0), Y)),
                          r"mse of out: expected finite targets, got nan at index \(4, 0\)\. .*ignore_nan=True"),
    "infinite target": (lambda: fit(dense(), X, spoiled(np.inf, (4, 0), Y)), r"mse of out: .*got inf at index \(4, 0\)"),
    "nan weight": (lambda: fit(dense(), X, Y, sample_weight=spoiled(np.nan, 5, X[:, 0])),
                   r"sample_weight: expected finite numbers, got nan at index \(5,\)"),
    # Labels.
    "label too high": (lambda: fit(classifier(), X, np.where(LABELS == 2, 3, LABELS)),
                       r"sparse_categorical_crossentropy of out: expected targets from 0 to 2, got 3 at index \(2,\)"),
    "label below 0": (lambda: fit(classifier(), X, LABELS - 1), r"targets from 0 to 2, got -1 at index \(0,\)"),
    "label to evaluate": (lambda: classifier().evaluate(X, LABELS + 1, verbose=0), "targets from 0 to 2, got 3"),
    "label in a batch": (lambda: classifier().train_on_batch(X, LABELS + 1), "targets from 0 to 2, got 3"),
    "label of a yes or no": (lambda: fit(dense("binary_crossentropy", 1, "sigmoid"), X, Y * 2),
                             "binary_crossentropy of out: expected targets from 0 to 1, got 2.0"),
    # Nothing.
    "no samples": (lambda: fit(dense(), X[:0], Y[:0]), "expected at least one sample, got none"),
    "no samples in lists": (lambda: fit(dense(), [], []), "expected at least one sample, got none"),
    "no samples to predict": (lambda: dense().predict(X[:0], verbose=0), "expected at least one sample, got none"),
    "no samples to evaluate": (lambda: dense().evaluate(X[:0], Y[:0], verbose=0), "expected at least one sample"),
    "no samples in a batch": (lambda: dense().train_on_batch(X[:0], Y[:0]), "expected at least one sample"),
    "no batches": (lambda: fit(dense(), iter([])), "expected at least one batch to train on, got none"),
    "no batches to evaluate": (lambda: dense().evaluate(iter([]), verbose=0), "expected at least one batch to evaluate"),
    "no length": (lambda: fit(sequences(), np.zeros((5, 0, 4)), np.zeros((5, 1))),
                  r"conv: expected inputs of at least 5 positions .*got shape \(5, 0, 4\)\. Use padding='same'"),
    # Numbers of fit.
    "batch of 0": (lambda: fit(dense(), X, Y, batch_size=0), "batch_size: expected a positive whole number, got 0"),
    "half a batch": (lambda: fit(dense(), X, Y, batch_size=3.5), "batch_size: .*got 3.5"),
    "epochs below 0": (lambda: fit(dense(), X, Y, epochs=-1), "expected epochs to be a whole number of 0 or more, got -1"),
    "epochs as text": (lambda: fit(dense(), X, Y, epochs="3"), "expected epochs to be .*, got '3'"),
    "no steps": (lambda: fit(dense(), X, Y, steps_per_epoch=0), "steps: expected a positive whole number or None, got 0"),
    "all for validation": (lambda: fit(dense(), X, Y, validation_split=1.5), "fraction between 0 and 1, got 1.5"),
    # Unknown names.
    "activation": (lambda: layers.Dense(3, activation="rellu"), r"got 'rellu'\. Did you mean 'relu'\?"),
    "argument": (lambda: layers.Dense(3, activaton="relu"), r"Dense: unknown argument 'activaton'\. Did you mean 'activation'\?"),
    "loss": (lambda: fit(dense("mean_squared_eror"), X, Y), "Did you mean 'mean_squared_error'"),
    "optimizer": (lambda: dense(None).compile("adm", "mse"), r"got 'adm'\. Did you mean 'adam'\?"),
    "metric": (lambda: fit(dense(metrics=["accuracyy"]), X, Y), "Did you mean 'accuracy'"),
    "initializer": (lambda: layers.Dense(3, kernel_initializer="glorot_unifrm"), "Did you mean 'glorot_uniform'"),
    "layer": (lambda: dense().get_layer("ot"), r"no layer is called 'ot'\. Did you mean 'out'\?"),
    "input": (lambda: fit(two_inputs(), {"a": X, "c": X}, Y), r"expected inputs \['a', 'b'\], got .* Missing: 'b'"),
    # What is not there yet.
    "no loss": (lambda: (lambda m: (m.compile("adam"), fit(m, X, Y)))(dense(None)), "no loss to compute. Give compile"),
    "no targets": (lambda: fit(dense(), X), "no loss to compute. Give compile.* a loss and fit.* targets"),
    "not compiled": (lambda: fit(dense(None), X, Y), r"fit needs a compiled model\. Call compile\(optimizer, loss\) first"),
    "not compiled to evaluate": (lambda: dense(None).evaluate(X, Y, verbose=0), "evaluate needs a compiled model"),
    "used twice": (used_twice, r"twice: expected inputs with last size 4, got shape \(2, 5\)"),
    # Threads and sizes.
    "threads of 0": (lambda: gd.set_threads(0), "set_threads: expected a whole number from 1 to 1024, got 0"),
    "too many threads": (lambda: gd.set_threads(10**6), "set_threads: .* from 1 to 1024, got 1000000"),
    "half a thread": (lambda: gd.set_threads(1.5), "set_threads: .*got 1.5"),
    "dilation beyond counting": (lambda: layers.Conv1D(2, 3, dilation_rate=2**62, padding="same"),
                                 "Conv1D: expected dilation_rate up to 2147483647, got 4611686018427387904"),
    "impossible size": (lambda: layers.UpSampling1D(10**17, name="up")(gd.Input((4, 3))),
                        r"up: expected a shape that some memory can hold, got \(None, 4"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_named(name):
    call, words = REFUSED[name]
    with pytest.raises((ValueError, TypeError), match=words):
        call()


def test_a_refused_fit_changes_no_weight():
    model = classifier()
    before = model.get_weights()
    for data in ((spoiled(np.nan), LABELS), (X, LABELS + 1), (X[:0], LABELS[:0])):
        with pytest.raises(ValueError):
            fit(model, *data)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_batch_larger_than_the_data_is_the_data():
    def weights(size):
        gd.set_seed(1)
        model = dense()
        fit(model, X, Y, batch_size=size, shuffle=False)
        return model.get_weights()

    for a, b in zip(weights(1000), weights(40), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_training_that_diverges_says_so_once():
    model = dense()
    model.compile(gd.optimizers.SGD(1e20), "mse")
    with pytest.warns(UserWarning, match=r"the loss of epoch \d is (inf|nan): training diverged\. Lower") as caught:
        fit(model, X, Y, epochs=4)
    assert len([w for w in caught if "diverged" in str(w.message)]) == 1


def test_the_best_weights_of_a_training_that_diverged():
    model = dense()
    rate = gd.callbacks.LearningRateScheduler(lambda epoch, lr: 0.01 if epoch < 3 else 1e25)
    best = gd.callbacks.EarlyStopping("loss", patience=5, restore_best_weights=True)
    model.compile(gd.optimizers.SGD(0.01), "mse")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        history = model.fit(X, Y, epochs=8, verbose=0, callbacks=[rate, best]).history["loss"]
    assert not np.isfinite(history[-1])
    assert all(np.isfinite(w).all() for w in model.get_weights())
    assert model.evaluate(X, Y, verbose=0) < 1.0
