"""What this build is and how it runs here."""

from __future__ import annotations

from genodl import _core
from genodl._errors import ConfigError

_MOST_THREADS = 1024  # each has scratch memory in every plan


def show_config():
    """Prints version, compiler, instruction sets, threads and libraries; returns them as a dict.

    Examples
    --------
    >>> import genodl as gd
    >>> config = gd.show_config()  # doctest: +ELLIPSIS
    genodl ...
    """
    config = _core.config()
    print(f"genodl {config['version']} ({config['compiler']})")
    print(f"  instruction set  {config['isa']} (available: {', '.join(config['isas_available'])})")
    print(f"  threads          {config['threads']}")
    print(f"  oneTBB           {config['tbb']}")
    print(f"  Eigen            {config['eigen']}")
    return config


def set_threads(n):
    """Number of threads from now on; results do not depend on it.

    Parameters
    ----------
    n : int
        From 1 to 1024.
    """
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= _MOST_THREADS:
        raise ConfigError(f"set_threads: expected a whole number from 1 to {_MOST_THREADS}, got {n!r}.")
    _core.set_threads(n)


def get_threads():
    """Number of threads in use."""
    return _core.get_threads()


def set_precise(on):
    """Whether convolutions keep to plain sums of products.

    By default, wide convolutions use Winograd's algorithm where it is faster. Its rounding errors are as
    large as those of plain sums, one or two millionths of the largest output; those of weight gradients
    are two to four times larger, about one millionth.

    Parameters
    ----------
    on : bool
        True for plain sums. Models that are already compiled keep what was set when they were.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.set_precise(True)
    >>> gd.set_precise(False)
    """
    if not isinstance(on, bool):
        raise ConfigError(f"set_precise: expected True or False, got {on!r}.")
    _core.set_precise(on)
