"""Parts of a data set."""

from __future__ import annotations

import numpy as np

from genodl import _seeds, _tree


def split_dataset(dataset, left_size=None, right_size=None, shuffle=False, seed=None):
    """Divides arrays (or a nest of them) into two parts by rows.

    Parameters
    ----------
    dataset : array or nest of arrays
    left_size, right_size : int or float, optional
        A number of rows or a share.
    shuffle : bool
    seed : int, optional

    Returns
    -------
    tuple
        The left and the right part, in the nest of ``dataset``.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> left, right = gd.utils.split_dataset(np.arange(10), left_size=0.8)
    >>> len(left), len(right)
    (8, 2)
    """
    arrays = [np.asarray(a) for a in _tree.flatten(dataset)]
    rows = {len(a) for a in arrays}
    if len(rows) != 1:
        raise ValueError(f"split_dataset: expected arrays with the same number of rows, got {sorted(rows)}.")
    n = rows.pop()
    left, right = _count("left_size", left_size, n), _count("right_size", right_size, n)
    if left is None and right is None:
        raise ValueError("split_dataset: expected left_size or right_size, got neither.")
    left = n - right if left is None else left
    right = n - left if right is None else right
    if left + right > n or min(left, right) < 0:
        raise ValueError(f"split_dataset: expected parts of {n} rows at most, got {left} and {right}.")
    order = np.arange(n)
    if shuffle:
        order = np.random.default_rng(_seeds.next_seed() if seed is None else seed).permutation(n)
    parts = order[:left], order[n - right :]
    return tuple(_tree.pack_like(dataset, [a[part] for a in arrays]) for part in parts)


def _count(name, size, n):
    if size is None:
        return None
    if isinstance(size, float):
        if not 0 < size < 1:
            raise ValueError(f"split_dataset: expected {name} between 0 and 1, got {size}.")
        return round(size * n)
    return int(size)
