"""The two-convolution network of Keras's MNIST example, on images of its size."""

from __future__ import annotations

import numpy as np

from benchmarks.limit import conv, dense

BATCH = 128
BATCHES = 4
PRODUCTS = [conv(26 * 26, 9, 1, 32, first=True), conv(11 * 11, 9, 32, 64), dense(1600, 10)]


def data(rng, samples):
    return rng.random((samples, 28, 28, 1), dtype=np.float32), rng.integers(0, 10, samples).astype(np.int32)


def keras_model(keras):
    layers = keras.layers
    model = keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(10),
    ])
    model.compile(keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def torch_model(channels_last):
    import torch
    from torch import nn

    layout = torch.channels_last if channels_last else torch.contiguous_format
    module = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.5), nn.Linear(1600, 10),
    )

    def inputs(x):
        return torch.from_numpy(x).permute(0, 3, 1, 2).contiguous(memory_format=layout)

    def targets(y):
        return torch.from_numpy(y.astype(np.int64))

    return module.to(memory_format=layout), inputs, targets, nn.CrossEntropyLoss()
