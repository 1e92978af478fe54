"""Shifting and scaling to zero mean and unit variance."""

from __future__ import annotations

import numpy as np

from genodl._operation import operation
from genodl.ops import arithmetic
from genodl.ops._common import as_float, axes_of, axis_of, emit, live, to_dtype
from genodl.ops.reduction import mean, moments
from genodl.ops.shaping import ravel, reshape


def _scaled(x, center, spread, scale, offset):
    """``(x - center) * spread * scale + offset`` in one pass over ``x``."""
    if scale is not None:
        spread = emit("multiply", spread, scale)
    shift = emit("negative", emit("multiply", center, spread))
    if offset is not None:
        shift = emit("add", shift, offset)
    return emit("multiply_add", x, spread, shift)


@operation
def batch_normalization(x, mean, variance, axis, offset=None, scale=None, epsilon=1e-3):
    """``x`` with given means and variances of an axis taken out.

    Parameters
    ----------
    x : tensor
    mean, variance : tensor (size of axis,)
    axis : int
    offset, scale : tensor (size of axis,), optional
        Added and multiplied afterwards.
    epsilon : float
        Added to the variance.
    """
    x = as_float(x)
    axis = axis_of(axis, len(x.shape), "batch_normalization")
    shape = [1] * len(x.shape)
    shape[axis] = x.shape[axis]
    mean, variance, offset, scale = (
        None if v is None else reshape(to_dtype(v, x.dtype), shape) for v in (mean, variance, offset, scale)
    )
    return _scaled(x, mean, emit("rsqrt", arithmetic.add(variance, epsilon)), scale, offset)


@operation
def layer_normalization(x, gamma=None, beta=None, axis=-1, epsilon=None):
    """``x`` with the mean and variance over axes taken out, sample by sample.

    Parameters
    ----------
    x : tensor
    gamma, beta : tensor, optional
        Multiplied and added afterwards, of the sizes of the axes.
    axis : int or tuple of int
    epsilon : float, optional
        Added to the variance, 1e-7 by default.
    """
    x = as_float(x)
    axes = axes_of(axis, len(x.shape), "layer_normalization")
    epsilon = 1e-7 if epsilon is None else epsilon
    sizes = [x.shape[a] for a in axes]
    if _trailing(axes, x) and all(v is None or tuple(v.shape) == tuple(sizes) for v in (gamma, beta)):
        gamma = np.ones(sizes, x.dtype) if gamma is None else to_dtype(gamma, x.dtype)
        beta = np.zeros(sizes, x.dtype) if beta is None else to_dtype(beta, x.dtype)
        return _by_rows("layer_norm", x, axes, epsilon, gamma, beta)
    shape = [n if a in axes else 1 for a, n in enumerate(x.shape)]
    gamma, beta = (_spread(v, shape, x.dtype) for v in (gamma, beta))
    center, variance = moments(x, tuple(axes), keepdims=True)
    return _scaled(x, center, emit("rsqrt", arithmetic.add(variance, epsilon)), gamma, beta)


def _trailing(axes, x):
    """Whether the axes are the last ones, and hold something."""
    return axes == list(range(len(x.shape) - len(axes), len(x.shape))) and 0 not in x.shape[axes[0]:]


def _by_rows(op, x, axes, epsilon, *vectors):
    """A normalisation of the last axes by one op of the engine."""
    rows = x if len(axes) == 1 else reshape(x, [*x.shape[: axes[0]], -1])
    flat = [v if len(v.shape) == 1 else reshape(v, [-1]) for v in vectors]
    y = emit(op, rows, *flat, epsilon=float(epsilon))
    return y if rows is x else reshape(y, list(x.shape))


def _spread(v, shape, dtype):
    if v is None:
        return None
    v = to_dtype(v, dtype)
    return v if len(v.shape) == len(shape) else reshape(v, shape)


@operation
def rms_normalization(x, scale=None, axis=-1, epsilon=None):
    """``x`` divided by the root of its mean square over axes.

    Parameters
    ----------
    x : tensor
    scale : tensor, optional
        Multiplied afterwards.
    axis : int or tuple of int
    epsilon : float, optional
        Added to the mean square, 1e-7 by default.
    """
    x = live(x)
    x = as_float(x if len(x.shape) else reshape(x, [1]))
    epsilon = 1e-7 if epsilon is None else epsilon
    axes = axes_of(axis, len(x.shape), "rms_normalization")
    sizes = [x.shape[a] for a in axes]
    scale = None if scale is None else to_dtype(scale, x.dtype)
    whole = scale is None or ([1] * len(scale.shape) + sizes)[-len(scale.shape):] == list(scale.shape)
    if _trailing(axes, x) and whole and (scale is None or len(scale.shape) >= len(sizes)):
        return _by_rows("rms_norm", x, axes, epsilon, np.ones(sizes, x.dtype) if scale is None else ravel(scale))
    power = mean(emit("square", x), tuple(axes), keepdims=True)
    y = emit("multiply", x, emit("rsqrt", arithmetic.add(power, epsilon)))
    return y if scale is None else emit("multiply", y, scale)
