"""Logos, attributions, mutation maps, model graphs: what is drawn, and what is refused."""

import numpy as np
import pytest

import genodl as gd

pytest.importorskip("matplotlib", reason="needs matplotlib: pip install 'genodl[plot]'").use("Agg")
from matplotlib import pyplot  # noqa: E402


@pytest.fixture(autouse=True)
def close_figures():
    yield
    pyplot.close("all")


def boxes(ax):
    """Letters on the axes as (low, high) of their shapes, by colour."""
    found = []
    for collection in ax.collections:
        for path in collection.get_paths():
            extent = path.get_extents()
            found.append((extent.x0, extent.y0, extent.x1, extent.y1))
    return np.array(sorted(found))


def test_letters_of_a_logo_are_as_high_as_their_information():
    motif = gd.sequence.Motif([[8, 0, 0, 0], [4, 4, 0, 0]])
    drawn = boxes(gd.plot.logo(motif))
    heights = drawn[:, 3] - drawn[:, 1]
    np.testing.assert_allclose(sorted(heights), [0.5, 0.5, 2.0], atol=1e-6)


def test_negative_contributions_hang_down():
    drawn = boxes(gd.plot.attribution([0.5, -0.25], "AC"))
    np.testing.assert_allclose(drawn[:, [1, 3]], [[0, 0.5], [-0.25, 0]], atol=1e-6)


@pytest.mark.parametrize("length", [20, 300, 2000])
def test_maps_of_many_lengths_are_drawn_with_every_position(length):
    delta = np.random.default_rng(0).normal(size=(length, 4))
    ax = gd.plot.mutation_map(delta)
    assert ax.images[0].get_array().shape == (4, length)
    ax.figure.canvas.draw()


def test_map_draws_on_given_axes():
    _, ax = pyplot.subplots()
    assert gd.plot.mutation_map(np.eye(4), ax=ax) is ax


def test_a_model_has_a_box_for_each_call_and_a_file(tmp_path):
    gd.utils.clear_session()  # default names start again
    net = gd.zoo.bpnet(100, channels=4, dilated=2)
    ax = gd.plot.model(net, to_file=tmp_path / "net.png")
    names = {t.get_text().split("\n")[0] for t in ax.texts if t.get_text()}
    assert {"profile", "counts", "add", "add_1"} <= names
    assert (tmp_path / "net.png").read_bytes().startswith(b"\x89PNG")


def test_regression_leaves_pairs_with_nan_out():
    ax = gd.plot.regression([1.0, 2.0, np.nan, 4.0], [1.0, 2.0, 3.0, 4.0])
    assert "n = 3" in ax.get_legend().get_texts()[0].get_text()


def test_calibration_groups_hold_equal_numbers():
    p = np.linspace(0, 1, 100)
    ax = gd.plot.calibration(p > 0.5, p, bins=4)
    assert len(ax.containers[0][0].get_xdata()) == 4


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: gd.plot.logo(np.zeros((3, 5))), "A, C, G, T order"),
        (lambda: gd.plot.logo(gd.datasets.ctcf_motif(), kind="bits"), "'information' or 'probability'"),
        (lambda: gd.plot.attribution([1.0, 2.0]), "the sequence beside"),
        (lambda: gd.plot.attribution([1.0, 2.0], "ACG"), "sequence of 2 letters"),
        (lambda: gd.plot.mutation_map(np.zeros((3, 3))), "expected a MutationMap"),
        (lambda: gd.plot.interactions(np.zeros((3, 2))), "positions, positions"),
        (lambda: gd.plot.regression([1.0], [1.0, 2.0]), "as many predictions"),
        (lambda: gd.plot.calibration([0, 1], [0.1, 1.7]), "expected probabilities"),
        (lambda: gd.plot.model(gd.Sequential([gd.layers.Dense(1)])), "functional or built"),
    ],
)
def test_bad_input_is_named(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()
