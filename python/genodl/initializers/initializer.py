"""The base of initializers."""

from __future__ import annotations

import numpy as np

from genodl._dtypes import standardize
from genodl._errors import ConfigError


class Initializer:
    """Makes the first values of a weight.

    A subclass has ``__call__(shape, dtype=None)`` and, where it has arguments, ``get_config()``.

    Examples
    --------
    >>> import genodl as gd
    >>> class Halves(gd.initializers.Initializer):
    ...     def __call__(self, shape, dtype=None):
    ...         return gd.ops.full(shape, 0.5, dtype=dtype)
    >>> Halves()((2,))
    array([0.5, 0.5], dtype=float32)
    """

    def __call__(self, shape, dtype=None):
        raise NotImplementedError(f"{type(self).__name__}: expected a method __call__(shape, dtype), got none.")

    def get_config(self):
        """Constructor arguments that make an equal initializer."""
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def clone(self):
        return type(self).from_config(self.get_config())


def engine_dtype(dtype):
    """The dtype of the values, float32 where none is asked for."""
    return np.dtype(standardize(dtype))


def sizes(shape, who):
    """A shape as a tuple of known sizes."""
    if isinstance(shape, (int, np.integer)):
        shape = (shape,)
    if any(d is None for d in shape):
        raise ConfigError(f"{who}: expected known sizes, got shape {tuple(shape)}.")
    return tuple(int(d) for d in shape)
