"""Basset (Kelley et al. 2016): accessibility in 164 cell types from 600 bases."""

from __future__ import annotations

import genodl as gd
from genodl import layers
from genodl.zoo._registry import network


@network("Kelley 2016", "600 x 4", "164", "4,135,064 trainable")
def basset(length=600, outputs=164, padding="valid"):
    """Three convolutions with batch normalisation and pooling, two hidden layers, sigmoid outputs.

    Confirmed from the released code, parameter file and weights; the weights use valid convolutions, the
    later code pads (``padding="same"``, 4,735,064 trainable weights). The authors train with RMSprop at
    0.002 and the loss summed over targets.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.zoo.basset(outputs=3).output_shape
    (None, 3)
    """
    stack = [gd.DNAInput(length)]
    for filters, width, pool in ((300, 19, 3), (200, 11, 4), (200, 7, 4)):
        stack += [
            layers.Conv1D(filters, width, padding=padding),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.MaxPooling1D(pool, padding=padding),
        ]
    stack.append(layers.Flatten())
    for _ in range(2):
        stack += [layers.Dense(1000), layers.BatchNormalization(), layers.Activation("relu"), layers.Dropout(0.3)]
    return gd.Sequential([*stack, layers.Dense(outputs, activation="sigmoid")], name="basset")
