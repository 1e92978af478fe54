import numpy as np

from cases._case import Case, W

SCALE, OFFSET = [0.5, -2.0, 1.0], [1.0, 0.0, 3.0]


def by_channel(x):
    return x * np.array(SCALE) + np.array(OFFSET)


cases = [
    Case("rescaling", "Rescaling", [(3, 5, W)], lambda x: x * 0.25 - 1, {"scale": 0.25, "offset": -1.0}),
    Case("rescaling-channels", "Rescaling", [(2, 4, 3)], by_channel, {"scale": SCALE, "offset": OFFSET}),
]
