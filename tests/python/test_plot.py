"""Curves against counting by hand; pictures against what they must show."""

import subprocess
import sys

import numpy as np
import pytest

import genodl as gd
from genodl.plot import curves


def by_pairs(y, p):
    """Area under the ROC as the share of pairs in the right order."""
    pairs = [(a > b) + (a == b) / 2 for a in p[y == 1] for b in p[y == 0]]
    return np.mean(pairs)


def by_thresholds(y, p):
    """Average precision, one threshold at a time."""
    total, before = 0.0, 0
    for score in sorted(set(p), reverse=True):
        picked = p >= score
        hits = y[picked].sum()
        total += (hits - before) / y.sum() * hits / picked.sum()
        before = hits
    return total


@pytest.mark.parametrize("digits", [0, 1, 8])
def test_areas(digits):
    rng = np.random.default_rng(digits)
    for n in (2, 3, 10, 60):
        y = rng.permutation(np.arange(n) % 3 == 0).astype(int)
        p = np.round(rng.normal(y, 1.5), digits)
        assert curves.area_under_roc(y, p) == pytest.approx(by_pairs(y, p), abs=1e-12)
        assert curves.average_precision(y, p) == pytest.approx(by_thresholds(y, p), abs=1e-12)
        # The metrics are float32.
        assert curves.area_under_roc(y, p) == pytest.approx(float(gd.metrics.AUROC()(y, p)), abs=1e-6)
        assert curves.average_precision(y, p) == pytest.approx(float(gd.metrics.AUPRC()(y, p)), abs=1e-6)


def test_infinite_scores_are_only_scores():
    p = [-np.inf, -np.inf, 1.0, np.inf]
    assert curves.area_under_roc([0, 1, 0, 1], p) == by_pairs(np.array([0, 1, 0, 1]), np.array(p))


@pytest.mark.parametrize(
    ("y", "p", "words"),
    [
        ([0, 1], [0.1], "got 1 and 2"),
        ([0, 2], [0.1, 0.2], "classes 0 and 1, both present"),
        ([1, 1], [0.1, 0.2], "both present, got"),
        ([0, 1], [0.1, np.nan], "NaN at index 1"),
    ],
)
def test_bad_scores(y, p, words):
    with pytest.raises(ValueError, match=words):
        curves.area_under_roc(y, p)


def test_missing_matplotlib_is_one_sentence():
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from genodl import plot\n"
        "try: plot.roc([0, 1], [0, 1])\n"
        "except ImportError as error: print(error)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out == 'plot.roc: needs matplotlib. Install it with: pip install "genodl[plot]"\n'


@pytest.fixture
def plot():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    from genodl import plot

    yield plot
    from matplotlib import pyplot

    pyplot.close("all")


def test_curves_share_axes(plot):
    y, good, poor = [0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4], [0.4, 0.1, 0.2, 0.3]
    ax = plot.roc(y, good, label="good")
    assert plot.roc(y, poor, ax=ax, label="poor") is ax
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["good: area 1.000", "poor: area 0.500"]
    assert len({(line.get_color(), line.get_linestyle()) for line in ax.lines}) == 3
    ax = plot.precision_recall(y, good)
    assert ax.get_legend().get_texts()[0].get_text() == "average precision 1.000"


def test_history(plot):
    logs = {"loss": [3, 2, 1], "val_loss": [3, 2.5, 2.4], "accuracy": [0.1, 0.2, 0.3]}
    ax = plot.history(logs)
    assert [line.get_ydata().tolist() for line in ax.lines] == [logs["loss"], logs["val_loss"]]
    assert ax.lines[0].get_xdata().tolist() == [1, 2, 3]
    assert len(plot.history(type("History", (), {"history": logs})(), "accuracy").lines) == 1
    # With validation_freq=2 there are fewer validation values; they belong to epochs 2 and 4.
    ax = plot.history({"loss": [4, 3, 2, 1], "val_loss": [4, 3]})
    assert ax.lines[1].get_xdata().tolist() == [2, 4]
    with pytest.raises(ValueError, match=r"a metric of \['accuracy', 'loss'\], got 'auc'"):
        plot.history(logs, "auc")
