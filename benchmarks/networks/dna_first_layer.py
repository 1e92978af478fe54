"""Basset's first layer alone: 300 filters of width 19 on 600 bp, ReLU, the maximum of three positions.

Its training step takes the gradient of ``sum(y * output)``: ``y`` is the gradient that comes from above.
"""

from __future__ import annotations

import numpy as np

from benchmarks.limit import conv
from benchmarks.networks.dna import one_hot

BATCH = 64
BATCHES = 1
PRODUCTS = [conv(600, 19, 4, 300, first=True, one_hot=True)]


def data(rng, samples):
    return one_hot(rng, samples, 600), 1e-3 * rng.standard_normal((samples, 200, 300), dtype=np.float32)


def keras_model(keras):
    model = keras.Sequential([
        keras.Input((600, 4)),
        keras.layers.Conv1D(300, 19, padding="same", activation="relu"),
        keras.layers.MaxPooling1D(3),
    ])
    model.compile(keras.optimizers.SGD(1e-6), lambda y, output: keras.ops.sum(y * output))
    return model


def torch_model(channels_last):
    from torch import nn

    from benchmarks.networks.torch_layers import SequenceLayers

    layers = SequenceLayers(channels_last)
    module = nn.Sequential(layers.conv(4, 300, 19), nn.ReLU(), layers.max_pool(3))
    return layers.finish(module), layers.inputs, layers.inputs, lambda output, y: (y * output).sum()
