"""Checks of targets as NumPy arrays, before training: numbers that a loss has no meaning for."""

from __future__ import annotations

import numpy as np

from genodl._errors import ConfigError, NotFiniteError


def expects(low=-np.inf, high=np.inf):
    """Marks a loss function with the range of its targets."""

    def mark(function):
        function.target_range = (low, high)
        return function

    return mark


def check_numbers(y_true, who, ignore_nan, low=-np.inf, high=np.inf, whole=False, also=None):
    """Fails with the first target that is not a number from ``low`` to ``high``.

    Parameters
    ----------
    y_true : array
    who : str
        Loss and output, for the message.
    ignore_nan : bool
        Whether NaN is welcome.
    low, high : float
    whole : bool
        Whether fractions are wrong.
    also : int, optional
        One number outside the range that is right.
    """
    rows = max(1, (1 << 20) // max(1, int(np.prod(y_true.shape[1:]))))
    for start in range(0, len(y_true) if y_true.ndim else 0, rows):
        part = np.asarray(y_true[start : start + rows])
        if part.dtype.kind == "f":
            missing = np.isnan(part)
            if missing.any() and not ignore_nan:
                raise NotFiniteError(
                    f"{who}: expected finite targets, got nan at index {_first(missing, start)}. "
                    "Make the loss with ignore_nan=True to leave missing targets out."
                )
        else:
            missing = np.zeros(part.shape, bool)
        with np.errstate(invalid="ignore"):
            # Shares that were divided by their float32 sum may exceed 1 by a rounding.
            wrong = ~((part >= low) & (part <= high + 1e-5) & np.isfinite(part)) & ~missing
            if whole:
                wrong |= (part != np.floor(part)) & ~missing
        if also is not None:
            wrong &= part != also
        if wrong.any():
            where = _first(wrong, start)
            raise ConfigError(
                f"{who}: expected targets {_range(low, high, whole)}, "
                f"got {part[tuple(np.argwhere(wrong)[0])]} at index {where}."
            )


def _range(low, high, whole):
    numbers = "that are whole numbers" if whole else "that are finite"
    if low == -np.inf:
        return numbers if high == np.inf else f"up to {high}"
    return f"of {low} or more" if high == np.inf else f"from {low} to {high}"


def _first(wrong, start):
    index = np.argwhere(wrong)[0]
    return tuple(int(i) for i in (index[0] + start, *index[1:]))
