"""Losses against NumPy, in a graph, their gradients, weights, masks and missing targets."""

import json

import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaln, log_softmax

import genodl as gd
from genodl import losses
from gradcheck import check_gradients, in_graph

RNG = np.random.default_rng(5)
N, K = 6, 4
NUMBERS = (RNG.normal(size=(N, K)) + 3, RNG.normal(size=(N, K)) + 3)
YES_NO = (RNG.integers(0, 2, (N, K)).astype(float), RNG.uniform(0.05, 0.95, (N, K)))
SHARES = (RNG.dirichlet(np.ones(K), N), RNG.dirichlet(np.ones(K), N))
LABELS = RNG.integers(0, K, N)
ONE_HOT = (np.eye(K)[LABELS], SHARES[1])


def unit(x):
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def focal(t, p):
    true_share = t * p + (1 - t) * (1 - p)
    return -((1 - true_share) ** 2) * np.log(true_share)


def huber(e):
    return np.where(np.abs(e) <= 1, 0.5 * e**2, np.abs(e) - 0.5)


# class, (targets, predictions), values of single entries (averaged over the last axis) or of rows.
ENTRIES = {
    "MeanSquaredError": (NUMBERS, lambda t, p: (t - p) ** 2),
    "MeanAbsoluteError": (NUMBERS, lambda t, p: abs(t - p)),
    "MeanAbsolutePercentageError": (NUMBERS, lambda t, p: 100 * abs(t - p) / abs(t)),
    "MeanSquaredLogarithmicError": (
        NUMBERS,
        lambda t, p: (np.log1p(np.maximum(t, 1e-7)) - np.log1p(np.maximum(p, 1e-7))) ** 2,
    ),
    "Huber": (NUMBERS, lambda t, p: huber(p - t)),
    "LogCosh": (NUMBERS, lambda t, p: np.log(np.cosh(p - t))),
    "Poisson": ((YES_NO[0] * 3, YES_NO[1] * 3), lambda t, p: p - t * np.log(p + 1e-7)),
    "Hinge": (YES_NO, lambda t, p: np.maximum(1 - (2 * t - 1) * p, 0)),
    "SquaredHinge": (YES_NO, lambda t, p: np.maximum(1 - (2 * t - 1) * p, 0) ** 2),
    "BinaryCrossentropy": (YES_NO, lambda t, p: -np.log(np.where(t > 0, p, 1 - p))),
    "BinaryFocalCrossentropy": (YES_NO, focal),
}
ROWS = {
    "CosineSimilarity": (NUMBERS, lambda t, p: -(unit(t) * unit(p)).sum(-1)),
    "KLDivergence": (SHARES, lambda t, p: (t * np.log(t / p)).sum(-1)),
    "CategoricalCrossentropy": (ONE_HOT, lambda t, p: -(t * np.log(p)).sum(-1)),
    "CategoricalFocalCrossentropy": (ONE_HOT, lambda t, p: (0.25 * (1 - p) ** 2 * -t * np.log(p)).sum(-1)),
    "SparseCategoricalCrossentropy": ((LABELS, SHARES[1]), lambda t, p: -np.log(p[np.arange(len(p)), t])),
    "CategoricalHinge": (
        ONE_HOT,
        lambda t, p: np.maximum(((1 - t) * p).max(-1) - (t * p).sum(-1) + 1, 0),
    ),
}
CASES = [(name, pair, lambda t, p, f=f: f(t, p).mean(-1)) for name, (pair, f) in ENTRIES.items()]
CASES += [(name, pair, f) for name, (pair, f) in ROWS.items()]
IDS = [case[0] for case in CASES]
# float32: a handful of roundings of 6e-8, and logarithms of numbers near 1.
CLOSE = {"rtol": 2e-5, "atol": 2e-6}


@pytest.mark.parametrize(("name", "pair", "reference"), CASES, ids=IDS)
def test_values_and_reductions(name, pair, reference):
    values = reference(*pair)
    weights = RNG.uniform(0.5, 2, N)
    expected = {
        "none": values * weights,
        "sum": (values * weights).sum(),
        "sum_over_batch_size": (values * weights).mean(),
        "mean_with_sample_weight": (values * weights).sum() / weights.sum(),
    }
    for reduction, wanted in expected.items():
        found = getattr(losses, name)(reduction=reduction)(*pair, weights)
        assert found.dtype == "float32"
        np.testing.assert_allclose(found, wanted, **CLOSE)


