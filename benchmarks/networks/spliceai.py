"""SpliceAI-400: 32 channels, eight residual units of two convolutions of width 11, three classes a base."""

from __future__ import annotations

import numpy as np

from benchmarks.limit import conv
from benchmarks.networks.dna import one_hot

BATCH = 8
BATCHES = 1
_LENGTH, _CHANNELS, _WIDTH = 5400, 32, 11
_CROP = 200  # positions of context at each end
_DILATIONS = (1, 4)  # of each stage of four units
PRODUCTS = [
    conv(_LENGTH, 1, 4, _CHANNELS, first=True, one_hot=True),
    *[conv(_LENGTH, _WIDTH, _CHANNELS, _CHANNELS) for _ in range(16)],
    *[conv(_LENGTH, 1, _CHANNELS, _CHANNELS) for _ in range(3)],
    conv(_LENGTH - 2 * _CROP, 1, _CHANNELS, 3),
]


def data(rng, samples):
    classes = rng.choice(3, (samples, _LENGTH - 2 * _CROP), p=[0.98, 0.01, 0.01])
    return one_hot(rng, samples, _LENGTH), classes.astype(np.int32)


def keras_model(keras):
    layers = keras.layers

    def conv_of(h, width=1, dilation=1):
        return layers.Conv1D(_CHANNELS, width, padding="same", dilation_rate=dilation)(h)

    x = keras.Input((_LENGTH, 4))
    h = conv_of(x)
    skip = conv_of(h)
    for dilation in _DILATIONS:
        for _ in range(4):
            inner = h
            for _ in range(2):
                inner = layers.Activation("relu")(layers.BatchNormalization()(inner))
                inner = conv_of(inner, _WIDTH, dilation)
            h = layers.Add()([h, inner])
        skip = layers.Add()([skip, conv_of(h)])
    model = keras.Model(x, layers.Conv1D(3, 1)(layers.Cropping1D(_CROP)(skip)))
    model.compile(keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def torch_model(channels_last):
    import torch
    from torch import nn
    from torch.nn.functional import cross_entropy

    from benchmarks.networks.torch_layers import SequenceLayers

    layers = SequenceLayers(channels_last)

    class Unit(nn.Sequential):
        def __init__(self, dilation):
            parts = [[layers.batch_norm(_CHANNELS), nn.ReLU(),
                      layers.conv(_CHANNELS, _CHANNELS, _WIDTH, dilation=dilation)] for _ in range(2)]
            super().__init__(*parts[0], *parts[1])

        def forward(self, x):
            return x + super().forward(x)

    class SpliceAI(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = layers.conv(4, _CHANNELS, 1)
            self.stages = nn.ModuleList([nn.Sequential(*[Unit(d) for _ in range(4)]) for d in _DILATIONS])
            self.skips = nn.ModuleList([layers.conv(_CHANNELS, _CHANNELS, 1) for _ in range(len(_DILATIONS) + 1)])
            self.last = layers.conv(_CHANNELS, 3, 1)

        def forward(self, x):
            h = self.first(x)
            skip = self.skips[0](h)
            for stage, skip_of in zip(self.stages, self.skips[1:]):
                h = stage(h)
                skip = skip + skip_of(h)
            return self.last(skip[..., _CROP:-_CROP])

    def loss(outputs, targets):
        return cross_entropy(outputs, targets)

    def targets(y):
        tensor = torch.from_numpy(y.astype(np.int64))
        return tensor.unsqueeze(1) if channels_last else tensor

    return layers.finish(SpliceAI()), layers.inputs, targets, loss
