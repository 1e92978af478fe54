"""What this build is and how it runs here."""

from __future__ import annotations

from genodl import _core
from genodl._errors import ConfigError


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
        At least 1.
    """
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise ConfigError(f"set_threads: expected a whole number of at least 1, got {n!r}.")
    _core.set_threads(n)


def get_threads():
    """Number of threads in use."""
    return _core.get_threads()
