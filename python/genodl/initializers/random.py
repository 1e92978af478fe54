"""Random initializers.

A seed gives the same values at every call; without one, each initializer draws its own seed when it is
made. A SeedGenerator gives new values at every call.
"""

from __future__ import annotations

import math

import numpy as np

from genodl._errors import ConfigError
from genodl._seeds import SeedGenerator, next_seed
from genodl.initializers.initializer import Initializer, engine_dtype, sizes

# Standard deviation of a normal distribution cut at two standard deviations.
_TRUNCATED = 0.87962566103423978


class RandomInitializer(Initializer):
    """The base of random initializers: keeps the seed."""

    def __init__(self, seed=None):
        if isinstance(seed, dict):
            seed = SeedGenerator.from_config(seed.get("config", seed))
        whole = isinstance(seed, (int, np.integer)) and not isinstance(seed, bool)
        if seed is not None and not whole and not isinstance(seed, SeedGenerator):
            raise ConfigError(
                f"{type(self).__name__}: expected seed to be an int, a SeedGenerator or None, got {seed!r}."
            )
        self._own_seed = seed
        self.seed = next_seed() if seed is None else seed

    def generator(self):
        """NumPy's generator for one call."""
        seed = self.seed.next() if isinstance(self.seed, SeedGenerator) else int(self.seed)
        return np.random.default_rng(seed)

    def get_config(self):
        if isinstance(self._own_seed, SeedGenerator):
            return {"seed": {"class_name": "SeedGenerator", "config": self._own_seed.get_config()}}
        return {"seed": None if self._own_seed is None else int(self._own_seed)}


def _truncated(generator, shape, stddev):
    """Normal numbers; those beyond two standard deviations are drawn again."""
    values = np.array(generator.standard_normal(shape))
    flat = values.reshape(-1)
    far = np.flatnonzero(np.abs(flat) > 2)
    while far.size:
        flat[far] = generator.standard_normal(far.size)
        far = far[np.abs(flat[far]) > 2]
    return values * stddev


class RandomNormal(RandomInitializer):
    """Normally distributed values.

    Parameters
    ----------
    mean, stddev : float
    seed : int or SeedGenerator, optional

    Examples
    --------
    >>> import genodl as gd
    >>> gd.initializers.RandomNormal(stddev=0.1, seed=1)((2, 3)).shape
    (2, 3)
    """

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        self.mean = mean
        self.stddev = stddev
        super().__init__(seed)

    def __call__(self, shape, dtype=None):
        values = self.generator().standard_normal(sizes(shape, "RandomNormal"))
        return np.asarray(values * self.stddev + self.mean).astype(engine_dtype(dtype))

    def get_config(self):
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


class TruncatedNormal(RandomInitializer):
    """Normally distributed values, none further than two ``stddev`` from the mean.

    Parameters
    ----------
    mean, stddev : float
    seed : int or SeedGenerator, optional
    """

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        self.mean = mean
        self.stddev = stddev
        super().__init__(seed)

    def __call__(self, shape, dtype=None):
        values = _truncated(self.generator(), sizes(shape, "TruncatedNormal"), self.stddev)
        return np.asarray(values + self.mean).astype(engine_dtype(dtype))

    def get_config(self):
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


def _uniform(generator, low, high, shape, dtype):
    values = np.asarray(generator.uniform(low, high, shape))
    if dtype.kind != "f":
        return np.floor(values).astype(dtype)
    values = values.astype(dtype)
    if high > low:
        # Rounding to float32 may reach the upper bound, which does not belong.
        np.minimum(values, np.nextafter(dtype.type(high), dtype.type(low)), out=values)
    return values


class RandomUniform(RandomInitializer):
    """Values spread evenly over ``[minval, maxval)``.

    Parameters
    ----------
    minval, maxval : float
    seed : int or SeedGenerator, optional
    """

    def __init__(self, minval=-0.05, maxval=0.05, seed=None):
        self.minval = minval
        self.maxval = maxval
        super().__init__(seed)

    def __call__(self, shape, dtype=None):
        shape = sizes(shape, "RandomUniform")
        return _uniform(self.generator(), self.minval, self.maxval, shape, engine_dtype(dtype))

    def get_config(self):
        return {**super().get_config(), "minval": self.minval, "maxval": self.maxval}


def compute_fans(shape, input_axes=None, output_axes=None):
    """How many inputs an output has and how many outputs an input has, for a kernel of a shape."""
    if input_axes is not None and output_axes is not None:
        return math.prod(shape[a] for a in input_axes), math.prod(shape[a] for a in output_axes)
    if len(shape) < 2:
        return (shape[0],) * 2 if shape else (1, 1)
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window


