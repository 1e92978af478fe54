"""An MLP 20-16-1: what a step costs beside its arithmetic."""

from __future__ import annotations

import numpy as np

from benchmarks.limit import dense

BATCH = 32
BATCHES = 500
PRODUCTS = [dense(20, 16, first=True), dense(16, 1)]


def data(rng, samples):
    x = rng.standard_normal((samples, 20), dtype=np.float32)
    return x, (x[:, :1] + x[:, 1:2] > 0).astype(np.float32)


def keras_model(keras):
    model = keras.Sequential([
        keras.Input((20,)),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1),
    ])
    model.compile(keras.optimizers.Adam(1e-3), keras.losses.BinaryCrossentropy(from_logits=True))
    return model


def torch_model(channels_last):
    import torch
    from torch import nn

    module = nn.Sequential(nn.Linear(20, 16), nn.ReLU(), nn.Linear(16, 1))
    return module, torch.from_numpy, torch.from_numpy, nn.BCEWithLogitsLoss()
