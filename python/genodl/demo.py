"""`genodl demo`: from real CTCF binding sites to a trained network, on the public API alone."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import genodl as gd
from genodl import layers

from ._report import Report

VALIDATION_CHROMOSOME = "chr2"
TEST_CHROMOSOME = "chr1"
MODEL_FILE = "ctcf_model.genodl"


class Part(NamedTuple):
    """Sequences, (n, 100), and whether each is a binding site, (n,)."""

    x: gd.sequence.DNA
    y: np.ndarray


def run(out: str | os.PathLike[str] = "demo-results", epochs: int = 12, seed: int = 0) -> dict[str, dict[str, float]]:
    """Trains, compares and writes pictures, model and page.

    Parameters
    ----------
    out : path
        Folder to write to, made when it does not exist.
    epochs : int
        At most so many passes over the data.
    seed : int

    Returns
    -------
    dict
        Per method the held-out "auroc" and "auprc".
    """
    if epochs < 1:
        raise ValueError(f"expected at least 1 epoch, got {epochs}. Leave it out for the usual number.")
    started = time.perf_counter()
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    gd.set_seed(seed)

    peaks = gd.datasets.ctcf_peaks()
    train, validation, test = split(peaks, seed)
    print(f"Data: {len(peaks):,} CTCF binding sites of 100 bp (ENCODE, GM12875) and as many shuffled ones")
    print(f"  {len(train.y):,} to train on (both strands), {len(validation.y):,} to watch ({VALIDATION_CHROMOSOME}),")
    print(f"  {len(test.y):,} held out to the end ({TEST_CHROMOSOME})\n")

    model = network(peaks.dna.shape[1])
    trained = time.perf_counter()
    stop = gd.callbacks.EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)
    history = model.fit(
        train.x, train.y, batch_size=64, epochs=epochs, validation_data=tuple(validation), callbacks=[stop]
    )
    trained = time.perf_counter() - trained
    model.save(out / MODEL_FILE)

    scores = {
        "best PWM (JASPAR MA0139.1)": gd.sequence.motif_scores(test.x, gd.datasets.ctcf_motif())[:, 0],
        "network": predict_both_strands(model, test.x),
    }
    results = {
        name: {"auroc": float(gd.metrics.AUROC()(test.y, p)), "auprc": float(gd.metrics.AUPRC()(test.y, p))}
        for name, p in scores.items()
    }
    missing = draw(history, test.y, scores, out)
    write_page(out, model, results, (train, validation, test), trained, missing)
    print_results(results, out, missing, time.perf_counter() - started)
    return results


def split(peaks: gd.sequence.Sequences, seed: int) -> tuple[Part, Part, Part]:
    """Training, validation and test parts by chromosome; every site brings its own shuffle along."""
    chromosome = np.array([place.split(":")[0] for place in peaks.ids])
    validation, test = chromosome == VALIDATION_CHROMOSOME, chromosome == TEST_CHROMOSOME
    sites = peaks.dna
    shuffled = gd.sequence.shuffle(sites, k=2, seed=seed)

    def part(rows: np.ndarray) -> Part:
        y = np.repeat([1.0, 0.0], rows.sum()).astype(np.float32)
        return Part(gd.sequence.concatenate([sites[rows], shuffled[rows]]), y)

    train = part(~validation & ~test)
    both = gd.sequence.concatenate([train.x, gd.sequence.reverse_complement(train.x)])
    return Part(both, np.tile(train.y, 2)), part(validation), part(test)


def network(length: int) -> Any:
    """Motif detectors, then what stands beside what, then one decision."""
    model = gd.Sequential(
        [
            gd.DNAInput(length),
            layers.Conv1D(32, 19, padding="same", activation="relu"),
            layers.MaxPooling1D(4),
            layers.Conv1D(32, 5, activation="relu"),
            layers.GlobalMaxPooling1D(),
            layers.Dropout(0.3),
            layers.Dense(32, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="ctcf",
    )
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def predict_both_strands(model: Any, x: gd.sequence.DNA) -> np.ndarray:
    """Mean of the predictions for both strands, (n,): a site is one whichever strand was read."""
    strands = (x, gd.sequence.reverse_complement(x))
    return np.mean([model.predict(strand, verbose=0)[:, 0] for strand in strands], axis=0)


def draw(history: Any, y: np.ndarray, scores: dict[str, np.ndarray], out: Path) -> str | None:
    """Writes history.png and roc.png, or says what is missing."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return 'No pictures: they need matplotlib. Install it with: pip install "genodl[plot]"'
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    for ax, metric in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        gd.plot.history(history, metric, ax=ax)
    figure.savefig(out / "history.png", dpi=150)

    figure = Figure(figsize=(9, 4.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for name, p in scores.items():
        gd.plot.roc(y, p, ax=left, label=name.split(" (")[0])
        gd.plot.precision_recall(y, p, ax=right, label=name.split(" (")[0])
    figure.savefig(out / "roc.png", dpi=150)
    return None


def result_rows(results: dict[str, dict[str, float]]) -> list[tuple[str, str, str]]:
    return [(name, f"{r['auroc']:.3f}", f"{r['auprc']:.3f}") for name, r in results.items()]


def next_steps(out: Path) -> list[str]:
    return [
        f"Predict your own: gd.load_model({str(out / MODEL_FILE)!r}).predict(gd.sequence.read_fasta('my.fa').dna)",
        "Change the network: genodl/demo.py shows all of it; try more filters, shorter ones, another dropout",
        "Train on your own peaks: read_fasta, shuffle, Sequential, compile, fit, as in notebooks/01_quickstart.ipynb",
        "Fairer negatives: shuffle(k=3), or another seed, and see how little or how much the numbers move",
    ]


def print_results(results: dict[str, dict[str, float]], out: Path, missing: str | None, seconds: float) -> None:
    print(f"\nHeld-out {TEST_CHROMOSOME:<20} AUROC  AUPRC")
    for name, auroc, auprc in result_rows(results):
        print(f"  {name:<28} {auroc}  {auprc}")
    print(f"\nWritten to {out}{os.sep} in {seconds:.0f} s: index.html, {MODEL_FILE}" + (
        ", history.png, roc.png" if missing is None else ""
    ))
    if missing is not None:
        print(missing)
    print("\nWhat to try next:")
    for step in next_steps(out):
        print(f"  - {step}")


def write_page(
    out: Path,
    model: Any,
    results: dict[str, dict[str, float]],
    parts: tuple[Part, Part, Part],
    trained: float,
    missing: str | None,
) -> None:
    """Writes index.html: everything there is to see, in one file."""
    page = Report(
        "Finding CTCF binding sites from DNA letters",
        "A small convolutional network, trained by genodl on this machine, beside the best motif known.",
    )
    page.heading("Result")
    page.paragraph(
        f"Sites and shuffled sites of {TEST_CHROMOSOME}, which neither the network nor the choice of the best epoch "
        "has seen. AUROC is the chance that a real site scores above a shuffled one; 0.5 is guessing, 1 is perfect."
    )
    page.table(("", "AUROC", "AUPRC"), result_rows(results))
    if missing is None:
        page.picture(out / "roc.png", "Left: receiver operating characteristic. Right: precision against recall.")
    else:
        page.missing(missing)
    page.heading("Training")
    page.paragraph(f"{trained:.1f} seconds; the weights of the best epoch by validation loss were kept.")
    if missing is None:
        page.picture(out / "history.png", "Loss and accuracy over epochs, on training and validation data.")
    page.heading("Data")
    train, validation, test = parts
    page.paragraph(
        "Positives are windows of 100 bp around CTCF binding sites (ENCODE, cell line GM12875, hg19). Each has a "
        "negative of its own: a random sequence with exactly the same dinucleotides. Parts are whole chromosomes."
    )
    page.table(
        ("part", "sequences", "of these sites"),
        [
            (name, f"{len(part.y):,}", f"{int(part.y.sum()):,}")
            for name, part in (
                ("training, both strands", train),
                (f"validation ({VALIDATION_CHROMOSOME})", validation),
                (f"test ({TEST_CHROMOSOME})", test),
            )
        ],
    )
    page.heading("Network")
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    page.code("\n".join(lines))
    page.heading("What to try next")
    page.bullets(next_steps(out))
    page.footer(
        f"genodl {gd.__version__}. Peaks: ENCODE by way of const-ae/Neural_Network_DNA_Demo (MIT). "
        "Motif MA0139.1: JASPAR (CC BY 4.0)."
    )
    page.save(out / "index.html")
