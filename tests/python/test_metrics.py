"""Metrics against NumPy and SciPy: at once and in a graph, in one batch and in many, with gaps and weights."""

import json

import numpy as np
import pytest
from scipy import stats

import genodl as gd
from genodl import _core, _trace, metrics
from genodl._tensor import KerasTensor

RNG = np.random.default_rng(8)
N, K = 40, 3
NUMBERS = (RNG.normal(size=(N, K)) + 2, RNG.normal(size=(N, K)) + 2)
YES_NO = (RNG.integers(0, 2, (N, K)).astype(float), RNG.uniform(0.01, 0.99, (N, K)).round(2))
LABELS = RNG.integers(0, K, N)
SHARES = RNG.dirichlet(np.ones(K), N)
ONE_HOT = np.eye(K)[LABELS]
WEIGHTS = RNG.uniform(0.5, 2, N)
CLOSE = {"rtol": 2e-5, "atol": 2e-6}  # float32 sums of a hundred numbers


def weighted(values, weights):
    return (values * weights).sum() / weights.sum()


def r2(t, p, w):
    w = w[:, None]
    mean = (t * w).sum(0) / w.sum(0)
    return (1 - ((t - p) ** 2 * w).sum(0) / ((t - mean) ** 2 * w).sum(0)).mean()


def pearson(t, p, w):
    return np.mean([np.cov(t[:, k], p[:, k], aweights=w)[0, 1] /
                    np.sqrt(np.cov(t[:, k], aweights=w) * np.cov(p[:, k], aweights=w)) for k in range(t.shape[1])])


def f1(t, p, w):
    p = (p > 0.5) * w[:, None]
    hits = (p * t).sum(0)
    return np.mean(2 * hits / (p.sum(0) + (t * w[:, None]).sum(0)))


def precision(t, p, w):
    p = (p > 0.5) * w[:, None]
    return (p * t).sum() / p.sum()


def mcc(t, p, w):
    w = w[:, None]
    p = (p > 0.5).astype(float)
    tp, fp, fn, tn = ((a * b * w).sum(0) for a, b in ((t, p), (1 - t, p), (t, 1 - p), (1 - t, 1 - p)))
    return np.mean((tp * tn - fp * fn) / np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)))


def auroc(t, p, w):
    """Share of pairs in the right order, ties half, by counting all pairs."""
    found = []
    for k in range(t.shape[1]):
        yes, no = t[:, k] > 0, t[:, k] == 0
        pairs = w[yes][:, None] * w[no][None, :]
        better = p[yes, k][:, None] - p[no, k][None, :]
        found.append((pairs * ((better > 0) + 0.5 * (better == 0))).sum() / pairs.sum())
    return np.mean(found)


def auprc(t, p, w):
    """Mean over positives of the precision at their own score."""
    found = []
    for k in range(t.shape[1]):
        yes = t[:, k] > 0
        at = [(w[yes & (p[:, k] >= s)]).sum() / w[p[:, k] >= s].sum() for s in p[yes, k]]
        found.append((w[yes] * np.array(at)).sum() / w[yes].sum())
    return np.mean(found)


def spearman(t, p, w):
    ranks = [np.stack([stats.rankdata(x[:, k]) for k in range(x.shape[1])], 1) for x in (t, p)]
    return pearson(*ranks, w)


