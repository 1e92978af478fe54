"""What ``compile`` makes of losses and metrics: which output they go to, names, weights, sums."""

import numpy as np
import pytest

import genodl as gd
from genodl import losses, metrics
from genodl.training.containers import CompileLoss, CompileMetrics
from gradcheck import in_graph

RNG = np.random.default_rng(3)
A = RNG.random((6, 2)).astype("float32"), RNG.random((6, 2)).astype("float32")
B = RNG.random((6, 1)).astype("float32"), RNG.random((6, 1)).astype("float32")
W = RNG.uniform(0.5, 2, 6).astype("float32")


def mse(pair, w=1.0):
    return np.mean(w * ((pair[0] - pair[1]) ** 2).mean(-1))


def mae(pair, w=1.0):
    return np.mean(w * np.abs(pair[0] - pair[1]).mean(-1))


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-5)  # float32 means of 12 numbers


LISTS = [A[0], B[0]], [A[1], B[1]]
DICTS = {"a": A[0], "b": B[0]}, {"a": A[1], "b": B[1]}
NAMES = ["a", "b"]


@pytest.mark.parametrize(
    ("loss", "weights", "expected"),
    [
        ("mse", None, mse(A) + mse(B)),
        ({"a": "mse", "b": "mae"}, None, mse(A) + mae(B)),
        ({"b": "mae", "a": "mse"}, {"b": 3.0, "a": 1.0}, mse(A) + 3 * mae(B)),
        (["mse", losses.MeanAbsoluteError()], [0.5, 2], 0.5 * mse(A) + 2 * mae(B)),
        ({"a": "mse", "b": None}, None, mse(A)),
        ([None, "mae"], [1.0, 2.0], 2 * mae(B)),
    ],
)
@pytest.mark.parametrize("targets", [LISTS[0], DICTS[0]], ids=["list_targets", "dict_targets"])
@pytest.mark.parametrize("outputs", [LISTS[1], DICTS[1]], ids=["list_outputs", "dict_outputs"])
def test_losses_find_their_outputs(loss, weights, expected, targets, outputs):
    close(CompileLoss(loss, weights, output_names=NAMES)(targets, outputs), expected)


def test_targets_only_for_outputs_with_a_loss():
    close(CompileLoss({"a": None, "b": "mae"}, output_names=NAMES)([B[0]], LISTS[1]), mae(B))
    close(CompileLoss({"a": None, "b": "mae"}, output_names=NAMES)(B[0], LISTS[1]), mae(B))
    close(CompileLoss({"a": None, "b": "mae"}, output_names=NAMES)({"b": B[0]}, DICTS[1]), mae(B))


def test_sample_weights_by_output_or_for_all():
    loss = CompileLoss({"a": "mse", "b": "mae"}, output_names=NAMES)
    close(loss(*LISTS, W), mse(A, W) + mae(B, W))
    close(loss(*LISTS, [W, None]), mse(A, W) + mae(B))
    close(loss(*DICTS, {"b": W}), mse(A) + mae(B, W))


def test_means_of_single_losses_are_kept_where_there_are_several():
    loss = CompileLoss({"a": "mse", "b": "mae"}, {"a": 5.0, "b": 1.0}, output_names=NAMES)
    loss(*LISTS)
    loss([x[:3] for x in LISTS[0]], [x[:3] for x in LISTS[1]])
    assert [m.name for m in loss.metrics] == ["a_loss", "b_loss"]
    half = [x[:3] for x in A]
    close(loss.metrics[0].result(), (6 * mse(A) + 3 * mse(half)) / 9)
    single = CompileLoss("mse", output_names=["a"])
    single(*A)
    assert single.metrics == []
    unnamed = CompileLoss(["mse", "mse"])
    unnamed(*LISTS)
    assert [m.name for m in unnamed.metrics] == ["mse_loss", "mse_loss_1"]


def test_nested_outputs():
    outputs = {"x": {"p": A[1], "q": B[1]}, "y": A[1]}
    targets = {"x": {"p": A[0], "q": B[0]}, "y": A[0]}
    loss = CompileLoss({"x": {"p": "mse", "q": "mae"}, "y": "mae"}, {"x": {"p": 1, "q": 2}, "y": 3})
    close(loss(targets, outputs), mse(A) + 2 * mae(B) + 3 * mae(A))
    found = CompileMetrics({"x": {"p": ["mse"], "q": None}, "y": "mae"}, None)
    found.update_state(targets, outputs)
    assert list(found.result()) == ["mse", "mae"]


