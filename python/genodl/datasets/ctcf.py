"""CTCF: real binding sites and the known motif."""

from __future__ import annotations

from pathlib import Path

from ..sequence import Motif, Sequences, read_fasta, read_motifs

_FILES = Path(__file__).parent / "files"


def ctcf_peaks() -> Sequences:
    """Windows around CTCF binding sites of the human genome (ENCODE, GM12875, hg19).

    Returns
    -------
    Sequences
        7,837 sequences of 100 bp; ids are places ("chr1:17036408-17036508"), repeats are soft-masked.
        No two overlap. Positives only: make negatives with `gd.sequence.shuffle`.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.datasets.ctcf_peaks()
    Sequences: 7,837 of 100 bp, first 'chr1:17036408-17036508'
    """
    return read_fasta(_FILES / "ctcf_peaks.fa.gz")


def ctcf_motif() -> Motif:
    """The CTCF motif MA0139.1 of JASPAR.

    Returns
    -------
    Motif
        19 positions.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.datasets.ctcf_motif()
    Motif(MA0139.1 CTCF: YNRCCASYAGRKGGCRSYN)
    """
    return read_motifs(_FILES / "MA0139.1.jaspar")[0]
