"""Activation functions."""

from __future__ import annotations

import math

from genodl._errors import ShapeError
from genodl._operation import operation
from genodl.ops import arithmetic as a
from genodl.ops import exponential as e
from genodl.ops._common import as_float, axes_of, axis_of, emit, live, zeros_from
from genodl.ops.comparison import greater, where
from genodl.ops.shaping import reshape, split, transpose
from genodl.ops.trigonometric import tanh

__all__ = [
    "celu",
    "elu",
    "gelu",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "leaky_relu",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "silu",
    "soft_shrink",
    "softmax",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "squareplus",
    "swish",
    "tanh_shrink",
    "threshold",
]


@operation
def relu(x):
    """``max(x, 0)``.

    Examples
    --------
    >>> from genodl import ops
    >>> ops.relu([-1.0, 2.0])
    array([0., 2.], dtype=float32)
    """
    return emit("relu", x)


@operation
def relu6(x):
    """``min(max(x, 0), 6)``."""
    return a.minimum(emit("relu", x), 6)


@operation
def leaky_relu(x, negative_slope=0.2):
    """``x``, and ``negative_slope * x`` where ``x`` is negative."""
    x = as_float(x)
    return where(greater(x, 0), x, a.multiply(x, negative_slope))


@operation
def elu(x, alpha=1.0):
    """``x``, and ``alpha * (exp(x) - 1)`` where ``x`` is negative."""
    return _bent(as_float(x), lambda low: a.multiply(e.expm1(low), alpha))


@operation
def celu(x, alpha=1.0):
    """``x``, and ``alpha * (exp(x / alpha) - 1)`` where ``x`` is negative."""
    return _bent(as_float(x), lambda low: a.multiply(e.expm1(a.divide(low, alpha)), alpha))


def _bent(x, below):
    """``x`` above 0, a function of it elsewhere; that sees no large numbers, whose inf would spoil gradients."""
    positive = greater(x, 0)
    return where(positive, x, below(where(positive, 0, x)))


@operation
def selu(x):
    """A scaled :func:`elu` that keeps mean and variance of activations (Klambauer et al. 2017)."""
    return a.multiply(elu(x, alpha=1.6732632423543772), 1.0507009873554805)


@operation
def silu(x):
    """``x * sigmoid(x)``, also called swish."""
    x = as_float(x)
    return emit("multiply", x, emit("sigmoid", x))


@operation
def swish(x):
    """The same as :func:`silu`."""
    return silu(x)


@operation
def gelu(x, approximate=True):
    """``x`` times the normal distribution function of ``x``.

    Parameters
    ----------
    x : tensor
    approximate : bool
        Whether tanh stands in for the error function.
    """
    x = as_float(x)
    if approximate:
        cubic = a.multiply(a.power(x, 3), 0.044715)
        share = tanh(a.multiply(a.add(x, cubic), math.sqrt(2 / math.pi)))
    else:
        share = e.erf(a.multiply(x, math.sqrt(0.5)))
    return a.multiply(a.multiply(x, 0.5), a.add(share, 1))


@operation
def glu(x, axis=-1):
    """The first half of an axis times the sigmoid of the second half."""
    x = as_float(x)
    axis = axis_of(axis, len(x.shape), "glu")
    if x.shape[axis] % 2:
        raise ShapeError(f"glu: expected an even size on axis {axis}, got shape {tuple(x.shape)}.")
    first, second = split(x, 2, axis)
    return emit("multiply", first, emit("sigmoid", second))


@operation
def softsign(x):
    """``x / (1 + |x|)``."""
    x = as_float(x)
    return a.divide(x, a.add(emit("abs", x), 1))


@operation
def squareplus(x, b=4):
    """``(x + sqrt(x**2 + b)) / 2``."""
    x = as_float(x)
    return a.multiply(a.add(x, a.sqrt(a.add(emit("square", x), b))), 0.5)


@operation
def hard_sigmoid(x):
    """``x / 6 + 1/2`` held between 0 and 1."""
    return a.multiply(relu6(a.add(as_float(x), 3)), 1 / 6)


@operation
def hard_silu(x):
    """``x`` times :func:`hard_sigmoid`, also called hard swish."""
    x = as_float(x)
    return emit("multiply", x, hard_sigmoid(x))


@operation
def hard_tanh(x):
    """``x`` held between -1 and 1."""
    return a.clip(x, -1, 1)


@operation
def tanh_shrink(x):
    """``x - tanh(x)``."""
    x = as_float(x)
    return emit("subtract", x, emit("tanh", x))


@operation
def hard_shrink(x, threshold=0.5):
    """``x``, and 0 where ``|x|`` is at most the threshold."""
    x = as_float(x)
    return where(greater(emit("abs", x), threshold), x, 0)


@operation
def soft_shrink(x, threshold=0.5):
    """``x`` moved towards 0 by the threshold."""
    x = as_float(x)
    return a.subtract(emit("relu", a.subtract(x, threshold)), emit("relu", a.negative(a.add(x, threshold))))


@operation
def sparse_plus(x):
    """0 below -1, ``x`` above 1, ``(x + 1)**2 / 4`` between."""
    x = as_float(x)
    middle = a.multiply(emit("square", a.add(a.clip(x, -1, 1), 1)), 0.25)
    return where(greater(x, 1), x, middle)


@operation
def sparse_sigmoid(x):
    """``(x + 1) / 2`` held between 0 and 1."""
    return a.clip(a.multiply(a.add(as_float(x), 1), 0.5), 0, 1)


@operation
def mish(x):
    """``x * tanh(softplus(x))``."""
    x = as_float(x)
    return emit("multiply", x, emit("tanh", emit("softplus", x)))


@operation
def threshold(x, threshold, default_value):
    """``x`` where it is above the threshold, else ``default_value``."""
    x = live(x)
    return where(greater(x, threshold), x, default_value)


def along_axes(op, x, axis):
    """A function along one axis, or along several as if they were one."""
    x = as_float(x)
    rank = len(x.shape)
    if rank == 0:
        return zeros_from(x, 1.0 if op == "softmax" else 0.0, x.dtype)
    axes = axes_of(axis, rank, op)
    if len(axes) == 1:
        return emit(op, x, axis=axes[0])
    order = [i for i in range(rank) if i not in axes] + axes
    turned = transpose(x, order)
    kept = list(turned.shape[: rank - len(axes)])
    flat = emit(op, reshape(turned, [*kept, -1]), axis=len(kept))
    return transpose(reshape(flat, list(turned.shape)), [order.index(i) for i in range(rank)])


@operation
def softmax(x, axis=-1):
    """Exponentials divided by their sum along an axis, or along several.

    Examples
    --------
    >>> from genodl import ops
    >>> ops.softmax([0.0, 0.0])
    array([0.5, 0.5], dtype=float32)
    """
    return along_axes("softmax", x, axis)


@operation
def log_softmax(x, axis=-1):
    """The logarithm of :func:`softmax`, without overflow."""
    return along_axes("log_softmax", x, axis)