@pytest.mark.parametrize(("name", "pair", "reference"), CASES, ids=IDS)
def test_a_graph_answers_the_same_and_its_gradient_is_the_slope(name, pair, reference):
    loss = getattr(losses, name)(dtype="float64")
    found = in_graph(lambda p: loss(pair[0], p), pair[1])
    np.testing.assert_allclose(found, reference(*pair).mean(), rtol=1e-6)  # the epsilons of 1e-7 inside
    check_gradients(lambda p: loss(pair[0], p), pair[1])


@pytest.mark.parametrize("name", ENTRIES)
def test_missing_entries_count_for_nothing(name):
    (t, p), entry = ENTRIES[name]
    present = RNG.random((N, K)) < 0.6
    present[2] = False
    loss = getattr(losses, name)(ignore_nan=True)
    gaps = np.where(present, t, np.nan)
    np.testing.assert_allclose(loss(gaps, p), entry(t, p)[present].mean(), **CLOSE)
    weights = RNG.uniform(0.5, 2, N)
    spread = np.broadcast_to(weights[:, None], (N, K))[present]
    # As with masks in Keras: weights scale the values, the divisor counts what is present.
    np.testing.assert_allclose(loss(gaps, p, weights), (entry(t, p)[present] * spread).mean(), **CLOSE)
    assert float(loss(np.full((N, K), np.nan), p)) == 0


@pytest.mark.parametrize("name", ROWS)
def test_rows_with_missing_entries_count_for_nothing(name):
    (t, p), row = ROWS[name]
    gaps = np.array(t, dtype=float)
    gaps[[1, 3]] = np.nan
    kept = [0, 2, 4, 5]
    np.testing.assert_allclose(getattr(losses, name)(ignore_nan=True)(gaps, p), row(t, p)[kept].mean(), **CLOSE)


@pytest.mark.parametrize("name", [*ENTRIES, "MultinomialNLL", "PoissonMultinomial", "NegativePearson"])
def test_gradients_pass_by_missing_targets(name):
    loss = getattr(losses, name)(ignore_nan=True, dtype="float64")
    profile = name in ("MultinomialNLL", "PoissonMultinomial")
    t, p = ENTRIES[name][0] if name in ENTRIES else (np.abs(NUMBERS[0]), np.abs(NUMBERS[1]))
    gaps = np.where(RNG.random(t.shape) < 0.3, np.nan, t)
    if profile:
        gaps, p = gaps[..., None], p[..., None]
    check_gradients(lambda x: loss(gaps, x), p)


def test_a_batch_with_masked_predictions():
    t, p = (x.astype("float32") for x in NUMBERS)
    mask = np.array([True, False, True, True, False, True])

    def masked(prediction, m):
        prediction._keras_mask = m
        return losses.MeanSquaredError()(t, prediction)

    np.testing.assert_allclose(in_graph(masked, p, mask), ((t - p) ** 2)[mask].mean(), **CLOSE)
    np.testing.assert_allclose(in_graph(masked, p, np.zeros(N, bool)), 0)


