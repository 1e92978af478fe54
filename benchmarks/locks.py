"""A lock around timings, for machines that several people use."""

from __future__ import annotations

import contextlib
import fcntl


@contextlib.contextmanager
def locked(path):
    """Holds an exclusive lock on the file, or nothing where ``path`` is None."""
    if path is None:
        yield
        return
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
