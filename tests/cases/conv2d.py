import functools

import numpy as np

from cases._case import Case, W
from cases._numpy import convolve

SUMS = "sums of up to 9 x 33 products, in another order"


def conv(name, options, *, shape=(2, 5, 6, W), activation=None, widths=None, **reference):
    function = functools.partial(convolve, **reference)
    whole = (lambda *a: activation(function(*a))) if activation else function
    more = {"widths": widths, "width": widths[0]} if widths else {"width": 3}
    return Case(f"conv2d-{name}", "Conv2D", [shape], whole, options, rtol=2e-5, atol=2e-5, why=SUMS, **more)


cases = [
    conv("valid", {"filters": 4, "kernel_size": 3}),
    conv("one", {"filters": 5, "kernel_size": 1}),
    conv("same", {"filters": 4, "kernel_size": (2, 3), "padding": "same"}, padding="same"),
    conv("strided", {"filters": 5, "kernel_size": (3, 2), "strides": (2, 1), "use_bias": False}, strides=(2, 1)),
    conv("same-strided", {"filters": 5, "kernel_size": 3, "strides": 2, "padding": "same"}, strides=2, padding="same"),
    conv("dilated", {"filters": 3, "kernel_size": (2, 3), "dilation_rate": (3, 2)}, dilation=(3, 2)),
    conv("groups", {"filters": 6, "kernel_size": 2, "strides": (2, 1), "groups": 3}, strides=(2, 1), groups=3,
         widths=(3, 6, 15, 18, 33)),
    conv("relu", {"filters": 16, "kernel_size": 3, "padding": "same", "activation": "relu"}, padding="same",
         activation=lambda x: np.maximum(x, 0)),
    conv("height-one", {"filters": 6, "kernel_size": (1, 4)}, shape=(2, 1, 9, W)),
    conv("winograd-size", {"filters": 8, "kernel_size": 3}, shape=(1, 9, 10, 8)),
]
