"""DeepBind (Alipanahi et al. 2015): the first network for protein binding sites."""

from __future__ import annotations

import genodl as gd
from genodl import layers
from genodl.zoo._registry import network


@network("Alipanahi 2015", "101 x 4", "1", "2,129")
def deepbind(length=101, filters=16, width=24, hidden=32, pooling="max", activation="sigmoid"):
    """Motif detectors, one score each, and a small network on the scores.

    Confirmed: 16 detectors, rectification, global pooling (max for DNA, max and average for RNA), no or
    32 hidden units. Not confirmed: width 24 for DNA, the sigmoid output, dropout rates. Sequences should be
    padded by ``width - 1`` N on both sides, so that a detector may overhang.

    Parameters
    ----------
    length : int or None
        Bases.
    hidden : int
        Units of the hidden layer; 0 for none.
    pooling : {"max", "max+average"}

    Examples
    --------
    >>> import genodl as gd
    >>> gd.zoo.deepbind(hidden=0).count_params(), gd.zoo.deepbind().count_params()
    (1569, 2129)
    """
    if pooling not in ("max", "max+average"):
        raise ValueError(f"deepbind: expected pooling 'max' or 'max+average', got {pooling!r}.")
    dna = gd.DNAInput(length)
    found = layers.Conv1D(filters, width, activation="relu", name="motifs")(dna)
    scores = layers.GlobalMaxPooling1D()(found)
    if pooling == "max+average":
        scores = layers.Concatenate()([scores, layers.GlobalAveragePooling1D()(found)])
    if hidden:
        scores = layers.Dense(hidden, activation="relu")(scores)
    return gd.Model(dna, layers.Dense(1, activation=activation)(scores), name="deepbind")
