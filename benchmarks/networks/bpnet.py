"""BPNet: 64 channels on 2,114 bp, nine dilated residual convolutions, a profile head and a count head."""

from __future__ import annotations

import numpy as np

from benchmarks.limit import conv, dense
from benchmarks.networks.dna import one_hot

BATCH = 64
BATCHES = 1
_LENGTH, _CHANNELS = 2114, 64
_DILATIONS = [2**i for i in range(1, 10)]
PRODUCTS = [
    conv(_LENGTH, 21, 4, _CHANNELS, first=True, one_hot=True),
    *[conv(_LENGTH, 3, _CHANNELS, _CHANNELS) for _ in _DILATIONS],
    conv(_LENGTH, 75, _CHANNELS, 1), dense(_CHANNELS, 1),
]


def data(rng, samples):
    counts = rng.poisson(0.2, (samples, _LENGTH)).astype(np.float32)
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    # A multinomial likelihood of counts is, up to a factor, a cross-entropy with their shares.
    return one_hot(rng, samples, _LENGTH), [counts / totals, np.log1p(totals)]


def keras_model(keras):
    layers = keras.layers
    x = keras.Input((_LENGTH, 4))
    h = layers.Conv1D(_CHANNELS, 21, padding="same", activation="relu")(x)
    for dilation in _DILATIONS:
        h = layers.Add()([h, layers.Conv1D(_CHANNELS, 3, padding="same", dilation_rate=dilation, activation="relu")(h)])
    profile = layers.Flatten()(layers.Conv1D(1, 75, padding="same")(h))
    count = layers.Dense(1)(layers.GlobalAveragePooling1D()(h))
    model = keras.Model(x, [profile, count])
    model.compile(keras.optimizers.Adam(1e-3),
                  [keras.losses.CategoricalCrossentropy(from_logits=True), keras.losses.MeanSquaredError()])
    return model


def torch_model(channels_last):
    import torch
    from torch import nn
    from torch.nn.functional import cross_entropy, mse_loss

    from benchmarks.networks.torch_layers import SequenceLayers

    layers = SequenceLayers(channels_last)

    class BPNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = layers.conv(4, _CHANNELS, 21)
            self.dilated = nn.ModuleList([layers.conv(_CHANNELS, _CHANNELS, 3, dilation=d) for d in _DILATIONS])
            self.profile = layers.conv(_CHANNELS, 1, 75)
            self.count = nn.Linear(_CHANNELS, 1)

        def forward(self, x):
            h = torch.relu(self.first(x))
            for convolution in self.dilated:
                h = h + torch.relu(convolution(h))
            return self.profile(h).flatten(1), self.count(h.mean(layers.length_axes()))

    def loss(outputs, targets):
        return cross_entropy(outputs[0], targets[0]) + mse_loss(outputs[1], targets[1])

    return layers.finish(BPNet()), layers.inputs, lambda y: [torch.from_numpy(a) for a in y], loss
