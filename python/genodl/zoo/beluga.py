"""Beluga (Zhou et al. 2018): the deeper DeepSEA of ExPecto."""

from __future__ import annotations

import genodl as gd
from genodl import layers
from genodl.zoo._registry import network


@network("Zhou 2018", "2000 x 4", "2002", "149,536,251")
def beluga(length=2000, outputs=2002, hidden=2003):
    """Six convolutions in three pairs, two poolings, one hidden layer, sigmoid outputs.

    Confirmed: filters, width 8, pooling 4, hidden and output sizes. Dropout follows the released model as
    commonly ported; not confirmed from the paper.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.zoo.beluga(length=400, outputs=3, hidden=4).output_shape
    (None, 3)
    """
    stack = [gd.DNAInput(length)]
    for pair, filters in enumerate((320, 480, 640)):
        if pair:
            stack += [layers.MaxPooling1D(4), layers.Dropout(0.2)]
        stack += [layers.Conv1D(filters, 8, activation="relu"), layers.Conv1D(filters, 8, activation="relu")]
    stack += [layers.Dropout(0.5), layers.Flatten(), layers.Dense(hidden, activation="relu")]
    return gd.Sequential([*stack, layers.Dense(outputs, activation="sigmoid")], name="beluga")
