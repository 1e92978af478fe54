"""The data that ships with the package is what its description says."""

import re
from pathlib import Path

from genodl import datasets
from genodl import sequence as sq


def test_ctcf_peaks():
    peaks = datasets.ctcf_peaks()
    assert len(peaks) == 7837 and peaks.dna.shape == (7837, 100)
    assert peaks[0].sequence.startswith("GGGCTGTTGGGTGTGAACAGCCCAGGG")
    assert peaks.dna.soft_mask is not None and len(set(peaks.ids)) == 7837
    places = sorted((m[1], int(m[2]), int(m[3])) for m in (re.fullmatch(r"(chr\w+):(\d+)-(\d+)", i) for i in peaks.ids))
    assert all(end - start == 100 for _, start, end in places)
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in zip(places, places[1:], strict=False))


def test_ctcf_motif_is_in_the_peaks_and_not_in_their_shuffles():
    motif = datasets.ctcf_motif()
    assert (motif.id, motif.name, len(motif)) == ("MA0139.1", "CTCF", 19)
    dna = datasets.ctcf_peaks().dna
    real = sq.motif_scores(dna, motif)[:, 0]
    shuffled = sq.motif_scores(sq.shuffle(dna, seed=0), motif)[:, 0]
    # A score for every window; what a CTCF site scores is rare by chance.
    assert (real > 10).mean() > 0.7 and (shuffled > 10).mean() < 0.12


def test_files_are_small_and_their_sources_named():
    folder = Path(datasets.__file__).parent / "files"
    files = [f for f in folder.iterdir() if f.name != "SOURCES.txt"]
    assert sum(f.stat().st_size for f in files) < 1_000_000
    sources = (folder / "SOURCES.txt").read_text()
    assert all(f.name in sources for f in files)