def test_sigmoid_and_softmax_leave_exact_logits():
    logits = np.array([[-60.0, 40.0], [3.0, -2.0]])
    t = np.array([[1.0, 0.0], [1.0, 1.0]])
    found = in_graph(lambda z: losses.BinaryCrossentropy(dtype="float64")(t, gd.activations.sigmoid(z)), logits)
    np.testing.assert_allclose(found, np.mean(np.logaddexp(0, np.where(t > 0, -logits, logits))), rtol=1e-12)
    check_gradients(lambda z: losses.BinaryCrossentropy(dtype="float64")(t, gd.activations.sigmoid(z)), logits)
    one_hot = np.array([[1.0, 0.0], [0.0, 1.0]])
    expected = -np.mean(np.sum(one_hot * log_softmax(logits, -1), -1))
    for loss, target in (
        (losses.CategoricalCrossentropy(dtype="float64"), one_hot),
        (losses.SparseCategoricalCrossentropy(dtype="float64"), [0, 1]),
    ):
        softmax = in_graph(lambda z, loss=loss, t=target: loss(t, gd.activations.softmax(z)), logits)
        np.testing.assert_allclose(softmax, expected, rtol=1e-12)
        np.testing.assert_allclose(type(loss)(from_logits=True)(target, logits), expected, rtol=1e-6)
    # A softmax's logits are no sigmoid's: the probabilities are used.
    probabilities = np.exp(log_softmax(np.array([[0.5, 0.2]]), -1))
    mixed = in_graph(
        lambda z: losses.BinaryCrossentropy(dtype="float64")([[1.0, 0.0]], gd.activations.softmax(z)),
        np.array([[0.5, 0.2]]),
    )
    np.testing.assert_allclose(mixed, -np.log([probabilities[0, 0], 1 - probabilities[0, 1]]).mean(), rtol=1e-9)


def test_zero_logits_have_their_slope():
    t = np.array([[1.0, 0.0]])
    check_gradients(lambda z: losses.binary_crossentropy(t, z, from_logits=True), np.zeros((1, 2)))


def test_label_smoothing():
    t, p = YES_NO
    soft = t * 0.9 + 0.05
    expected = -(soft * np.log(p) + (1 - soft) * np.log(1 - p)).mean()
    np.testing.assert_allclose(losses.BinaryCrossentropy(label_smoothing=0.1)(t, p), expected, **CLOSE)
    t, p = ONE_HOT
    expected = -((t * 0.9 + 0.1 / K) * np.log(p)).sum(-1).mean()
    np.testing.assert_allclose(losses.CategoricalCrossentropy(label_smoothing=0.1)(t, p), expected, **CLOSE)


def test_ignored_classes():
    t = np.array([0, 255, 2])
    p = SHARES[1][:3]
    expected = -np.log([p[0, 0], p[2, 2]])
    loss = losses.SparseCategoricalCrossentropy(ignore_class=255)
    np.testing.assert_allclose(loss(t, p), expected.mean(), **CLOSE)
    np.testing.assert_allclose(
        losses.sparse_categorical_crossentropy(t, p, ignore_class=255), [expected[0], 0, expected[1]], **CLOSE
    )


def test_multinomial_nll_is_the_multinomial():
    counts = RNG.poisson(2.0, (3, 50, 2)).astype(float)
    logits = RNG.normal(size=(3, 50, 2))
    shares = np.exp(log_softmax(logits, 1))
    expected = np.array([
        -sum(stats.multinomial.logpmf(counts[i, :, c], counts[i, :, c].sum(), shares[i, :, c]) for c in range(2))
        for i in range(3)
    ])
    np.testing.assert_allclose(losses.MultinomialNLL(reduction="none")(counts, logits), expected, rtol=1e-5)
    np.testing.assert_allclose(losses.MultinomialNLL(from_logits=False)(counts, 7 * shares), expected.mean(), rtol=1e-5)
    constant = (gammaln(counts.sum(1) + 1) - gammaln(counts + 1).sum(1)).sum(-1)
    found = losses.MultinomialNLL(include_constant=False, reduction="none")(counts, logits)
    np.testing.assert_allclose(found, expected + constant, rtol=1e-5)
    check_gradients(lambda z: losses.MultinomialNLL(dtype="float64")(counts, z), logits)


def test_multinomial_nll_over_the_positions_that_are_known():
    counts = RNG.poisson(2.0, (1, 30, 1)).astype(float)
    logits = RNG.normal(size=(1, 30, 1))
    gaps = counts.copy()
    gaps[0, 10:20] = np.nan
    kept = np.r_[0:10, 20:30]
    expected = losses.MultinomialNLL()(counts[:, kept], logits[:, kept])
    np.testing.assert_allclose(losses.MultinomialNLL(ignore_nan=True)(gaps, logits), expected, rtol=1e-5)


