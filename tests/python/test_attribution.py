"""Attributions against closed forms and finite differences; motifs that were planted come back."""

import numpy as np
import pytest

import genodl as gd
from genodl import layers


def dna(n=4, length=30, seed=0):
    rng = np.random.default_rng(seed)
    return gd.sequence.encode(["".join(rng.choice(list("ACGT"), length)) for _ in range(n)])


def network(length=30):
    gd.set_seed(1)
    return gd.Sequential([gd.DNAInput(length), layers.Conv1D(6, 5, activation="tanh", name="conv"), layers.Flatten(),
                          layers.Dense(2)])  # fmt: skip


def test_saliency_is_the_slope_of_the_output():
    model, x = network(), dna(2)
    values = gd.explain.saliency(model, x, output=1).values
    inputs = x.one_hot().astype("float64")
    step = 1e-2  # float32 outputs: a smaller step would drown in rounding
    for i, p, b in [(0, 0, 0), (0, 12, 3), (1, 29, 2)]:
        up, down = inputs.copy(), inputs.copy()
        up[i, p, b] += step
        down[i, p, b] -= step
        slope = (model.predict(up, verbose=0) - model.predict(down, verbose=0))[i, 1] / (2 * step)
        assert values[i, p, b] == pytest.approx(slope, abs=2e-3)


def test_a_linear_model_is_explained_exactly():
    gd.set_seed(2)
    model = gd.Sequential([gd.DNAInput(10), layers.Flatten(), layers.Dense(1)])
    x = dna(3, 10)
    kernel = model.layers[1].kernel.numpy().reshape(10, 4)
    np.testing.assert_allclose(gd.explain.saliency(model, x).values, np.broadcast_to(kernel, (3, 10, 4)), atol=1e-6)
    np.testing.assert_allclose(gd.explain.gradient_x_input(model, x).values, kernel * x.one_hot(), atol=1e-6)
    centred = kernel - kernel.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(gd.explain.saliency(model, x, correct=True).values[0], centred, atol=1e-6)
    # Noise does not change a constant gradient.
    np.testing.assert_allclose(gd.explain.smoothgrad(model, x, samples=2).values[0], kernel, atol=1e-6)


def test_integrated_gradients_add_up_to_the_difference():
    model, x = network(), dna()
    values = gd.explain.integrated_gradients(model, x, output=0, steps=64).values
    baseline = np.full((1, 30, 4), 0.25, "float32")
    difference = model.predict(x, verbose=0)[:, 0] - model.predict(baseline, verbose=0)[0, 0]
    # Midpoints of a smooth function: the error falls with the square of the steps.
    np.testing.assert_allclose(values.sum(axis=(1, 2)), difference, atol=1e-3)


def test_results_do_not_depend_on_the_batch():
    model, x = network(), dna(5)
    one = gd.explain.saliency(model, x, output=0, batch_size=2).values
    np.testing.assert_allclose(one, gd.explain.saliency(model, x, output=0).values, atol=1e-6)


def test_activations_are_those_of_the_layer():
    model, x = network(), dna()
    conv = model.get_layer("conv")
    np.testing.assert_allclose(gd.explain.layer_activations(model, x, "conv", batch_size=3), conv(x.one_hot()), atol=1e-6)


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_the_motif_of_a_filter_is_what_activates_it(padding):
    motif = gd.sequence.Motif([[20, 0, 0, 0], [0, 0, 20, 0], [0, 20, 0, 0], [0, 0, 0, 20], [20, 0, 0, 0]])
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("ACGT"), 40)) for _ in range(200)]
    x = gd.sequence.encode([t[:15] + "AGCTA" + t[20:] for t in texts])
    model = gd.Sequential([gd.DNAInput(40), layers.Conv1D(1, 5, padding=padding, activation="relu", name="conv"),
                           layers.GlobalMaxPooling1D()])  # fmt: skip
    model.layers[0].kernel.assign(motif.pwm()[:, :, None])
    [found] = gd.explain.filter_motifs(model, "conv", x, threshold=0.9)
    assert found.name == "filter_0"
    assert found.consensus() == "AGCTA"
    assert found.counts.sum(axis=1)[0] >= 200


def test_planted_motifs_come_back_from_a_trained_network():
    gd.set_seed(0)
    rng = np.random.default_rng(1)
    background = ["".join(rng.choice(list("ACGT"), 60)) for _ in range(1200)]
    planted = [t[:20] + "TGACTCA" + t[27:] if i % 2 else t for i, t in enumerate(background)]
    x = gd.sequence.encode(planted)
    y = (np.arange(1200) % 2).astype("float32")
    model = gd.Sequential([gd.DNAInput(60), layers.Conv1D(8, 11, activation="relu", name="conv"), layers.GlobalMaxPooling1D(),
                           layers.Dense(1, activation="sigmoid")])  # fmt: skip
    model.compile(gd.optimizers.Adam(0.01), "binary_crossentropy")
    model.fit(x, y, batch_size=64, epochs=15, verbose=0)
    motifs = gd.explain.filter_motifs(model, "conv", x[y == 1])
    target = gd.sequence.encode(["TGACTCA"]).one_hot()[0]

    def correlation(motif):
        # A filter may see the motif off its centre: outside it, nothing is known.
        table = np.pad(motif.ppm(), ((3, 3), (0, 0)), constant_values=0.25)
        return max(np.corrcoef(table[i : i + 7].ravel(), target.ravel())[0, 1] for i in range(len(table) - 6))

    assert max(map(correlation, motifs)) > 0.9


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda m, x: gd.explain.integrated_gradients(m, x, steps=0), "at least 1 step"),
        (lambda m, x: gd.explain.smoothgrad(m, x, samples=0), "samples of at least 1"),
        (lambda m, x: gd.explain.layer_activations(m, x, "cnov"), "Did you mean 'conv'"),
        (lambda m, x: gd.explain.filter_motifs(m, "dense", x), "no layer|Conv1D on DNA"),
        (lambda m, x: gd.explain.filter_motifs(m, "conv", x, threshold=1.0), "threshold from 0"),
    ],
)
def test_bad_arguments_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call(network(), dna())
