"""Random tensors: arrays outside of models, fresh numbers in every step inside.

``seed`` may be an int (the same numbers at every call), a :class:`SeedGenerator` or None (new numbers at
every call).
"""

from __future__ import annotations

import math

import numpy as np

from genodl import _trace
from genodl._dtypes import is_float, standardize
from genodl._errors import ConfigError, NotSupportedError
from genodl._operation import operation
from genodl._seeds import SeedGenerator, next_seed
from genodl.ops import arithmetic, comparison, exponential, indexing, reduction, shaping, sorting
from genodl.ops._common import as_float, emit, ints, is_number, is_symbolic, live, to_dtype

__all__ = [
    "SeedGenerator",
    "categorical",
    "dropout",
    "normal",
    "randint",
    "shuffle",
    "truncated_normal",
    "uniform",
]


class _Draw:
    """What a seed means: one array for all steps, or new numbers in each step of a trace."""

    def __init__(self, seed, who):
        fixed = isinstance(seed, (int, np.integer)) and not isinstance(seed, bool)
        if not fixed and seed is not None and not hasattr(seed, "next"):
            raise ConfigError(f"{who}: expected seed to be an int, a SeedGenerator or None, got {seed!r}.")
        trace = _trace.current()
        self.in_graph = trace is not None and not fixed
        if fixed:
            self.seed = int(seed)
        elif seed is None:
            self.seed = next_seed()
        else:
            self.seed = trace.draw(seed) if self.in_graph and hasattr(seed, "at") else seed.next()

    def generator(self):
        return np.random.default_rng(self.seed)

    def even(self, shape, dtype):
        """Numbers spread evenly over [0, 1)."""
        if self.in_graph:
            return to_dtype(self.node("random_uniform", shape), dtype)
        return self.generator().random(shape, dtype)

    def node(self, op, shape):
        return emit(op, shape=list(shape), seed=self.seed)


def _float_dtype(dtype, who):
    dtype = standardize(dtype)
    if dtype not in ("float32", "float64"):
        raise ConfigError(f"{who}: expected the dtype float32 or float64, got {dtype}.")
    return dtype


def _shape(shape, who):
    return tuple(ints(shape, who, "the shape"))


@operation
def uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
    """Numbers spread evenly over ``[minval, maxval)``.

    Parameters
    ----------
    shape : tuple of int
    minval, maxval : float
    dtype : str, optional
        float32 by default; an integer dtype gives integers.
    seed : int or SeedGenerator, optional

    Examples
    --------
    >>> import genodl as gd
    >>> gd.random.uniform((2, 3)).shape
    (2, 3)
    """
    if dtype is not None and not is_float(dtype):
        return randint(shape, minval, maxval, dtype, seed)
    dtype = _float_dtype(dtype, "uniform")
    y = _Draw(seed, "uniform").even(_shape(shape, "uniform"), dtype)
    if is_number(minval) and is_number(maxval) and (minval, maxval) == (0, 1):
        return y
    width = arithmetic.subtract(maxval, minval)
    return arithmetic.add(arithmetic.multiply(y, to_dtype(width, dtype)), to_dtype(minval, dtype))


@operation
def normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Normally distributed numbers.

    Parameters
    ----------
    shape : tuple of int
    mean, stddev : float
    dtype : str, optional
        float32 by default.
    seed : int or SeedGenerator, optional
    """
    dtype, draw = _float_dtype(dtype, "normal"), _Draw(seed, "normal")
    shape = _shape(shape, "normal")
    if draw.in_graph:
        y = to_dtype(draw.node("random_normal", shape), dtype)
    else:
        y = draw.generator().standard_normal(shape, dtype)
    return _scaled(y, mean, stddev)


@operation
def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Normally distributed numbers, none further than two ``stddev`` from the mean.

    Parameters
    ----------
    shape, mean, stddev, dtype, seed
        As in :func:`normal`.
    """
    dtype = _float_dtype(dtype, "truncated_normal")
    even = _Draw(seed, "truncated_normal").even(_shape(shape, "truncated_normal"), dtype)
    reach = math.erf(math.sqrt(2.0))
    centred = arithmetic.multiply(arithmetic.subtract(arithmetic.multiply(even, 2), 1), reach)
    y = arithmetic.clip(arithmetic.multiply(exponential.erfinv(centred), math.sqrt(2.0)), -2, 2)
    return _scaled(y, mean, stddev)