CASES = {
    "MeanSquaredError": (metrics.MeanSquaredError, NUMBERS, lambda t, p, w: weighted(((t - p) ** 2).mean(1), w)),
    "MeanAbsoluteError": (metrics.MeanAbsoluteError, NUMBERS, lambda t, p, w: weighted(abs(t - p).mean(1), w)),
    "RootMeanSquaredError": (
        metrics.RootMeanSquaredError, NUMBERS, lambda t, p, w: np.sqrt(weighted(((t - p) ** 2).mean(1), w))),
    "LogCoshError": (metrics.LogCoshError, NUMBERS, lambda t, p, w: weighted(np.log(np.cosh(t - p)).mean(1), w)),
    "CosineSimilarity": (
        metrics.CosineSimilarity, NUMBERS,
        lambda t, p, w: weighted((t * p).sum(1) / np.sqrt((t * t).sum(1) * (p * p).sum(1)), w)),
    "R2Score": (metrics.R2Score, NUMBERS, r2),
    "PearsonOverSamples": (lambda **k: metrics.PearsonCorrelation(axis=None, **k), NUMBERS, pearson),
    "PearsonCorrelation": (
        metrics.PearsonCorrelation, NUMBERS,
        lambda t, p, w: weighted(np.array([np.corrcoef(a, b)[0, 1] for a, b in zip(t, p, strict=True)]), w)),
    "BinaryAccuracy": (metrics.BinaryAccuracy, YES_NO, lambda t, p, w: weighted(((p > 0.5) == t).mean(1), w)),
    "BinaryCrossentropy": (
        metrics.BinaryCrossentropy, YES_NO,
        lambda t, p, w: weighted(-np.log(np.where(t > 0, p, 1 - p)).mean(1), w)),
    "Precision": (metrics.Precision, YES_NO, precision),
    "Recall": (metrics.Recall, YES_NO, lambda t, p, w: ((p > 0.5) * t * w[:, None]).sum() / (t * w[:, None]).sum()),
    "FalsePositives": (
        metrics.FalsePositives, YES_NO, lambda t, p, w: ((p > 0.5) * (1 - t) * w[:, None]).sum()),
    "F1Score": (lambda **k: metrics.F1Score("macro", 0.5, **k), YES_NO, f1),
    "MatthewsCorrelation": (metrics.MatthewsCorrelation, YES_NO, mcc),
    "AUROC": (metrics.AUROC, YES_NO, auroc),
    "AUPRC": (metrics.AUPRC, YES_NO, auprc),
    "SpearmanCorrelation": (metrics.SpearmanCorrelation, YES_NO, spearman),
    "AUC": (
        lambda **k: metrics.AUC(multi_label=True, num_thresholds=101, **k), YES_NO, auroc),
    "CategoricalAccuracy": (
        metrics.CategoricalAccuracy, (ONE_HOT, SHARES), lambda t, p, w: weighted(p.argmax(1) == t.argmax(1), w)),
    "SparseCategoricalAccuracy": (
        metrics.SparseCategoricalAccuracy, (LABELS, SHARES), lambda t, p, w: weighted(p.argmax(1) == t, w)),
    "SparseTopKCategoricalAccuracy": (
        lambda **k: metrics.SparseTopKCategoricalAccuracy(2, **k), (LABELS, SHARES),
        lambda t, p, w: weighted([a in np.argsort(b)[-2:] for a, b in zip(t, p, strict=True)], w)),
}  # fmt: skip
STREAMED = [name for name in CASES if name not in ("AUROC", "AUPRC", "SpearmanCorrelation")]


def tolerance(name):
    # Two-decimal scores fall on the edges of 100 bins, where ties are counted as in Keras.
    return {"atol": 0.01} if name == "AUC" else CLOSE


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("weights", [np.ones(N), WEIGHTS], ids=["plain", "weighted"])
def test_one_batch_and_many(name, weights):
    make, (t, p), reference = CASES[name]
    expected = reference(t, p, weights)
    given = None if (weights == 1).all() else weights
    np.testing.assert_allclose(make()(t, p, given), expected, **tolerance(name))
    metric = make()
    for rows in (slice(0, 7), slice(7, 20), slice(20, N)):
        metric.update_state(t[rows], p[rows], None if given is None else given[rows])
    np.testing.assert_allclose(metric.result(), expected, **tolerance(name))
    metric.reset_state()
    metric.update_state(t, p)
    np.testing.assert_allclose(metric.result(), reference(t, p, np.ones(N)), **tolerance(name))


class Planned:
    """A metric whose updates run inside a compiled plan, as in fit."""

    def __init__(self, metric, *arrays):
        arrays = [np.ascontiguousarray(a, "float32") for a in arrays]
        values = [_core.placeholder(a.shape, a.dtype.name, f"x{i}") for i, a in enumerate(arrays)]
        with _trace.Trace(True) as trace:
            metric.update_state(*(_trace.live_tensor(v) for v in values))
            updates = [(v._handle, x._value) for v, x in trace.updates()]
        self.session = _core.Session(_core.Plan(values, [], updates))

    def run(self, *arrays):
        self.session.run([np.ascontiguousarray(a, "float32") for a in arrays], 0)


