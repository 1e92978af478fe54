"""Softmax as a layer."""

from __future__ import annotations

from genodl import ops
from genodl._errors import ShapeError
from genodl.layers.layer import Layer

# Far below any score, so that its exponential is 0 beside theirs.
_LEFT_OUT = -1e9


class Softmax(Layer):
    """Exponentials that add up to one.

    Parameters
    ----------
    axis : int or list of int

    Shapes
    ------
    Any; the output has the shape of the input. ``mask`` broadcasts to it; masked places give 0.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Softmax()(np.array([1.0, 1.0]))
    array([0.5, 0.5], dtype=float32)
    """

    supports_masking = True

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs, mask=None):
        if mask is not None:
            mask = self._checked(mask, inputs)
            inputs = ops.where(mask, inputs, _LEFT_OUT)
        if isinstance(self.axis, (list, tuple)) and len(self.axis) > 1:
            outputs = ops.exp(inputs - ops.logsumexp(inputs, axis=list(self.axis), keepdims=True))
        else:
            outputs = ops.softmax(inputs, axis=self.axis if isinstance(self.axis, int) else self.axis[0])
        # Where all of an axis is masked, softmax alone would be uniform.
        return outputs if mask is None else ops.where(mask, outputs, 0.0)

    def _checked(self, mask, inputs):
        shape, wanted = tuple(mask.shape), tuple(inputs.shape)
        fits = len(shape) <= len(wanted)
        if not fits or any(m not in (1, n) for m, n in zip(shape[::-1], wanted[::-1], strict=False)):
            raise ShapeError(f"{self.name}: expected a mask that broadcasts to {wanted}, got shape {shape}.")
        return mask if mask.dtype == "bool" else ops.greater(mask, 0.5)
