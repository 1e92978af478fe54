"""DeepSEA (Zhou and Troyanskaya 2015): 919 chromatin features from 1,000 bases."""

from __future__ import annotations

import genodl as gd
from genodl import layers
from genodl.zoo._registry import network


@network("Zhou & Troyanskaya 2015", "1000 x 4", "919", "52,843,119")
def deepsea(length=1000, outputs=919, hidden=925):
    """Three convolutions with pooling and dropout, one hidden layer, sigmoid outputs.

    Confirmed from the released training code and weights: sizes, pooling, dropout; ``hidden`` is 925 in the
    weights and 919 in the script. The authors order channels A, G, C, T; genodl's order is A, C, G, T.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.zoo.deepsea(length=200, outputs=2, hidden=4).output_shape
    (None, 2)
    """
    return gd.Sequential(
        [
            gd.DNAInput(length),
            layers.Conv1D(320, 8, activation="relu"),
            layers.MaxPooling1D(4),
            layers.Dropout(0.2),
            layers.Conv1D(480, 8, activation="relu"),
            layers.MaxPooling1D(4),
            layers.Dropout(0.2),
            layers.Conv1D(960, 8, activation="relu"),
            layers.Dropout(0.5),
            layers.Flatten(),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(outputs, activation="sigmoid"),
        ],
        name="deepsea",
    )
