import functools

import numpy as np

from cases._case import Case, W
from cases._numpy import convolve, softplus

SUMS = "sums of up to 5 x 33 products, in another order"
EVEN = (2, 6, 8, 14, 16, 18, 32, 34)


def conv(name, options, *, shape=(2, 11, W), activation=None, widths=None, **reference):
    function = functools.partial(convolve, **reference)
    whole = (lambda *a: activation(function(*a))) if activation else function
    more = {"widths": widths, "width": widths[0]} if widths else {}
    return Case(f"conv1d-{name}", "Conv1D", [shape], whole, options, rtol=2e-5, atol=1e-5, why=SUMS, **more)


cases = [
    conv("valid", {"filters": 5, "kernel_size": 3}),
    conv("one", {"filters": 7, "kernel_size": 1}),
    conv("same", {"filters": 8, "kernel_size": 4, "padding": "same"}, padding="same"),
    conv("same-strided", {"filters": 5, "kernel_size": 4, "strides": 3, "padding": "same", "activation": "softplus"},
         activation=softplus, strides=3, padding="same"),
    conv("strided", {"filters": 6, "kernel_size": 3, "strides": 2, "use_bias": False}, strides=2),
    conv("stride-beyond-kernel", {"filters": 4, "kernel_size": 2, "strides": 4}, strides=4),
    conv("causal", {"filters": 5, "kernel_size": 3, "padding": "causal"}, padding="causal"),
    conv("causal-dilated", {"filters": 5, "kernel_size": 2, "padding": "causal", "dilation_rate": 3},
         padding="causal", dilation=3),
    conv("dilated-same", {"filters": 16, "kernel_size": 3, "padding": "same", "dilation_rate": 4}, padding="same",
         dilation=4),
    conv("dilated-beyond-input", {"filters": 4, "kernel_size": 3, "padding": "same", "dilation_rate": 16},
         padding="same", dilation=16),
    conv("groups", {"filters": 6, "kernel_size": 3, "groups": 2}, groups=2, widths=EVEN),
    conv("groups-causal-dilated",
         {"filters": 6, "kernel_size": 2, "dilation_rate": 3, "padding": "causal", "groups": 2}, groups=2,
         padding="causal", dilation=3, widths=EVEN),
    conv("depthwise", {"filters": 8, "kernel_size": 3, "groups": 4, "padding": "same"}, shape=(2, 9, 4), groups=4,
         padding="same"),
    conv("relu", {"filters": 17, "kernel_size": 5, "activation": "relu"}, activation=lambda x: np.maximum(x, 0)),
    conv("whole-length", {"filters": 3, "kernel_size": 11}),
    conv("many-filters", {"filters": 33, "kernel_size": 3, "padding": "same"}, padding="same"),
    conv("one-position", {"filters": 4, "kernel_size": 3, "padding": "same"}, shape=(3, 1, W), padding="same"),
]
