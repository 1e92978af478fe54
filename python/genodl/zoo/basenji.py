"""Basenji (Kelley et al. 2018): thousands of tracks in bins of 128 bases over 131 kb."""

from __future__ import annotations

import genodl as gd
from genodl import layers, ops
from genodl.zoo._registry import network

# (width, filters, pooling)
_TOWER = ((22, 312, 1), (1, 368, 2), (6, 435, 4), (6, 514, 4), (6, 607, 4), (3, 717, 1))


@network("Kelley 2018", "131072 x 4", "1024 x 4229", "15,190,636 trainable")
def basenji(length=131072, outputs=4229, dilated=6):
    """A tower of convolutions, densely connected dilated ones, and outputs for each bin of 128 bases.

    Confirmed from the parameter file: widths, filters, pooling, dilations, dropout. The order of batch
    normalisation and activation in that version is not confirmed; here each block is convolution,
    normalisation, ReLU. Train with the Poisson loss.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.zoo.basenji(length=1024, outputs=2, dilated=2).output_shape
    (None, 8, 2)
    """
    dna = gd.DNAInput(length)
    x = dna
    for width, filters, pool in _TOWER:
        x = _block(x, filters, width, dropout=0.05)
        if pool > 1:
            x = layers.MaxPooling1D(pool)(x)
    for i in range(1, dilated + 1):
        x = layers.Concatenate()([x, _block(x, 108, 3, dilation=2**i, dropout=0.1)])
    x = _block(x, x.shape[-1], 1, dropout=0.05)
    x = layers.Dense(outputs)(x)
    # Exponential below zero, linear above: positive and never exploding.
    return gd.Model(dna, ops.elu(x) + 1.0, name="basenji")


def _block(x, filters, width, dilation=1, dropout=0.0):
    x = layers.Conv1D(filters, width, padding="same", dilation_rate=dilation, use_bias=False)(x)
    return layers.Dropout(dropout)(layers.Activation("relu")(layers.BatchNormalization()(x)))