class VarianceScaling(RandomInitializer):
    """Random values whose variance depends on the size of the kernel.

    Parameters
    ----------
    scale : float
        Variance times the number of ``mode``.
    mode : {"fan_in", "fan_out", "fan_avg"}
    distribution : {"truncated_normal", "untruncated_normal", "uniform"}
    seed : int or SeedGenerator, optional
    input_axes, output_axes : tuple of int, optional
        Axes of inputs and outputs, where they are not the last two.
    """

    def __init__(
        self,
        scale=1.0,
        mode="fan_in",
        distribution="truncated_normal",
        seed=None,
        input_axes=None,
        output_axes=None,
    ):
        if scale <= 0:
            raise ConfigError(f"VarianceScaling: expected a positive scale, got {scale}.")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ConfigError(f"VarianceScaling: expected mode 'fan_in', 'fan_out' or 'fan_avg', got {mode!r}.")
        distribution = {"normal": "truncated_normal"}.get(distribution.lower(), distribution.lower())
        if distribution not in ("truncated_normal", "untruncated_normal", "uniform"):
            raise ConfigError(
                "VarianceScaling: expected distribution 'truncated_normal', 'untruncated_normal' or 'uniform', "
                f"got {distribution!r}."
            )
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.input_axes = input_axes
        self.output_axes = output_axes
        super().__init__(seed)

    def __call__(self, shape, dtype=None):
        shape, dtype = sizes(shape, type(self).__name__), engine_dtype(dtype)
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, fan)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return _uniform(self.generator(), -limit, limit, shape, dtype)
        if self.distribution == "untruncated_normal":
            values = self.generator().standard_normal(shape) * math.sqrt(variance)
        else:
            values = _truncated(self.generator(), shape, math.sqrt(variance) / _TRUNCATED)
        return np.asarray(values).astype(dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            "input_axes": self.input_axes,
            "output_axes": self.output_axes,
        }


class _NamedScaling(VarianceScaling):
    """A variance scaling under the name of who proposed it."""

    _rule = (1.0, "fan_in", "truncated_normal")

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(*self._rule, seed=seed, input_axes=input_axes, output_axes=output_axes)

    def get_config(self):
        config = super().get_config()
        return {key: config[key] for key in ("seed", "input_axes", "output_axes")}


class GlorotUniform(_NamedScaling):
    """Uniform values of variance ``2 / (fan_in + fan_out)`` (Glorot and Bengio 2010).

    Parameters
    ----------
    seed : int or SeedGenerator, optional
    input_axes, output_axes : tuple of int, optional

    Examples
    --------
    >>> import genodl as gd
    >>> gd.initializers.GlorotUniform(seed=1)((3, 4)).shape
    (3, 4)
    """

    _rule = (1.0, "fan_avg", "uniform")


class GlorotNormal(_NamedScaling):
    """Truncated normal values of variance ``2 / (fan_in + fan_out)`` (Glorot and Bengio 2010).

    Parameters
    ----------
    seed : int or SeedGenerator, optional
    input_axes, output_axes : tuple of int, optional
    """

    _rule = (1.0, "fan_avg", "truncated_normal")


class HeUniform(_NamedScaling):
    """Uniform values of variance ``2 / fan_in`` (He et al. 2015).

    Parameters
    ----------
    seed : int or SeedGenerator, optional
    input_axes, output_axes : tuple of int, optional
    """

    _rule = (2.0, "fan_in", "uniform")


class HeNormal(_NamedScaling):
    """Truncated normal values of variance ``2 / fan_in`` (He et al. 2015).

    Parameters
    ----------
    seed : int or SeedGenerator, optional
    input_axes, output_axes : tuple of int, optional
    """

    _rule = (2.0, "fan_in", "truncated_normal")


class LecunUniform(_NamedScaling):
    """Uniform values of variance ``1 / fan_in`` (LeCun et al. 1998).

    Parameters
    ----------
    seed : int or SeedGenerator, optional
    input_axes, output_axes : tuple of int, optional
    """

    _rule = (1.0, "fan_in", "uniform")


class LecunNormal(_NamedScaling):
    """Truncated normal values of variance ``1 / fan_in`` (LeCun et al. 1998).

    Parameters
    ----------
    seed : int or SeedGenerator, optional
    input_axes, output_axes : tuple of int, optional
    """

    _rule = (1.0, "fan_in", "truncated_normal")


class Orthogonal(RandomInitializer):
    """A random orthogonal matrix times ``gain`` (Saxe et al. 2013); leading axes count as rows.

    Parameters
    ----------
    gain : float
    seed : int or SeedGenerator, optional
    """

    def __init__(self, gain=1.0, seed=None):
        self.gain = gain
        super().__init__(seed)

    def __call__(self, shape, dtype=None):
        shape = sizes(shape, "Orthogonal")
        if len(shape) < 2:
            raise ConfigError(f"Orthogonal: expected a weight of at least two axes, got shape {shape}.")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        q, r = np.linalg.qr(self.generator().standard_normal((max(rows, columns), min(rows, columns))))
        # Without the signs of r the matrices would not be spread evenly.
        q = q * np.sign(np.diag(r))
        return (self.gain * (q.T if rows < columns else q)).reshape(shape).astype(engine_dtype(dtype))

    def get_config(self):
        return {**super().get_config(), "gain": self.gain}