def test_poisson_multinomial_is_borzois():
    t, p = RNG.poisson(3.0, (2, 20, 3)).astype(float), RNG.uniform(0.5, 5, (2, 20, 3))
    te, pe = t + 1e-6, p + 1e-6
    total = pe.sum(1) - te.sum(1) * np.log(pe.sum(1))
    shape = -(te * np.log(pe / pe.sum(1, keepdims=True))).sum(1)
    expected = ((shape + 0.2 * total) / 20).mean()
    np.testing.assert_allclose(losses.PoissonMultinomial()(t, p), expected, rtol=1e-5)
    np.testing.assert_allclose(losses.PoissonMultinomial(rescale=True)(t, p), expected * 2 / 1.2, rtol=1e-5)
    gaps = t.copy()
    gaps[:, 5:9], gaps[:, :, 2] = np.nan, np.nan
    kept = np.r_[0:5, 9:20]
    expected = losses.PoissonMultinomial()(t[:, kept, :2], p[:, kept, :2])
    np.testing.assert_allclose(losses.PoissonMultinomial(ignore_nan=True)(gaps, p), expected, rtol=1e-5)
    check_gradients(lambda x: losses.PoissonMultinomial(dtype="float64")(t, x), p)


@pytest.mark.parametrize("axis", [0, 1])
def test_negative_pearson(axis):
    t, p = NUMBERS
    pairs = zip(t, p, strict=True) if axis else zip(t.T, p.T, strict=True)
    expected = -np.array([stats.pearsonr(a, b).statistic for a, b in pairs])
    np.testing.assert_allclose(losses.NegativePearson(axis, reduction="none")(t, p), expected, rtol=1e-5)
    check_gradients(lambda x: losses.NegativePearson(axis, dtype="float64")(t, x), p)
    gaps = t.copy()
    gaps[0, 1] = np.nan
    line = (t[0], p[0], np.arange(K) != 1) if axis else (t[:, 1], p[:, 1], np.arange(N) != 0)
    a, b, kept = line
    expected[0 if axis else 1] = -stats.pearsonr(a[kept], b[kept]).statistic
    found = losses.NegativePearson(axis, reduction="none", ignore_nan=True)(gaps, p)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_negative_pearson_weighs_samples_within_a_batch():
    t, p = NUMBERS
    weights = np.array([1.0, 2, 0, 1, 3, 1])
    repeated = [np.repeat(x, weights.astype(int), axis=0) for x in (t, p)]
    np.testing.assert_allclose(
        losses.NegativePearson(0)(t, p, weights), losses.NegativePearson(0)(*repeated), rtol=1e-5
    )
    constant = losses.NegativePearson(dtype="float64")
    assert np.isfinite(constant(np.ones((2, 3)), np.ones((2, 3))))


def cox_by_loops(time, event, score, ties):
    total = 0.0
    for moment in np.unique(time[event > 0]):
        dead = (time == moment) & (event > 0)
        risk, dying = np.exp(score[time >= moment]).sum(), np.exp(score[dead]).sum()
        d = dead.sum()
        for k in range(d):
            total += np.log(risk - (k / d * dying if ties == "efron" else 0))
        total -= score[dead].sum()
    return total / event.sum()


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_cox_partial_likelihood(ties):
    time = RNG.integers(1, 8, 20).astype(float)
    event = RNG.integers(0, 2, 20).astype(float)
    score = RNG.normal(size=20) * 3
    target = np.stack([time, event], 1)
    expected = cox_by_loops(time, event, score, ties)
    loss = losses.CoxPH(ties, dtype="float64")
    np.testing.assert_allclose(loss(target, score[:, None]), expected, rtol=1e-10)
    # Scores far apart: sums of exponentials that overflow if nothing is done.
    assert np.isfinite(losses.CoxPH(ties)(target, (score * 200)[:, None]))
    check_gradients(lambda s: loss(target, s), score[:, None])
    gaps = target.copy()
    gaps[3, 0], gaps[7, 1] = np.nan, np.nan
    kept = np.setdiff1d(np.arange(20), [3, 7])
    expected = cox_by_loops(time[kept], event[kept], score[kept], ties)
    found = losses.CoxPH(ties, dtype="float64", ignore_nan=True)(gaps, score[:, None])
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_cox_without_events_is_zero():
    assert float(losses.CoxPH()([[1.0, 0.0], [2.0, 0.0]], [[1.0], [2.0]])) == 0


