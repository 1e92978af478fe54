"""The shapes that the floors are for: convolutions of genomics networks, products of dense layers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Conv(NamedTuple):
    """A convolution along a sequence, same padding."""

    name: str
    batch: int
    length: int
    channels: int
    width: int
    filters: int
    dilation: int = 1

    def passes(self):
        """Name, op, inputs, attributes and floor of each pass."""
        reach = (self.width - 1) * self.dilation
        attrs = {"strides": [1], "dilation": [self.dilation], "before": [reach // 2], "after": [reach - reach // 2]}
        x = _normal(self.batch, self.length, self.channels)
        dy = _normal(self.batch, self.length, self.filters)
        weights = _normal(self.width, self.channels, self.filters)
        return [
            ("forward", "conv", [x, weights], attrs, 0.85),
            ("input gradient", "conv_input_grad", [dy, weights], attrs | {"shape": list(x.shape)}, 0.85),
            ("weight gradient", "conv_weight_grad", [x, dy], attrs | {"kernel": [self.width]}, 0.75),
        ]


class Product(NamedTuple):
    """A matrix product (m, k) by (k, n)."""

    name: str
    m: int
    n: int
    k: int

    def passes(self):
        return [("product", "matmul", [_normal(self.m, self.k), _normal(self.k, self.n)], {}, 0.80)]


def _normal(*shape):
    return np.random.default_rng(0).standard_normal(shape, dtype=np.float32)


SHAPES = [
    Conv("Basset 2", 64, 200, 300, 11, 200),
    Conv("Basset 3", 64, 50, 200, 7, 200),
    Conv("DeepSEA 2", 64, 248, 320, 8, 480),
    Conv("SpliceAI, dilation 1", 8, 5400, 32, 11, 32),
    Conv("SpliceAI, dilation 4", 8, 5400, 32, 11, 32, 4),
    Conv("SpliceAI, width 21, dilation 10", 8, 5400, 32, 21, 32, 10),
    Conv("BPNet, dilation 64", 64, 2114, 64, 3, 64, 64),
    Conv("ChromBPNet, dilation 8", 16, 2114, 512, 3, 512, 8),
    Product("Basset dense 1", 64, 1000, 2000),
    Product("Basset dense 3", 64, 164, 1000),
    Product("LSTM input", 4800, 1280, 320),
    Product("LSTM step", 64, 1280, 320),
    Product("SpliceAI as a product", 15000, 32, 352),
    Product("Transformer projection", 4096, 768, 768),
    Product("Transformer feed-forward", 4096, 3072, 768),
    Product("attention scores", 512, 512, 64),
    Product("SNP matrix forward", 64, 256, 100_000),
    Product("SNP matrix weight gradient", 100_000, 256, 64),
    Product("square", 2048, 2048, 2048),
]
