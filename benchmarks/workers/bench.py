"""What a worker times."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Bench(NamedTuple):
    """A call that runs ``steps`` steps."""

    call: Callable[[], object]
    steps: int
    parameters: int


class Task(NamedTuple):
    """What to do with a network.

    Attributes
    ----------
    action : {"train", "predict_batch", "predict"}
        A training step; the output of one batch as an array; or what a user calls, ``predict``.
    samples : int
        Of a batch.
    options : dict
        The framework's variant.
    """

    network: object
    action: str
    samples: int
    options: dict

    def data(self):
        batches = self.network.BATCHES if self.action == "train" else 1
        return self.network.data(np.random.default_rng(0), self.samples * batches)


def split(nest, samples):
    """Batches of an array, or of a list of arrays."""
    if isinstance(nest, list):
        return [list(parts) for parts in zip(*[split(a, samples) for a in nest])]
    return [nest[i : i + samples] for i in range(0, len(nest), samples)]
