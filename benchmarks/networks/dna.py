"""Random DNA as one-hot floats."""

from __future__ import annotations

import numpy as np


def one_hot(rng, samples, length):
    return np.eye(4, dtype="float32")[rng.integers(0, 4, (samples, length))]