@pytest.mark.parametrize("name", STREAMED)
def test_updates_run_inside_a_plan(name):
    make, (t, p), reference = CASES[name]
    metric = make()
    plan = Planned(metric, t[:20], p[:20], WEIGHTS[:20])
    plan.run(t[:20], p[:20], WEIGHTS[:20])
    plan.run(t[20:], p[20:], WEIGHTS[20:])
    np.testing.assert_allclose(metric.result(), reference(t, p, WEIGHTS), **tolerance(name))


@pytest.mark.parametrize("name", CASES)
def test_missing_targets_count_for_nothing(name):
    """Rows without any target change nothing; single gaps are compared below."""
    make, (t, p), reference = CASES[name]
    gone = RNG.random(N) < 0.4
    gaps = np.array(t, dtype=float)
    gaps[gone] = np.nan
    expected = reference(t[~gone], p[~gone], WEIGHTS[~gone])
    metric = make(ignore_nan=True)
    metric.update_state(gaps[:11], p[:11], WEIGHTS[:11])
    np.testing.assert_allclose(metric(gaps[11:], p[11:], WEIGHTS[11:]), expected, **tolerance(name))
    plain = make(ignore_nan=True)
    np.testing.assert_allclose(plain(t, p), reference(t, p, np.ones(N)), **tolerance(name))


@pytest.mark.parametrize("name", ["MeanSquaredError", "RootMeanSquaredError", "BinaryAccuracy", "BinaryCrossentropy"])
def test_single_gaps_leave_a_mean_over_what_is_present(name):
    _, (t, p), _ = CASES[name]
    present = RNG.random((N, K)) < 0.5
    entries = {
        "MeanSquaredError": (t - p) ** 2,
        "RootMeanSquaredError": (t - p) ** 2,
        "BinaryAccuracy": ((p > 0.5) == t).astype(float),
        "BinaryCrossentropy": -np.log(np.where(t > 0, p, 1 - p)) if "Binary" in name else t,
    }[name]
    expected = entries[present].mean()
    found = CASES[name][0](ignore_nan=True)(np.where(present, t, np.nan), p)
    np.testing.assert_allclose(found, np.sqrt(expected) if "Root" in name else expected, **CLOSE)


@pytest.mark.parametrize("name", ["R2Score", "PearsonOverSamples", "AUROC", "AUPRC", "SpearmanCorrelation", "F1Score",
                                  "MatthewsCorrelation", "AUC"])  # fmt: skip
def test_single_gaps_leave_each_output_its_own_samples(name):
    make, (t, p), reference = CASES[name]
    present = RNG.random((N, K)) < 0.7
    expected = np.mean([
        reference(t[present[:, k], k : k + 1], p[present[:, k], k : k + 1], np.ones(present[:, k].sum()))
        for k in range(K)
    ])
    np.testing.assert_allclose(make(ignore_nan=True)(np.where(present, t, np.nan), p), expected, **tolerance(name))


def test_values_of_single_outputs():
    t, p = YES_NO
    found = metrics.AUROC(average=None)(t, p)
    np.testing.assert_allclose(found, [auroc(t[:, k : k + 1], p[:, k : k + 1], np.ones(N)) for k in range(K)], **CLOSE)
    t, p = NUMBERS
    found = metrics.PearsonCorrelation(axis=None, average=None)(t, p)
    np.testing.assert_allclose(found, [stats.pearsonr(t[:, k], p[:, k]).statistic for k in range(K)], **CLOSE)
    found = metrics.SpearmanCorrelation(average=None)(t, p)
    np.testing.assert_allclose(found, [stats.spearmanr(t[:, k], p[:, k]).statistic for k in range(K)], **CLOSE)


