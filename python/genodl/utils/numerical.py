"""Small conversions of arrays."""

from __future__ import annotations

import numpy as np

from genodl import ops
from genodl._errors import ConfigError
from genodl._operation import has_symbolic


def to_categorical(x, num_classes=None):
    """One-hot rows of class numbers.

    Parameters
    ----------
    x : array of int (batch, ...) or (batch, ..., 1)
        Classes from 0.
    num_classes : int, optional
        One more than the largest class by default.

    Returns
    -------
    array (batch, ..., num_classes)

    Examples
    --------
    >>> import genodl as gd
    >>> gd.utils.to_categorical([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    if has_symbolic(x):
        if num_classes is None:
            raise ConfigError("to_categorical: expected num_classes for a symbolic tensor, got none.")
        if len(x.shape) > 1 and x.shape[-1] == 1:
            x = ops.squeeze(x, -1)
        return ops.one_hot(x, num_classes)
    classes = np.asarray(x, dtype="int64")
    if classes.ndim > 1 and classes.shape[-1] == 1:
        classes = classes[..., 0]
    if not num_classes:
        if classes.size == 0:
            raise ConfigError("to_categorical: expected num_classes for an empty array, got none.")
        num_classes = int(classes.max()) + 1
    if classes.size and not (classes.min() >= 0 and classes.max() < num_classes):
        bad = classes[(classes < 0) | (classes >= num_classes)].flat[0]
        raise ConfigError(f"to_categorical: expected classes from 0 to {num_classes - 1}, got {bad}.")
    return np.eye(num_classes)[classes]


def normalize(x, axis=-1, order=2):
    """``x`` divided by its norm along ``axis``; zero vectors stay zero.

    Parameters
    ----------
    x : array
    axis : int
    order : float
        Of the norm: 2 for lengths, 1 for sums of absolute values.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.utils.normalize([[3.0, 4.0]])
    array([[0.6, 0.8]])
    """
    x = np.asarray(x)
    norms = np.linalg.norm(x, order, axis, keepdims=True)
    return x / np.where(norms == 0, 1, norms)
