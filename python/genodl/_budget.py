"""A limit on new variables while a file is read: a file of a kilobyte must not ask for terabytes."""

from __future__ import annotations

import math
import threading

import numpy as np

from genodl._errors import FileFormatError


class _State(threading.local):
    def __init__(self):
        self.budgets = []


_state = _State()


class Budget:
    """Inside, variables made from initializers may take so many bytes in all.

    Parameters
    ----------
    limit : int
        In bytes.
    blank : bool
        Whether such variables start as zeros, because their values will be read from the file.
    """

    def __init__(self, limit, blank=False):
        self.left = limit
        self.blank = blank

    def __enter__(self):
        _state.budgets.append(self)
        return self

    def __exit__(self, *exc):
        _state.budgets.pop()

    def spend(self, shape, dtype, who):
        self.left -= math.prod(int(n) for n in shape) * np.dtype(dtype).itemsize
        if self.left < 0:
            raise FileFormatError(f"load: variable {who!r} of shape {tuple(shape)} is more than the file holds.")


def current():
    """The budget in force, or None."""
    return _state.budgets[-1] if _state.budgets else None
