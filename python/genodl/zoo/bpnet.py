"""BPNet (Avsec et al. 2021): base-resolution profiles and total counts of binding."""

from __future__ import annotations

import genodl as gd
from genodl import layers
from genodl.zoo._registry import network


@network("Avsec 2021", "2114 x 4", "profile 2114 x 1, counts 1", "118,338")
def bpnet(length=2114, channels=64, dilated=9, tracks=1, first_width=21, profile_width=75):
    """A convolution, dilated residual convolutions, and two heads: profile logits and log counts.

    Train the profile with ``gd.losses.MultinomialNLL`` and the counts with mean squared error of log(1 + n).
    The layout follows the paper; widths follow common re-implementations (the paper's first layer is 25 wide
    and its profile head a transposed convolution).

    Examples
    --------
    >>> import genodl as gd
    >>> gd.zoo.bpnet(length=200, dilated=3).output_shape
    {'profile': (None, 200, 1), 'counts': (None, 1)}
    """
    dna = gd.DNAInput(length)
    x = layers.Conv1D(channels, first_width, padding="same", activation="relu")(dna)
    for i in range(1, dilated + 1):
        wider = layers.Conv1D(channels, 3, padding="same", dilation_rate=2**i, activation="relu")(x)
        x = layers.Add()([x, wider])
    profile = layers.Conv1D(tracks, profile_width, padding="same", name="profile")(x)
    counts = layers.Dense(tracks, name="counts")(layers.GlobalAveragePooling1D()(x))
    return gd.Model(dna, {"profile": profile, "counts": counts}, name="bpnet")