def _scaled(y, mean, stddev):
    return arithmetic.add(arithmetic.multiply(y, to_dtype(stddev, y.dtype)), to_dtype(mean, y.dtype))


@operation
def randint(shape, minval, maxval, dtype="int32", seed=None):
    """Integers of ``[minval, maxval)``, each as likely.

    Parameters
    ----------
    shape : tuple of int
    minval, maxval : int
    dtype : str
    seed : int or SeedGenerator, optional
    """
    low, high, draw = int(minval), int(maxval), _Draw(seed, "randint")
    if high <= low:
        raise ConfigError(f"randint: expected maxval above minval, got {maxval} and {minval}.")
    if not draw.in_graph:
        return to_dtype(draw.generator().integers(low, high, _shape(shape, "randint")), dtype)
    if high - low > 2**24:
        raise NotSupportedError(
            f"randint: a model draws from at most 2**24 integers, got {high - low}. Draw them outside of it."
        )
    even = draw.node("random_uniform", _shape(shape, "randint"))
    steps = arithmetic.minimum(emit("floor", arithmetic.multiply(even, float(high - low))), float(high - low - 1))
    return to_dtype(arithmetic.add(to_dtype(steps, "int32"), low), dtype)


@operation
def categorical(logits, num_samples, dtype="int32", seed=None):
    """Classes drawn with the probabilities ``softmax(logits)``.

    Parameters
    ----------
    logits : tensor (batch, classes)
    num_samples : int
    dtype : str
    seed : int or SeedGenerator, optional

    Returns
    -------
    tensor (batch, num_samples)
    """
    logits = as_float(logits)
    batch, classes = logits.shape
    # The largest of logits with Gumbel noise falls on a class with its softmax probability.
    even = uniform((batch, num_samples, classes), dtype=logits.dtype, seed=seed)
    tiny = float(np.finfo("float32").tiny)
    noise = emit("negative", emit("log", emit("negative", emit("log", arithmetic.maximum(even, tiny)))))
    noisy = emit("add", shaping.reshape(logits, (batch, 1, classes)), noise)
    return to_dtype(reduction.argmax(noisy, axis=-1), dtype)


@operation
def dropout(inputs, rate, noise_shape=None, seed=None):
    """``inputs`` with a share of the values set to 0 and the others scaled up to keep the mean.

    Parameters
    ----------
    inputs : tensor
    rate : float
        From 0 to 1.
    noise_shape : tuple of int, optional
        Shape of the mask; along its axes of size 1 values are dropped together.
    seed : int or SeedGenerator, optional
    """
    x = as_float(inputs)
    if not 0 <= rate <= 1:
        raise ConfigError(f"dropout: expected a rate from 0 to 1, got {rate}.")
    if rate == 0:
        return x
    if rate == 1:
        return arithmetic.multiply(x, 0.0)
    shape = list(x.shape) if noise_shape is None else [
        n if wanted is None else wanted for wanted, n in zip(noise_shape, x.shape, strict=True)
    ]
    kept = comparison.greater_equal(uniform(shape, dtype=x.dtype, seed=seed), rate)
    return emit("multiply", x, comparison.where(kept, 1.0 / (1.0 - rate), np.zeros((), x.dtype)))


@operation
def shuffle(x, axis=0, seed=None):
    """``x`` with the positions of an axis in random order."""
    x, draw = live(x), _Draw(seed, "shuffle")
    axis = axis % len(x.shape)
    if draw.in_graph:
        order = sorting.argsort(draw.node("random_uniform", (x.shape[axis],)))
        return indexing.take(x, order, axis)
    order = draw.generator().permutation(x.shape[axis]).astype("int32")
    return emit("gather", x, order, axis=axis) if is_symbolic(x) else np.take(x, order, axis)
