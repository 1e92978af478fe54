"""Activation functions for layers, by name or by hand.

Sigmoid and softmax leave behind what they were applied to (``_logits``): losses are exact from it.
"""

from __future__ import annotations

import inspect

from genodl import ops
from genodl._lookup import Catalogue
from genodl._operation import operation
from genodl._tensor import KerasTensor


@operation
def linear(x):
    """``x`` itself."""
    return x


@operation
def relu(x, negative_slope=0.0, max_value=None, threshold=0.0):
    """Rectified linear unit: ``max(x, 0)``.

    Parameters
    ----------
    x : tensor
    negative_slope : float
        Slope below the threshold.
    max_value : float, optional
        Largest value answered.
    threshold : float
        Values up to it count as negative.

    Examples
    --------
    >>> from genodl import activations
    >>> activations.relu([-10.0, 0.0, 5.0], negative_slope=0.5)
    array([-5.,  0.,  5.], dtype=float32)
    """
    if threshold == 0 and negative_slope != 0 and max_value is None:
        return ops.leaky_relu(x, negative_slope)
    y = ops.relu(x) if threshold == 0 else ops.where(ops.greater(x, threshold), x, 0)
    if max_value is not None:
        y = ops.clip(y, 0, max_value)
    if negative_slope == 0:
        return y
    below = ops.relu(ops.subtract(threshold, x))
    return ops.subtract(y, ops.multiply(below, negative_slope))


@operation
def leaky_relu(x, negative_slope=0.2):
    """``x``, and ``negative_slope * x`` where ``x`` is negative."""
    return ops.leaky_relu(x, negative_slope)


@operation
def relu6(x):
    """``min(max(x, 0), 6)``."""
    return ops.relu6(x)


def _with_logits(name, y, x):
    if isinstance(y, KerasTensor):
        y._logits = (name, x)
    return y


@operation
def sigmoid(x):
    """``1 / (1 + exp(-x))``.

    Examples
    --------
    >>> from genodl import activations
    >>> activations.sigmoid([0.0])
    array([0.5], dtype=float32)
    """
    return _with_logits("sigmoid", ops.sigmoid(x), x)


@operation
def softmax(x, axis=-1):
    """Exponentials divided by their sum along ``axis`` (an int or several).

    Examples
    --------
    >>> from genodl import activations
    >>> activations.softmax([0.0, 0.0])
    array([0.5, 0.5], dtype=float32)
    """
    y = ops.softmax(x, axis)
    return _with_logits("softmax", y, x) if axis in (-1, len(y.shape) - 1) else y


@operation
def log_softmax(x, axis=-1):
    """The logarithm of :func:`softmax`, without overflow."""
    return ops.log_softmax(x, axis)


@operation
def log_sigmoid(x):
    """The logarithm of :func:`sigmoid`, without overflow."""
    return ops.log_sigmoid(x)


@operation
def softplus(x):
    """``log(1 + exp(x))`` without overflow."""
    return ops.softplus(x)


@operation
def softsign(x):
    """``x / (1 + |x|)``."""
    return ops.softsign(x)


@operation
def squareplus(x, b=4):
    """``(x + sqrt(x**2 + b)) / 2``."""
    return ops.squareplus(x, b)


@operation
def tanh(x):
    """The hyperbolic tangent."""
    return ops.tanh(x)


@operation
def tanh_shrink(x):
    """``x - tanh(x)``."""
    return ops.tanh_shrink(x)


@operation
def hard_tanh(x):
    """``x`` held between -1 and 1."""
    return ops.hard_tanh(x)


@operation
def hard_sigmoid(x):
    """``x / 6 + 1/2`` held between 0 and 1."""
    return ops.hard_sigmoid(x)


@operation
def hard_silu(x):
    """``x`` times :func:`hard_sigmoid`, also called hard swish."""
    return ops.hard_silu(x)


@operation
def hard_shrink(x, threshold=0.5):
    """``x``, and 0 where ``|x|`` is at most the threshold."""
    return ops.hard_shrink(x, threshold)


@operation
def soft_shrink(x, threshold=0.5):
    """``x`` moved towards 0 by the threshold."""
    return ops.soft_shrink(x, threshold)


@operation
def sparse_plus(x):
    """0 below -1, ``x`` above 1, ``(x + 1)**2 / 4`` between."""
    return ops.sparse_plus(x)


@operation
def sparse_sigmoid(x):
    """``(x + 1) / 2`` held between 0 and 1."""
    return ops.sparse_sigmoid(x)


@operation
def threshold(x, threshold, default_value):
    """``x`` where it is above the threshold, else ``default_value``."""
    return ops.threshold(x, threshold, default_value)


@operation
def elu(x, alpha=1.0):
    """``x``, and ``alpha * (exp(x) - 1)`` where ``x`` is negative."""
    return ops.elu(x, alpha)


@operation
def celu(x, alpha=1.0):
    """``x``, and ``alpha * (exp(x / alpha) - 1)`` where ``x`` is negative."""
    return ops.celu(x, alpha)


@operation
def selu(x):
    """A scaled :func:`elu` that keeps mean and variance of activations (Klambauer et al. 2017)."""
    return ops.selu(x)


@operation
def silu(x):
    """``x * sigmoid(x)``, also called swish."""
    return ops.silu(x)


@operation
def gelu(x, approximate=False):
    """``x`` times the normal distribution function of ``x``; with tanh for it if ``approximate``."""
    return ops.gelu(x, approximate)


@operation
def gelu_fast(x):
    """``x * sigmoid(1.702 * x)``, a cheap :func:`gelu` (Enformer and Basenji2 use it)."""
    return ops.multiply(x, ops.sigmoid(ops.multiply(x, 1.702)))


@operation
def glu(x, axis=-1):
    """The first half of an axis times the sigmoid of the second half."""
    return ops.glu(x, axis)


@operation
def mish(x):
    """``x * tanh(softplus(x))``."""
    return ops.mish(x)


@operation
def exponential(x):
    """e to the power of ``x``."""
    return ops.exp(x)


swish = silu
hard_swish = hard_silu

_CATALOGUE = Catalogue(
    "activation",
    [f for f in list(globals().values()) if getattr(f, "is_operation", False)],
    {"swish": silu, "hard_swish": hard_silu},
)


def get(identifier):
    """An activation from its name, config or a callable; None means :func:`linear`.

    Examples
    --------
    >>> from genodl import activations
    >>> activations.get("relu") is activations.relu
    True
    """
    if identifier is None:
        return linear
    return identifier if inspect.isclass(identifier) else _CATALOGUE.get(identifier)


def serialize(activation):
    """The name of an activation, or the config of one that is an object or registered by its user."""
    return _CATALOGUE.serialize(activation)


def deserialize(config, custom_objects=None):
    """The activation of what :func:`serialize` answered."""
    return _CATALOGUE.deserialize(config, custom_objects)
