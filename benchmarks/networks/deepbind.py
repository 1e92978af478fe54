"""DeepBind: 16 filters of width 24 on 200 bp, the maximum over positions, 32 hidden units, one output."""

from __future__ import annotations

import numpy as np

from benchmarks.limit import conv, dense
from benchmarks.networks.dna import one_hot

BATCH = 64
BATCHES = 50
PRODUCTS = [conv(177, 24, 4, 16, first=True, one_hot=True), dense(16, 32), dense(32, 1)]


def data(rng, samples):
    return one_hot(rng, samples, 200), rng.integers(0, 2, (samples, 1)).astype(np.float32)


def keras_model(keras):
    model = keras.Sequential([
        keras.Input((200, 4)),
        keras.layers.Conv1D(16, 24, activation="relu"),
        keras.layers.GlobalMaxPooling1D(),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(1),
    ])
    model.compile(keras.optimizers.Adam(1e-3), keras.losses.BinaryCrossentropy(from_logits=True))
    return model


def torch_model(channels_last):
    import torch
    from torch import nn

    from benchmarks.networks.torch_layers import GlobalMax, SequenceLayers

    layers = SequenceLayers(channels_last)
    module = nn.Sequential(
        layers.conv(4, 16, 24, padding="valid"), nn.ReLU(), GlobalMax(layers.length_axes()),
        nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 1),
    )
    return layers.finish(module), layers.inputs, torch.from_numpy, nn.BCEWithLogitsLoss()