def test_several_losses_of_one_output_are_added():
    close(CompileLoss(["mse", "mae"], [1.0, 2.0])(*A), mse(A) + 2 * mae(A))
    loss = CompileLoss(["mse", ["mse", "mae"]], output_names=NAMES)
    close(loss(*LISTS), mse(A) + mse(B) + mae(B))
    assert [m.name for m in loss.metrics] == ["a_loss", "b_loss"]
    close(loss.metrics[1].result(), mse(B) + mae(B))


def test_losses_of_nests_of_outputs():
    def together(y_true, y_pred):
        return sum(losses.mean_squared_error(y_true[k], y_pred[k]) for k in "ab")

    loss = CompileLoss([together, {"b": "mae"}], [2.0, 3.0])
    close(loss(*DICTS, W), 2 * (mse(A, W) + mse(B, W)) + 3 * mae(B, W))
    assert [m.name for m in loss.metrics] == ["a_b_loss", "b_loss"]


def test_crossentropy_fits_the_shapes():
    yes_no = np.array([[1.0], [0.0]]), np.array([[0.8], [0.3]])
    close(CompileLoss("crossentropy")(*yes_no), -np.log([0.8, 0.7]).mean())
    p = np.array([[0.8, 0.1, 0.1], [0.3, 0.3, 0.4]])
    expected = -np.log([0.8, 0.4]).mean()
    close(CompileLoss("crossentropy")(np.eye(3)[[0, 2]], p), expected)
    close(CompileLoss("ce")(np.array([0, 2]), p), expected)
    close(CompileLoss("ce")(np.array([[0], [2]]), p), expected)


def test_accuracy_fits_the_shapes_and_keeps_its_name():
    p = np.array([[0.8, 0.1, 0.1], [0.3, 0.3, 0.4]])
    for targets in (np.eye(3)[[0, 1]], np.array([0, 1]), np.array([[0], [1]])):
        found = CompileMetrics(["acc", "accuracy"])
        found.update_state(targets, p)
        assert found.result() == {"acc": 0.5, "accuracy": 0.5}
    found = CompileMetrics(["accuracy"])
    found.update_state(np.array([[1.0], [0.0]]), np.array([[0.8], [0.9]]))
    assert found.result() == {"accuracy": 0.5}


def test_names_of_log_entries():
    def share(y_true, y_pred):
        return losses.mean_absolute_error(y_true, y_pred)

    found = CompileMetrics(["mse", share, "mse"], ["mse", metrics.MeanAbsoluteError()])
    found.update_state(*A, sample_weight=W)
    result = found.result()
    assert list(result) == ["mse", "share", "mse_1", "weighted_mse", "mean_absolute_error"]
    close(result["mse"], mse(A))
    close(result["weighted_mse"], mse(A, W) / W.mean())
    found.reset_state()
    assert found.result()["mse"] == 0

    both = CompileMetrics({"b": ["mse", "mae"]}, {"a": ["mse"], "b": "mse"}, output_names=NAMES)
    both.update_state(*LISTS, sample_weight=W)
    assert list(both.result()) == ["b_mse", "b_mae", "a_mse", "b_weighted_mse"]
    close(both.result()["a_mse"], mse(A, W) / W.mean())


