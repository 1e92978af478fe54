"""One result for both strands."""

from __future__ import annotations

from genodl import ops
from genodl._errors import ShapeError
from genodl.layers.layer import Layer


class StrandMerge(Layer):
    """The larger or the mean of what the two strands give.

    Takes the output of :class:`RevCompConv1D`, where channels ``i`` and ``-1 - i`` are the two strands
    (``(..., 2 * n)`` to ``(..., n)``), or a list of two tensors of one shape, one for each strand. After global
    pooling the result is the same for a sequence and its reverse complement.

    Parameters
    ----------
    mode : {"max", "mean"}

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.StrandMerge()(np.array([[1.0, 5.0, 2.0, 3.0]])).tolist()
    [[3.0, 5.0]]
    """

    def __init__(self, mode="max", **kwargs):
        super().__init__(**kwargs)
        if mode not in ("max", "mean"):
            raise ValueError(f"StrandMerge: expected mode 'max' or 'mean', got {mode!r}.")
        self.mode = mode

    def call(self, inputs):
        first, second = inputs if isinstance(inputs, (list, tuple)) else self._halves(inputs)
        if self.mode == "max":
            return ops.maximum(first, second)
        return (first + second) * 0.5

    def _halves(self, x):
        channels = x.shape[-1]
        if channels % 2:
            raise ShapeError(f"{self.name}: expected channels in pairs of two strands, got shape {tuple(x.shape)}.")
        return x[..., : channels // 2], ops.flip(x[..., channels // 2 :], axis=-1)