ALL = [getattr(losses, name) for name in sorted(vars(losses)) if isinstance(getattr(losses, name), type)]
CLASSES = [c for c in ALL if issubclass(c, losses.Loss) and c not in (losses.Loss, losses.LossFunctionWrapper)]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_configs_make_equal_losses(cls):
    loss = cls(name="mine", reduction="sum", ignore_nan=True)
    config = json.loads(json.dumps(losses.serialize(loss)))
    again = losses.deserialize(config)
    assert type(again) is cls
    assert again.get_config() == loss.get_config()
    assert again.ignore_nan


def test_wrappers_keep_their_function_and_arguments():
    loss = losses.LossFunctionWrapper(losses.huber, delta=2.0, name="mine")
    again = losses.deserialize(json.loads(json.dumps(losses.serialize(loss))))
    np.testing.assert_allclose(again(*NUMBERS), losses.Huber(delta=2.0)(*NUMBERS))


def test_names_and_their_aliases():
    assert losses.get("mse") is losses.MSE is losses.mean_squared_error
    assert isinstance(losses.get("MeanSquaredError"), losses.MeanSquaredError)
    assert isinstance(losses.get("cox_ph"), losses.CoxPH)
    assert losses.get(None) is None
    with pytest.raises(ValueError, match=r"loss: expected a known name, got 'mean_square_error'\. Did you mean 'mean_squared_error'\?"):
        losses.get("mean_square_error")
    with pytest.raises(ValueError, match="loss: expected a name, a config, a class or a callable, got 3"):
        losses.get(3)


def test_registered_functions_are_found_by_name():
    @gd.register("my_tests_loss")
    def third(y_true, y_pred):
        return gd.ops.mean(gd.ops.abs(y_true - y_pred) ** 3, axis=-1)

    assert losses.get("my_tests_loss") is third
    assert losses.deserialize(losses.serialize(third)) is third


def test_nested_targets():
    class Both(losses.Loss):
        def call(self, y_true, y_pred):
            return gd.ops.mean(gd.ops.square(y_true["a"] - y_pred["a"]) + gd.ops.square(y_true["b"] - y_pred["b"]), -1)

    t, p = NUMBERS
    np.testing.assert_allclose(Both()({"a": t, "b": p}, {"a": p, "b": t}), 2 * ((t - p) ** 2).mean(), **CLOSE)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: losses.Huber(reduction="avg"), r"Huber: expected a reduction of .*, got 'avg'\."),
        (lambda: losses.CoxPH(ties="exact"), r"CoxPH: expected ties to be \"efron\" or \"breslow\", got 'exact'\."),
        (
            lambda: losses.CoxPH()(np.ones((4, 3)), np.ones((4, 1))),
            r"CoxPH: expected targets \(batch, 2\) of time and event .* got \(4, 3\) and \(4, 1\)\.",
        ),
        (
            lambda: losses.BinaryCrossentropy()(np.ones((4, 3)), np.ones((4, 2))),
            r"binary_crossentropy: expected targets of the shape of the output \(4, 2\), got \(4, 3\)\.",
        ),
        (
            lambda: losses.sparse_categorical_crossentropy(np.eye(3), np.eye(3)),
            r"sparse_categorical_crossentropy: .* got \(3, 3\)\. Use categorical_crossentropy for one-hot targets\.",
        ),
        (
            lambda: losses.MultinomialNLL()(np.ones((4, 3, 2)), np.ones((4, 3))),
            r"MultinomialNLL: expected targets and predictions of one shape",
        ),
        (lambda: losses.PoissonMultinomial(total_weight=-1), "PoissonMultinomial: expected total_weight of 0 or more"),
        (lambda: losses.NegativePearson(axis=True), "NegativePearson: expected axis to be an integer, got True"),
    ],
)  # fmt: skip
def test_words_of_errors(make, words):
    with pytest.raises(ValueError, match=words):
        make()