def test_metrics_that_need_predictions_wait_for_numpy():
    t = RNG.integers(0, 2, (6, 1)).astype("float32")
    found = CompileMetrics(["mse", "auroc"])
    assert found.needs_predictions
    assert not CompileMetrics(["mse", "accuracy"]).needs_predictions

    def update(y_true, y_pred):
        found.update_state(y_true, y_pred)
        return y_pred

    in_graph(update, t, B[1])
    assert found.needs_predictions
    found.update_from_numpy(t, B[1])
    np.testing.assert_allclose(found.result()["auroc"], metrics.AUROC()(t, B[1]))
    assert found.result()["mse"] == 0  # the plan of in_graph writes no variables back


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: CompileLoss({"a": "mse"}, output_names=NAMES)(*LISTS),
            "loss: expected an entry for every output .*, got none for b",
        ),
        (
            lambda: CompileLoss({"a": "mse", "c": "mae"})(*DICTS),
            r"loss: expected names of outputs \(a, b\), got 'c'\.",
        ),
        (
            lambda: CompileLoss({"a": "mse", "c": "mae"}, output_names=NAMES)(*LISTS),
            r"loss: expected names of outputs \(a, b\), got 'c'\.",
        ),
        (
            lambda: CompileLoss({"a": "mse", "b": "mae"}, [1.0])(*DICTS),
            "loss_weights: expected one weight for each of 2 losses, got 1",
        ),
        (
            lambda: CompileLoss({"a": "mse", "b": {"c": "mae"}})(*DICTS),
            "loss: expected the structure of the outputs at b, got a dict",
        ),
        (
            lambda: CompileLoss("mse", {"aa": 1.0}, output_names=NAMES)(*LISTS),
            r"loss_weights: expected names of outputs \(a, b\), got 'aa'\. Did you mean 'a'\?",
        ),
        (lambda: CompileLoss("mse", "heavy"), "loss_weights: expected a number, or a list or dict of them, got 'heavy'"),
        (lambda: CompileLoss("mse")([A[0]], LISTS[1]), "targets: expected one entry for each of 2 outputs, got 1"),
        (lambda: CompileLoss("mse")([*A], A[1]), "targets: expected one entry for one output, got 2"),
        (lambda: CompileMetrics("mse"), "metrics: expected a list or a dict, got 'mse'"),
        (lambda: CompileMetrics(["msee"]).update_state(*A), "metric: expected a known name, got 'msee'.*'mse'"),
        (
            lambda: CompileMetrics({"c": "mse"}, output_names=NAMES).update_state(*LISTS),
            r"metrics: expected names of outputs \(a, b\), got 'c'",
        ),
        (
            lambda: CompileMetrics(["mse", "mae", "mape"]).update_state(*LISTS),
            "metrics: expected one entry .* for each of 2 outputs",
        ),
        (
            lambda: CompileLoss({"a": "mse", "b": "mse"})({"a": A[0]}, DICTS[1]),
            "targets: expected an array for output b, which has a loss, got none",
        ),
        (lambda: CompileMetrics(["mse"]).result(), "metrics: expected a batch before a result, got none"),
    ],
)  # fmt: skip
def test_words_of_errors(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def outlines(*shapes):
    return [gd.KerasTensor(shape) for shape in shapes]


def test_targets_that_a_loss_has_no_meaning_for():
    labels = np.array([[0], [2], [3]])
    sparse = CompileLoss({"a": "sparse_categorical_crossentropy", "b": "mse"}, output_names=NAMES)
    outputs = outlines((None, 3), (None, 1))
    with pytest.raises(ValueError, match=r"sparse_categorical_crossentropy of a: expected targets from 0 to 2, got 3 at index \(2, 0\)"):
        sparse.check_targets([labels, B[0][:3]], outputs)
    sparse.check_targets([labels - 1 + (labels == 0), B[0][:3]], outputs)
    gaps = np.array([[1.0], [np.nan]])
    with pytest.raises(gd.NotFiniteError, match=r"mse of b: expected finite targets, got nan at index \(1, 0\)\. .*ignore_nan=True"):
        sparse.check_targets([labels[:2], gaps], outputs)
    kept = CompileLoss([None, losses.MeanSquaredError(ignore_nan=True)], output_names=NAMES)
    kept.check_targets([labels[:2], gaps], outputs)


@pytest.mark.parametrize(
    ("loss", "targets", "words"),
    [
        (losses.BinaryCrossentropy(), [[0.0], [2.0]], r"binary_crossentropy: expected targets from 0 to 1, got 2.0 at index \(1, 0\)"),
        (losses.Poisson(), [[-1.0]], "poisson: expected targets of 0 or more, got -1.0"),
        (losses.MeanSquaredError(), [[np.inf]], "mean_squared_error: expected targets that are finite, got inf"),
        (losses.SparseCategoricalCrossentropy(), [[0.5]], "expected targets from 0 to 1, got 0.5"),
        (losses.SparseCategoricalCrossentropy(ignore_class=9), [[9], [4]], r"got 4 at index \(1, 0\)"),
        (losses.CoxPH(), [[1.0, 0.5]], "cox_ph, events: expected targets from 0 to 1, got 0.5"),
        (losses.MultinomialNLL(), [[[1.0], [-2.0]]], "multinomial_nll: expected targets of 0 or more, got -2.0"),
    ],
)  # fmt: skip
def test_ranges_of_targets(loss, targets, words):
    targets = np.array(targets)
    with pytest.raises(ValueError, match=words):
        CompileLoss(loss).check_targets(targets, gd.KerasTensor((None, 2)))