def test_correlation_far_from_zero_keeps_its_digits():
    """Raw sums of squares would lose everything at a mean of 10,000 in float32."""
    t = RNG.normal(size=(1000, 1)) + 1e4
    p = t + RNG.normal(size=(1000, 1))
    t32, p32 = t.astype("float32").astype(float), p.astype("float32").astype(float)
    pearson_metric, score = metrics.PearsonCorrelation(axis=None), metrics.R2Score()
    for i in range(0, 1000, 100):
        pearson_metric.update_state(t32[i : i + 100], p32[i : i + 100])
        score.update_state(t32[i : i + 100], p32[i : i + 100])
    np.testing.assert_allclose(pearson_metric.result(), stats.pearsonr(t32[:, 0], p32[:, 0]).statistic, atol=1e-3)
    np.testing.assert_allclose(score.result(), r2(t32, p32, np.ones(1000)), atol=1e-2)


def test_what_does_not_vary_is_not_correlated():
    t, p = np.ones((5, 2)), RNG.normal(size=(5, 2))
    for metric in (metrics.PearsonCorrelation(), metrics.PearsonCorrelation(axis=None), metrics.SpearmanCorrelation()):
        assert float(metric(t, p)) == 0


def test_areas_of_class_numbers_are_one_against_the_rest():
    found = metrics.AUROC()(LABELS, SHARES)
    np.testing.assert_allclose(found, auroc(ONE_HOT, SHARES, np.ones(N)), **CLOSE)


def test_outputs_of_one_class_have_no_area():
    t = np.array([[0.0, 1.0], [1.0, 1.0]])
    p = np.array([[0.1, 0.2], [0.9, 0.3]])
    np.testing.assert_array_equal(metrics.AUROC(average=None)(t, p), [1.0, np.nan])
    assert float(metrics.AUROC()(t, p)) == 1.0
    assert np.isnan(metrics.AUROC()(np.ones(3), np.arange(3.0)))


def test_matthews_correlation_of_classes():
    predicted = SHARES.argmax(1)
    table = np.zeros((K, K))
    np.add.at(table, (LABELS, predicted), 1)
    true, guessed = table.sum(1), table.sum(0)
    expected = (np.trace(table) * N - true @ guessed) / np.sqrt((N**2 - guessed @ guessed) * (N**2 - true @ true))
    for targets in (LABELS, LABELS[:, None], ONE_HOT):
        metric = metrics.MatthewsCorrelation(num_classes=K)
        metric.update_state(targets[:9], SHARES[:9])
        np.testing.assert_allclose(metric(targets[9:], SHARES[9:]), expected, **CLOSE)
    assert float(metrics.MatthewsCorrelation()([1, 1], [0.9, 0.8])) == 0


def test_adjusted_r2_and_its_fallback():
    t, p = NUMBERS[0][:, :1], NUMBERS[1][:, :1]
    score = r2(t, p, np.ones(N))
    expected = 1 - (1 - score) * (N - 1) / (N - 5 - 1)
    np.testing.assert_allclose(metrics.R2Score(num_regressors=5)(t, p), expected, **CLOSE)
    with pytest.warns(UserWarning, match="R2Score: expected more samples than 3"):
        few = metrics.R2Score(num_regressors=2)(t[:3], p[:3])
    np.testing.assert_allclose(few, r2(t[:3], p[:3], np.ones(3)), **CLOSE)


def test_masks_of_predictions_reach_metrics():
    t, p = NUMBERS
    mask = RNG.random(N) < 0.5

    class Masked(metrics.MeanSquaredError):
        def update_state(self, y_true, y_pred, mask):
            y_pred._keras_mask = gd.ops.cast(mask, "bool")
            super().update_state(y_true, y_pred)

    metric = Masked()
    Planned(metric, t, p, mask).run(t, p, mask)
    np.testing.assert_allclose(metric.result(), ((t - p) ** 2)[mask].mean(), **CLOSE)


def test_exact_metrics_keep_copies():
    t, p = YES_NO[0].astype("float32"), YES_NO[1].astype("float32")
    metric = metrics.AUROC()
    buffer = p.copy()
    metric.update_from_numpy(t, buffer)
    buffer[:] = 0
    np.testing.assert_allclose(metric.result(), auroc(t, p, np.ones(N)), **CLOSE)


