"""Draws the pictures of README and docs: python docs/make_pictures.py (needs genodl[plot]; half a minute)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import genodl as gd
from genodl import demo

PICTURES = Path(__file__).parent / "pictures"


def main() -> None:
    """What `genodl demo` does, drawn side by side."""
    gd.set_seed(0)
    peaks = gd.datasets.ctcf_peaks()
    train, validation, test = demo.split(peaks, seed=0)
    model = demo.network(peaks.dna.shape[1])
    stop = gd.callbacks.EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)
    history = model.fit(
        train.x, train.y, batch_size=64, epochs=12, validation_data=tuple(validation), callbacks=[stop], verbose=0
    )
    network = demo.predict_both_strands(model, test.x)
    motif = gd.sequence.motif_scores(test.x, gd.datasets.ctcf_motif())[:, 0]

    figure = Figure(figsize=(10, 3.5), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    gd.plot.history(history, "loss", ax=left)
    left.set_title("Training", loc="left")
    gd.plot.roc(test.y, network, ax=middle, label="network")
    gd.plot.roc(test.y, motif, ax=middle, label="best motif")
    middle.set_title("Held-out chromosome", loc="left")
    scores(right, network, test.y)
    PICTURES.mkdir(exist_ok=True)
    figure.savefig(PICTURES / "ctcf.png", dpi=120)


def scores(ax, predicted: np.ndarray, y: np.ndarray) -> None:
    bins = np.linspace(0, 1, 26)
    ax.hist(predicted[y == 0], bins, color="#d55e00", alpha=0.7, label="shuffled")
    ax.hist(predicted[y == 1], bins, color="#0072b2", alpha=0.7, label="CTCF site")
    ax.set_xlabel("predicted probability")
    ax.set_ylabel("sequences")
    ax.legend(frameon=False)
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_title("What the network says", loc="left")


if __name__ == "__main__":
    main()
