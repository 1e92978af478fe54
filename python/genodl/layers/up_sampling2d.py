"""Larger images."""

from __future__ import annotations

from genodl import ops
from genodl._errors import NotSupportedError
from genodl.layers._arguments import IMAGE, channels_last, expect_rank, sizes
from genodl.layers.layer import Layer


class UpSampling2D(Layer):
    """Makes images larger by whole factors.

    Parameters
    ----------
    size : int or (int, int)
        Factors of height and width.
    data_format : str, optional
        Only "channels_last".
    interpolation : str
        "nearest" repeats rows and columns, "bilinear" blends them.

    Shapes
    ------
    Input (batch, height, width, channels), output (batch, height * size[0], width * size[1], channels).

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.UpSampling2D((2, 3))(np.ones((1, 4, 4, 3))).shape
    (1, 8, 12, 3)
    """

    def __init__(self, size=(2, 2), data_format=None, interpolation="nearest", **kwargs):
        super().__init__(**kwargs)
        self.size = sizes("UpSampling2D", "size", size, 2)
        self.data_format = channels_last("UpSampling2D", data_format)
        self.interpolation = str(interpolation).lower()
        if self.interpolation in ("bicubic", "lanczos3", "lanczos5"):
            raise NotSupportedError(
                f"UpSampling2D: interpolation={interpolation!r} is not supported. Use 'nearest' or 'bilinear'."
            )
        if self.interpolation not in ("nearest", "bilinear"):
            raise ValueError(f"UpSampling2D: expected interpolation 'nearest' or 'bilinear', got {interpolation!r}.")

    def call(self, inputs):
        x = expect_rank(self, inputs, 4, IMAGE)
        enlarge = _repeated if self.interpolation == "nearest" else _blended
        for axis, factor in zip((1, 2), self.size, strict=True):
            if factor > 1:
                x = enlarge(x, axis, factor)
        return x


def _repeated(x, axis, factor):
    return ops.repeat(x, factor, axis=axis)


def _blended(x, axis, factor):
    """New places lie at (place + 0.5) / factor - 0.5 between old ones; the margins are repeated."""
    everything = [slice(None)] * len(x.shape)

    def part(piece):
        index = (*everything[:axis], piece)
        return x[index]

    n = x.shape[axis]
    before = ops.concatenate([part(slice(0, 1)), part(slice(0, n - 1))], axis=axis) if n > 1 else x
    after = ops.concatenate([part(slice(1, n)), part(slice(n - 1, n))], axis=axis) if n > 1 else x
    places = []
    for place in range(factor):
        shift = (place + 0.5) / factor - 0.5
        other = before if shift < 0 else after
        places.append(x * (1 - abs(shift)) + other * abs(shift))
    shape = list(x.shape)
    shape[axis] = n * factor
    return ops.reshape(ops.stack(places, axis=axis + 1), shape)
