"""Products of samples."""

from __future__ import annotations

from genodl import ops
from genodl._errors import ShapeError
from genodl.layers._arguments import axes_in_range
from genodl.layers._merge import Merge

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Dot(Merge):
    """Multiplies two samples and sums over one axis of each.

    Parameters
    ----------
    axes : int or (int, int)
        The axis of the first and of the second input; not the batch.
    normalize : bool
        Whether both are divided by their norms along these axes first: cosine similarities.

    Shapes
    ------
    Two tensors; the output has the batch, the other axes of the first, the other axes of the second. Two
    matrices give (batch, 1).

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Dot(axes=1)([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[11.]], dtype=float32)
    """

    def __init__(self, axes, normalize=False, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(axes, (int, list, tuple)):
            raise TypeError(f"Dot: expected axes to be an int or two ints, got {axes!r}.")
        if not isinstance(axes, int) and (len(axes) != 2 or any(not isinstance(a, int) for a in axes)):
            raise ValueError(f"Dot: expected axes to be an int or two ints, got {axes!r}.")
        self.axes = axes
        self.normalize = normalize

    def build(self, input_shape):
        shapes = self._pair(input_shape)
        a, b = self._axes(*shapes)
        sizes = shapes[0][a], shapes[1][b]
        if None not in sizes and sizes[0] != sizes[1]:
            raise ShapeError(
                f"{self.name}: expected the same size on axes {a} and {b}, got shapes {shapes[0]} and {shapes[1]}."
            )

    def call(self, inputs):
        x, y = self._list(inputs)
        a, b = self._axes(x.shape, y.shape)
        if self.normalize:
            x, y = ops.normalize(x, axis=a, order=2), ops.normalize(y, axis=b, order=2)
        first = "z" + _LETTERS[: len(x.shape) - 1]
        rest = _LETTERS[len(first) - 1 :]
        second = "z" + "".join(first[a] if i == b else rest[i] for i in range(1, len(y.shape)))
        output = first.replace(first[a], "") + second[1:].replace(first[a], "")
        product = ops.einsum(f"{first},{second}->{output}", x, y)
        return ops.expand_dims(product, -1) if len(output) == 1 else product

    def compute_output_shape(self, input_shape):
        x, y = self._pair(input_shape)
        a, b = self._axes(x, y)
        shape = (*x[:a], *x[a + 1 :], *y[1:b], *y[b + 1 :])
        return shape if len(shape) > 1 else (*shape, 1)

    def compute_mask(self, inputs, previous_mask=None):
        return None

    def _pair(self, shapes):
        shapes = self._shapes(shapes)
        if len(shapes) != 2:
            raise ValueError(f"{self.name}: expected two tensors, got {len(shapes)}.")
        return shapes

    def _axes(self, x, y):
        a, b = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        (a,), (b,) = axes_in_range(self, a, len(x)), axes_in_range(self, b, len(y))
        if a == 0 or b == 0:
            raise ShapeError(f"{self.name}: expected axes other than the batch, got axes={self.axes}.")
        return a, b


def dot(inputs, axes=-1, **kwargs):
    """``Dot(axes=axes, **kwargs)(inputs)``."""
    return Dot(axes=axes, **kwargs)(inputs)
