"""DeepG4 (Rocher et al. 2021): active G-quadruplexes from 201 bases and accessibility."""

from __future__ import annotations

import genodl as gd
from genodl import layers
from genodl.zoo._registry import network


@network("Rocher 2021", "201 x 4 (+ 1)", "1", "90,701")
def deepg4(length=201, filters=500, pool=16, accessibility=False):
    """One wide convolution, local average then global maximum, a linear layer, one probability.

    Confirmed from the shipped model files and logs. With ``accessibility`` the model takes a second input,
    one number per sequence (90,801 parameters; 163,201 with 900 filters and pool 12). Whether the paper's first
    model used other sizes is not confirmed.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.zoo.deepg4().count_params(), gd.zoo.deepg4(accessibility=True).count_params()
    (90701, 90801)
    """
    dna = gd.DNAInput(length)
    x = layers.Conv1D(filters, 20, activation="relu")(dna)
    x = layers.GlobalMaxPooling1D()(layers.AveragePooling1D(pool)(x))
    inputs = dna
    if accessibility:
        access = gd.Input((1,), name="accessibility")
        x = layers.Concatenate()([x, access])
        inputs = [dna, access]
    x = layers.Dense(100)(layers.Dropout(0.0)(x))
    return gd.Model(inputs, layers.Dense(1, activation="sigmoid")(x), name="deepg4")
