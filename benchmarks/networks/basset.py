"""Basset with same padding: three convolutions with batch normalisation and pooling, 164 targets of 600 bp."""

from __future__ import annotations

import numpy as np

from benchmarks.limit import conv, dense
from benchmarks.networks.dna import one_hot

BATCH = 64
BATCHES = 1
_CONVOLUTIONS = ((300, 19, 3), (200, 11, 4), (200, 7, 4))  # filters, width, pool
_FLAT = 12 * 200
PRODUCTS = [
    conv(600, 19, 4, 300, first=True, one_hot=True), conv(200, 11, 300, 200), conv(50, 7, 200, 200),
    dense(_FLAT, 1000), dense(1000, 1000), dense(1000, 164),
]


def data(rng, samples):
    return one_hot(rng, samples, 600), (rng.random((samples, 164)) < 0.1).astype(np.float32)


def keras_model(keras):
    layers = keras.layers
    stack = [keras.Input((600, 4))]
    for filters, width, pool in _CONVOLUTIONS:
        stack += [layers.Conv1D(filters, width, padding="same"), layers.BatchNormalization(),
                  layers.Activation("relu"), layers.MaxPooling1D(pool)]
    stack.append(layers.Flatten())
    for _ in range(2):
        stack += [layers.Dense(1000), layers.BatchNormalization(), layers.Activation("relu"), layers.Dropout(0.3)]
    model = keras.Sequential([*stack, layers.Dense(164)])
    model.compile(keras.optimizers.Adam(1e-3), keras.losses.BinaryCrossentropy(from_logits=True))
    return model


def torch_model(channels_last):
    import torch
    from torch import nn

    from benchmarks.networks.torch_layers import SequenceLayers

    layers = SequenceLayers(channels_last)
    stack, channels = [], 4
    for filters, width, pool in _CONVOLUTIONS:
        stack += [layers.conv(channels, filters, width), layers.batch_norm(filters), nn.ReLU(), layers.max_pool(pool)]
        channels = filters
    stack.append(nn.Flatten())
    for inputs in (_FLAT, 1000):
        stack += [nn.Linear(inputs, 1000), nn.BatchNorm1d(1000), nn.ReLU(), nn.Dropout(0.3)]
    module = nn.Sequential(*stack, nn.Linear(1000, 164))
    return layers.finish(module), layers.inputs, torch.from_numpy, nn.BCEWithLogitsLoss()
