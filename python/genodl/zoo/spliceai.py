"""SpliceAI (Jaganathan et al. 2019): splice donors and acceptors from long context."""

from __future__ import annotations

import genodl as gd
from genodl import layers
from genodl.zoo._registry import network

# (kernel width, dilation) of the groups of four residual units.
_GROUPS = {80: ((11, 1),), 400: ((11, 1), (11, 4)), 2000: ((11, 1), (11, 4), (21, 10)),
           10000: ((11, 1), (11, 4), (21, 10), (41, 25))}  # fmt: skip


@network("Jaganathan 2019", "(5000 + context) x 4", "5000 x 3", "696,739 at context 10000")
def spliceai(context=10000, length=5000, channels=32):
    """Residual units of dilated convolutions; class probabilities for each base: neither, acceptor, donor.

    Confirmed: the 10k layout from the shipped weights; 80, 400 and 2k from the OpenSpliceAI port. Trainable
    weights: 93,251, 185,187, 359,043 and 696,739. No weights are shipped: their licence forbids it.

    Parameters
    ----------
    context : {80, 400, 2000, 10000}
        Bases on both sides together that the model sees beyond those it predicts.
    length : int or None
        Predicted bases.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.zoo.spliceai(context=80, length=100).output_shape
    (None, 100, 3)
    """
    if context not in _GROUPS:
        raise ValueError(f"spliceai: expected context to be one of {sorted(_GROUPS)}, got {context}.")
    dna = gd.DNAInput(None if length is None else length + context)
    x = layers.Conv1D(channels, 1)(dna)
    skip = layers.Conv1D(channels, 1)(x)
    for width, dilation in _GROUPS[context]:
        for _ in range(4):
            x = _unit(x, channels, width, dilation)
        skip = layers.Add()([skip, layers.Conv1D(channels, 1)(x)])
    skip = layers.Cropping1D(context // 2)(skip)
    return gd.Model(dna, layers.Conv1D(3, 1, activation="softmax")(skip), name=f"spliceai_{context}")


def _unit(x, channels, width, dilation):
    y = x
    for _ in range(2):
        y = layers.Activation("relu")(layers.BatchNormalization()(y))
        y = layers.Conv1D(channels, width, dilation_rate=dilation, padding="same")(y)
    return layers.Add()([x, y])