def test_exact_metrics_refuse_symbolic_tensors():
    live = KerasTensor((4, 1))
    with pytest.raises(gd.NotSupportedError, match="AUROC: expected NumPy arrays, got symbolic tensors"):
        metrics.AUROC().update_state(live, live)


CLASSES = [c for c in vars(metrics).values() if isinstance(c, type) and issubclass(c, metrics.Metric)]
PLAIN = [c for c in CLASSES if c not in (metrics.Metric, metrics.ExactMetric, metrics.MeanMetricWrapper)]


@pytest.mark.parametrize("cls", PLAIN, ids=lambda c: c.__name__)
def test_configs_make_equal_metrics(cls):
    arguments = {} if cls in (metrics.Mean, metrics.Sum) else {"ignore_nan": True}
    metric = cls(name="mine", **arguments)
    again = metrics.deserialize(json.loads(json.dumps(metrics.serialize(metric))))
    assert type(again) is cls
    assert again.get_config() == metric.get_config()
    assert again.name == "mine"


def test_wrappers_keep_their_function():
    metric = metrics.MeanMetricWrapper(gd.losses.huber, name="mine", delta=2.0)
    again = metrics.deserialize(json.loads(json.dumps(metrics.serialize(metric))))
    np.testing.assert_allclose(again(*NUMBERS), gd.losses.Huber(2.0)(*NUMBERS), **CLOSE)
    accuracy = metrics.MeanMetricWrapper(metrics.binary_accuracy, name="mine", threshold=0.3)
    again = metrics.deserialize(json.loads(json.dumps(metrics.serialize(accuracy))))
    np.testing.assert_allclose(again(*YES_NO), ((YES_NO[1] > 0.3) == YES_NO[0]).mean(), **CLOSE)


def test_names():
    assert isinstance(metrics.get("mse"), metrics.MeanSquaredError)
    assert isinstance(metrics.get("auroc"), metrics.AUROC)
    assert isinstance(metrics.get("f1_score"), metrics.F1Score)
    assert metrics.get("pearson").axis is None
    assert metrics.get(None) is None
    with pytest.raises(ValueError, match=r"metric: expected a known name, got 'aurok'\. Did you mean 'auroc'\?"):
        metrics.get("aurok")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: metrics.AUC(curve="roc2"), r"AUC: expected curve of \['ROC', 'PR', 'PRGAIN'\], got 'roc2'\."),
        (lambda: metrics.AUC(num_thresholds=1), "AUC: expected num_thresholds of 2 or more, got 1"),
        (lambda: metrics.Precision(thresholds=[0.5, 2]), r"Precision: expected thresholds from 0 to 1, got \[2\]\."),
        (lambda: metrics.F1Score(threshold=2.0), "F1Score: expected threshold to be a float above 0, at most 1, got 2.0"),
        (lambda: metrics.FBetaScore(beta=1), "FBetaScore: expected beta to be a float above 0, got 1"),
        (lambda: metrics.R2Score()(np.ones(3), np.ones(3)), r"R2Score: expected targets and predictions \(batch, outputs\)"),
        (
            lambda: metrics.AUROC()(np.ones((3, 2)), np.ones((3, 4))),
            r"AUROC: expected targets of shape \(3, 4\) or class numbers of shape \(3,\), got \(3, 2\)\.",
        ),
        (lambda: metrics.AUROC(average="micro"), r"AUROC: expected average of \"macro\" or None, got 'micro'\."),
        (
            lambda: metrics.MatthewsCorrelation(num_classes=3)(np.ones(2), np.ones((2, 2))),
            r"MatthewsCorrelation: expected predictions of 3 classes, got \(2, 2\)\.",
        ),
    ],
)  # fmt: skip
def test_words_of_errors(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_a_metric_that_forgot_its_base():
    class Bare(metrics.Metric):
        def __init__(self):
            pass

    with pytest.raises(RuntimeError, match=r"Bare: expected super\(\).__init__\(\) to have run"):
        Bare()([1], [1])
