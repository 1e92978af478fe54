"""A wide genotype matrix: 100,000 variants as floats into 256 units and one output."""

from __future__ import annotations

import numpy as np

from benchmarks.limit import dense

BATCH = 64
BATCHES = 1
_VARIANTS = 100_000
PRODUCTS = [dense(_VARIANTS, 256, first=True), dense(256, 1)]


def data(rng, samples):
    x = rng.binomial(2, 0.3, (samples, _VARIANTS)).astype(np.float32)
    return (x - 0.6) / np.float32(0.42**0.5), rng.standard_normal((samples, 1), dtype=np.float32)


def keras_model(keras):
    model = keras.Sequential([
        keras.Input((_VARIANTS,)),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dense(1),
    ])
    model.compile(keras.optimizers.Adam(1e-4), keras.losses.MeanSquaredError())
    return model


def torch_model(channels_last):
    import torch
    from torch import nn

    module = nn.Sequential(nn.Linear(_VARIANTS, 256), nn.ReLU(), nn.Linear(256, 1))
    return module, torch.from_numpy, torch.from_numpy, nn.MSELoss()
