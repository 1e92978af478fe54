"""Features of mean 0 and variance 1, by statistics of the data."""

from __future__ import annotations

import itertools
import math

import numpy as np

from genodl import ops
from genodl._errors import ShapeError
from genodl.layers.layer import Layer

# Standard deviations below this count as this.
_SMALLEST = 1e-7


class Normalization(Layer):
    """Subtracts a mean and divides by a standard deviation, given or found in data by :meth:`adapt`.

    Parameters
    ----------
    axis : int, tuple of int or None
        Axes with a mean of their own for each place; None for one mean of all.
    mean, variance : float or array, optional
        Given together; without them the layer must see data in ``adapt``.
    invert : bool
        Whether the layer undoes the normalization.

    Shapes
    ------
    Any; the output has the shape of the input.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> layer = gd.layers.Normalization()
    >>> layer.adapt(np.array([[1.0], [3.0]]))
    >>> layer(np.array([[3.0]]))
    array([[1.]], dtype=float32)
    """

    supports_masking = True

    def __init__(self, axis=-1, mean=None, variance=None, invert=False, **kwargs):
        super().__init__(**kwargs)
        axis = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        if (mean is None) != (variance is None):
            raise ValueError(
                f"Normalization: expected mean and variance, or neither, got mean={mean} and variance={variance}."
            )
        if np.shape(mean) != np.shape(variance):
            raise ValueError(
                "Normalization: expected mean and variance of one shape, got "
                f"{np.shape(mean)} and {np.shape(variance)}."
            )
        if np.ndim(mean) > len(axis):
            raise ValueError(
                f"Normalization: expected a mean with at most one axis for each of axis={axis}, got shape "
                f"{np.shape(mean)}."
            )
        self.axis = axis
        self.input_mean = mean
        self.input_variance = variance
        self.invert = invert
        self._given = None  # mean and variance, in the shape that broadcasts

    def build(self, input_shape):
        rank = len(input_shape)
        if any(not -rank <= axis < rank for axis in self.axis):
            raise ShapeError(f"{self.name}: expected axes from {-rank} to {rank - 1}, got axis={self.axis}.")
        self._shape = tuple(input_shape)
        self._kept = sorted(axis % rank for axis in self.axis)
        if any(input_shape[axis] is None for axis in self._kept):
            raise ShapeError(f"{self.name}: expected known sizes on axis={self.axis}, got shape {tuple(input_shape)}.")
        self._broadcast = tuple(n if axis in self._kept else 1 for axis, n in enumerate(input_shape))
        if self.input_mean is not None:
            self._given = tuple(self._spread(given) for given in (self.input_mean, self.input_variance))
            return
        shape = tuple(input_shape[axis] for axis in self._kept)
        self.adapt_mean = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="mean")
        self.adapt_variance = self.add_weight(shape=shape, initializer="ones", trainable=False, name="variance")
        # Keras's layer has this weight, and weights are matched by position.
        self.count = self.add_weight(shape=(), dtype="int32", initializer="zeros", trainable=False, name="count")

    @property
    def mean(self):
        """The mean as an array that broadcasts to the inputs; None before ``build``."""
        return self._statistics()[0] if self.built else None

    @property
    def variance(self):
        return self._statistics()[1] if self.built else None

    def adapt(self, data):
        """Finds mean and variance.

        Parameters
        ----------
        data : array (samples, ...), or iterable of such arrays or of tuples that begin with one
        """
        batches = iter([data]) if hasattr(data, "shape") else (_features(batch) for batch in data)
        first = next(batches, None)
        if first is None:
            raise ValueError(f"{self.name}: expected data to adapt to, got an empty iterable.")
        if not hasattr(first, "shape"):
            raise TypeError(f"{self.name}: expected arrays to adapt to, got {type(first).__name__}.")
        if self.input_mean is not None:
            raise ValueError(f"{self.name}: expected a layer without a given mean, got one. There is nothing to adapt.")
        if not self.built:
            self.build((None, *first.shape[1:]) if 0 not in self.axis else tuple(first.shape))
        count, mean, squares = 0, 0.0, 0.0
        for batch in itertools.chain([first], batches):
            part = self._count(np.asarray(batch))
            # Chan, Golub and LeVeque (1979): sums of squares about the mean, joined part by part.
            n = count + part[0]
            step = part[1] - mean
            mean = mean + step * (part[0] / n)
            squares = squares + part[2] + step**2 * (count * part[0] / n)
            count = n
        self.adapt_mean.assign(mean)
        self.adapt_variance.assign(squares / count)

    def call(self, inputs):
        inputs = ops.cast(inputs, self.dtype)
        if self._given is not None:
            mean, variance = self._given
        else:
            mean = ops.reshape(self.adapt_mean, self._broadcast)
            variance = ops.reshape(self.adapt_variance, self._broadcast)
        deviation = ops.maximum(ops.sqrt(variance), _SMALLEST)
        return inputs * deviation + mean if self.invert else (inputs - mean) / deviation

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        config = super().get_config()
        for name, value in {"mean": self.input_mean, "variance": self.input_variance}.items():
            config[name] = None if value is None else np.asarray(value).tolist()
        return config

    def _statistics(self):
        if self._given is not None:
            return self._given
        return tuple(v.numpy().reshape(self._broadcast) for v in (self.adapt_mean, self.adapt_variance))

    def _spread(self, given):
        """A given mean or variance, its axes matched with the last of the kept ones."""
        given = np.asarray(given, self.dtype)
        shape = [1] * len(self._broadcast)
        for axis, n in zip(self._kept[::-1], given.shape[::-1], strict=False):
            shape[axis] = n
        return np.array(np.broadcast_to(given.reshape(shape), self._broadcast))

    def _count(self, batch):
        """Number of values, their mean and the sum of squares about it, in float64."""
        shape = batch.shape
        if len(shape) != len(self._shape) or any(shape[axis] != self._shape[axis] for axis in self._kept):
            raise ShapeError(f"{self.name}: expected data of shape {self._shape}, got {shape}.")
        reduced = tuple(axis for axis in range(len(shape)) if axis not in self._kept)
        n = math.prod(shape[axis] for axis in reduced)
        if n == 0:
            raise ShapeError(f"{self.name}: expected at least one sample to adapt to, got shape {shape}.")
        mean = batch.mean(axis=reduced, dtype=np.float64)
        return n, mean, batch.var(axis=reduced, dtype=np.float64) * n


def _features(batch):
    return batch[0] if isinstance(batch, (tuple, list)) else batch
