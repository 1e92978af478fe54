"""Layers that know about the two strands of DNA, and convolutions made of motifs."""

import numpy as np
import pytest

import genodl as gd
from genodl import layers


def dna(n=6, length=40, seed=0):
    rng = np.random.default_rng(seed)
    return gd.sequence.encode(["".join(rng.choice(list("ACGT"), length)) for _ in range(n)])


def both_strands(x):
    return x.one_hot(), gd.sequence.reverse_complement(x).one_hot()


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("dilation", [1, 2])
def test_reverse_complements_give_the_output_backwards(padding, dilation):
    gd.set_seed(1)
    layer = layers.RevCompConv1D(5, 7, padding=padding, dilation_rate=dilation, activation="tanh",
                                 bias_initializer="random_normal")  # fmt: skip
    forward, backward = (layer(x) for x in both_strands(dna()))
    assert forward.shape[-1] == 10
    # Both are sums of the same 28 products in another order.
    np.testing.assert_allclose(forward, backward[:, ::-1, ::-1], atol=1e-6)
    assert not np.allclose(forward, backward[:, ::-1], atol=1e-2)


def test_stacked_layers_stay_equivariant():
    gd.set_seed(2)
    stack = [layers.RevCompConv1D(4, 5, activation="relu"), layers.RevCompConv1D(3, 3), layers.GlobalMaxPooling1D(),
             layers.StrandMerge()]  # fmt: skip
    model = gd.Sequential([gd.DNAInput(40), *stack, layers.Dense(2)])
    x = dna()
    np.testing.assert_allclose(
        model.predict(x, verbose=0), model.predict(gd.sequence.reverse_complement(x), verbose=0), atol=1e-6
    )


def test_filters_are_the_kernel_and_its_reverse_complement():
    layer = layers.RevCompConv1D(2, 3, use_bias=False)
    x = dna(2, 9).one_hot()
    y = layer(x)
    kernel = layer.kernel.numpy()
    for p in range(7):
        for f in range(2):
            window = x[:, p : p + 3]
            np.testing.assert_allclose(y[:, p, f], (window * kernel[:, :, f]).sum((1, 2)), atol=1e-6)
            np.testing.assert_allclose(y[:, p, 3 - f], (window * kernel[::-1, ::-1, f]).sum((1, 2)), atol=1e-6)


def test_one_kernel_trains_for_both_strands():
    gd.set_seed(3)
    layer = layers.RevCompConv1D(3, 5)
    model = gd.Sequential([gd.DNAInput(40), layer, layers.GlobalMaxPooling1D(), layers.StrandMerge("mean"), layers.Dense(1)])
    assert layer.kernel.shape == (5, 4, 3)
    model.compile(gd.optimizers.Adam(0.01), "mse")
    history = model.fit(dna(32), np.random.default_rng(0).normal(size=(32, 1)), epochs=10, verbose=0).history["loss"]
    assert history[-1] < history[0]


@pytest.mark.parametrize(("mode", "merge"), [("max", np.maximum), ("mean", lambda a, b: (a + b) / 2)])
def test_strands_are_merged_channel_by_channel(mode, merge):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 5, 8)).astype("float32")
    expected = merge(x[..., :4], x[..., 7:3:-1])
    np.testing.assert_allclose(layers.StrandMerge(mode)(x), expected, atol=1e-7)
    np.testing.assert_allclose(layers.StrandMerge(mode)([x, x[::-1]]), merge(x, x[::-1]), atol=1e-7)


def motifs():
    return [gd.datasets.ctcf_motif(), gd.sequence.Motif([[9, 0, 0, 0], [0, 9, 0, 0], [0, 0, 9, 0]], name="ACG")]


def test_motif_filters_give_log_odds():
    layer = layers.MotifConv1D(motifs(), both_strands=True)
    scores = layer(gd.sequence.encode(["ACG" * 10]).one_hot())
    assert layer.kernel.shape == (19, 4, 4)
    assert not layer.trainable_weights
    table = motifs()[1].pwm()
    # ACG stands in the middle of a filter of width 19.
    np.testing.assert_allclose(layer.kernel.numpy()[8:11, :, 1], table, atol=1e-6)
    assert scores[0, :, 1].max() == pytest.approx(table.max(1).sum(), rel=1e-5)


def test_motif_scores_agree_with_the_scanner():
    x = dna(8, 60)
    layer = layers.MotifConv1D([gd.datasets.ctcf_motif()], both_strands=True)
    best = layer(x.one_hot()).max((1, 2))
    np.testing.assert_allclose(best, gd.sequence.motif_scores(x, gd.datasets.ctcf_motif())[:, 0], rtol=1e-4)


def test_layers_come_back_from_files(tmp_path):
    gd.set_seed(4)
    x = dna()
    model = gd.Sequential([gd.DNAInput(40), layers.MotifConv1D(motifs(), trainable=True), layers.RevCompConv1D(2, 3),
                           layers.StrandMerge(), layers.GlobalMaxPooling1D()])  # fmt: skip
    model.save(tmp_path / "m.genodl")
    again = gd.load_model(tmp_path / "m.genodl")
    np.testing.assert_array_equal(model.predict(x, verbose=0), again.predict(x, verbose=0))
    assert again.layers[0].motifs[0].name == "CTCF"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: layers.RevCompConv1D(3, 4, padding="same"), "odd kernel_size"),
        (lambda: layers.RevCompConv1D(3, 4, strides=2), "strides"),
        (lambda: layers.RevCompConv1D(3, 4, padding="causal"), "causal"),
        (lambda: layers.StrandMerge("sum"), "'max' or 'mean'"),
        (lambda: layers.StrandMerge()(np.zeros((2, 3))), "pairs of two strands"),
        (lambda: layers.MotifConv1D([]), "at least one motif"),
        (lambda: layers.MotifConv1D(motifs(), pseudocount=0), "positive pseudocount"),
        (lambda: layers.MotifConv1D(motifs())(np.zeros((2, 30, 3))), "4 channels"),
    ],
)
def test_bad_arguments_are_named(make, words):
    with pytest.raises((ValueError, NotImplementedError), match=words):
        make()
