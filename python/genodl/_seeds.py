"""Where random numbers begin: one source of seeds for weights, shuffling, dropout and ``gd.random``."""

from __future__ import annotations

import threading

import numpy as np

from genodl._errors import ConfigError

_lock = threading.Lock()
_source = np.random.default_rng()
_LIMIT = 2**31 - 1


def set_seed(n):
    """Starts all random numbers of genodl again.

    Parameters
    ----------
    n : int
        From 0 on. The same number gives the same weights, shuffles, masks and samples.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.set_seed(7)
    >>> a = gd.random.normal((2,))
    >>> gd.set_seed(7)
    >>> bool((a == gd.random.normal((2,))).all())
    True
    """
    global _source
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 0:
        raise ConfigError(f"set_seed: expected an integer from 0 on, got {n!r}.")
    with _lock:
        _source = np.random.default_rng(int(n))


def set_random_seed(seed):
    """:func:`set_seed`, and the same for Python's ``random`` and for NumPy's global generator."""
    import random

    set_seed(seed)
    random.seed(int(seed))
    np.random.seed(int(seed) % 2**32)  # noqa: NPY002


def next_seed():
    """The next seed of the common source."""
    with _lock:
        return int(_source.integers(_LIMIT))


class SeedGenerator:
    """Seeds one after another, so that each use draws new numbers.

    Parameters
    ----------
    seed : int, optional
        The same seed gives the same sequence; by default it is drawn from the common source.
    name : str, optional
    """

    def __init__(self, seed=None, name=None, **unused):
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0):
            raise ConfigError(f"SeedGenerator: expected an integer seed from 0 on or None, got {seed!r}.")
        self.name = name or "seed_generator"
        self._config_seed = None if seed is None else int(seed)
        self.seed = next_seed() if seed is None else int(seed)
        self._source = np.random.default_rng(self.seed)
        self._lock = threading.Lock()

    def next(self):
        """The next seed."""
        with self._lock:
            return int(self._source.integers(_LIMIT))

    def at(self, use):
        """The seed of a numbered use, whatever was drawn before."""
        return int(np.random.default_rng([self.seed, use]).integers(_LIMIT))

    def get_config(self):
        return {"seed": self._config_seed}

    @classmethod
    def from_config(cls, config):
        return cls(**config)
