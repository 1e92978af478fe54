"""The rows of the table: which network, what is done with it, and the goals."""

from __future__ import annotations

import importlib
from typing import NamedTuple


class Goal(NamedTuple):
    """At least ``ratio`` times as fast as a peer: "best", "PyTorch" or "Keras"."""

    ratio: float
    against: str = "best"


class Row(NamedTuple):
    """One row.

    Attributes
    ----------
    name : str
        What ``--only`` takes.
    action : {"train", "predict_batch", "predict", "memory"}
    goals : tuple of Goal
    share : float, optional
        Goal for the share of the limit.
    images : bool
        Whether layouts matter.
    """

    name: str
    title: str
    network: str
    action: str
    goals: tuple
    share: float | None = None
    samples: int | None = None
    images: bool = True

    @property
    def module(self):
        return importlib.import_module(f"benchmarks.networks.{self.network}")

    @property
    def batch(self):
        return self.samples or self.module.BATCH


ROWS = [
    Row("tiny_mlp", "tiny MLP 20-16-1, batch 32", "tiny_mlp", "train", (Goal(20),), images=False),
    Row("deepbind", "DeepBind, batch 64, 200 bp", "deepbind", "train", (Goal(10),)),
    Row("basset", "Basset, batch 64, 600 bp", "basset", "train", (Goal(1.6), Goal(2.2)), 0.80),
    Row("bpnet", "BPNet, batch 64, 2,114 bp", "bpnet", "train", (Goal(2), Goal(4, "PyTorch")), 0.80),
    Row("spliceai", "SpliceAI-400, batch 8, 5,400 bp", "spliceai", "train", (Goal(2.2),), 0.75),
    Row("snp_matrix", "SNP matrix 64 x 100,000, 256 units, 1", "snp_matrix", "train", (Goal(1.5),), 0.70, images=False),
    Row("mnist", "MNIST, two convolutions, batch 128", "mnist", "train", (Goal(1.5),), 0.70),
    Row("dna_forward", "first layer on DNA, forward", "dna_first_layer", "predict_batch", (Goal(5),)),
    Row("dna_backward", "first layer on DNA, forward and backward", "dna_first_layer", "train", (Goal(3),)),
    Row("basset_predict", "Basset, inference, batch 64", "basset", "predict_batch", (Goal(1.5),), 0.85),
    Row("bpnet_predict", "BPNet, inference, batch 64", "bpnet", "predict_batch", (Goal(2.5),), 0.85),
    Row("basset_one", "Basset, one sample", "basset", "predict_batch", (Goal(1.5),), samples=1),
    Row("tiny_predict", "`predict` of one sample, tiny MLP", "tiny_mlp", "predict",
        (Goal(3, "PyTorch"), Goal(500, "Keras")), samples=1, images=False),
    Row("basset_memory", "Basset training, peak memory", "basset", "memory", (Goal(2, "PyTorch"),)),
    Row("bpnet_memory", "BPNet training, peak memory", "bpnet", "memory", (Goal(2, "PyTorch"),)),
]  # fmt: skip
