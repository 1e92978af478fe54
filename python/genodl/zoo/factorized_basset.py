"""Factorized Basset (Wnuk et al. 2019): Basset with its wide convolutions split into narrow ones."""

from __future__ import annotations

import genodl as gd
from genodl import layers
from genodl.zoo._registry import network


@network("Wnuk 2019", "1000 x 4", "164", "counted")
def factorized_basset(length=1000, outputs=164):
    """Stacks of narrow convolutions with batch normalisation where Basset has one wide one.

    Not confirmed from a primary source: the sizes follow descriptions in later work (48, 64, 100 filters of
    width 3, 150 and 300 of width 7; 200 of widths 7, 3, 3; 200 of width 7), same padding.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.zoo.factorized_basset(length=200, outputs=3).output_shape
    (None, 3)
    """
    blocks = (
        (((48, 3), (64, 3), (100, 3), (150, 7), (300, 7)), 3),
        (((200, 7), (200, 3), (200, 3)), 4),
        (((200, 7),), 4),
    )
    stack = [gd.DNAInput(length)]
    for convolutions, pool in blocks:
        for filters, width in convolutions:
            stack += [
                layers.Conv1D(filters, width, padding="same"),
                layers.BatchNormalization(),
                layers.Activation("relu"),
            ]
        stack.append(layers.MaxPooling1D(pool))
    stack.append(layers.Flatten())
    for _ in range(2):
        stack += [layers.Dense(1000), layers.BatchNormalization(), layers.Activation("relu"), layers.Dropout(0.3)]
    return gd.Sequential([*stack, layers.Dense(outputs, activation="sigmoid")], name="factorized_basset")
