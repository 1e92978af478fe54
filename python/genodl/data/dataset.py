"""Arrays that are read from where they lie, batch by batch: h5py, zarr, memory maps."""

from __future__ import annotations

import numpy as np

from genodl import _seeds, _tree

_BLOCK_BATCHES = 16


class Dataset:
    """Batches of arrays that need not fit into memory.

    Rows are read in contiguous blocks. With ``shuffle``, blocks come in random order and rows are mixed
    inside each block: what a disk can do quickly.

    Parameters
    ----------
    x, y, sample_weight : sliceable or nest of them
        Anything with ``shape`` and slices; all with the same number of rows.
    batch_size : int
    shuffle : bool
    map : callable, optional
        Called with each batch ``(x, y, sample_weight)``, the absent ones left out; returns the batch to use.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> data = gd.data.Dataset(np.zeros((10, 3)), np.zeros(10), batch_size=4)
    >>> [len(y) for x, y in data]
    [4, 4, 2]
    """

    def __init__(self, x, y=None, sample_weight=None, batch_size=32, shuffle=False, map=None, rows=None):
        if not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
            raise ValueError(f"Dataset: expected a positive batch_size, got {batch_size!r}.")
        self._parts = [p for p in (x, y, sample_weight) if p is not None]
        sizes = sorted({int(a.shape[0]) for p in self._parts for a in _tree.flatten(p)})
        if len(sizes) != 1:
            raise ValueError(f"Dataset: expected arrays with the same number of rows, got {sizes}.")
        self._rows = range(sizes[0]) if rows is None else rows
        if not len(self._rows):
            raise ValueError("Dataset: expected at least one row, got none.")
        self.batch_size = int(batch_size)
        self.shuffle = shuffle
        self.map = map

    def __len__(self):
        return -(-len(self._rows) // self.batch_size)

    def split(self, fraction):
        """Two data sets: the first rows, and the last ``fraction`` of them."""
        cut = int(len(self._rows) * (1 - fraction))
        return self._part(self._rows[:cut], self.shuffle), self._part(self._rows[cut:], False)

    def _part(self, rows, shuffle):
        part = object.__new__(Dataset)
        part.__dict__.update(self.__dict__)
        part._rows, part.shuffle = rows, shuffle
        return part

    def __iter__(self):
        rng = np.random.default_rng(_seeds.next_seed()) if self.shuffle else None
        left = None
        for start, stop in self._blocks(rng):
            block = _rows(self._parts, slice(start, stop))
            if rng is not None:
                block = _rows(block, rng.permutation(stop - start))
            if left is not None:
                block = [_tree.map_structure(lambda a, b: np.concatenate([a, b]), p, q) for p, q in zip(left, block)]
            count = len(_tree.flatten(block[0])[0])
            full = count - count % self.batch_size
            for at in range(0, full, self.batch_size):
                yield self._batch(block, at, at + self.batch_size)
            left = _rows(block, slice(full, None)) if full < count else None
        if left is not None:
            yield self._batch(left, 0, None)

    def _blocks(self, rng):
        size = self.batch_size * _BLOCK_BATCHES
        starts = list(range(self._rows.start, self._rows.stop, size))
        if rng is not None:
            rng.shuffle(starts)
        return [(s, min(s + size, self._rows.stop)) for s in starts]

    def _batch(self, block, start, stop):
        parts = tuple(_rows(block, slice(start, stop)))
        if self.map is not None:
            parts = self.map(*parts)
            parts = parts if isinstance(parts, tuple) else (parts,)
        return parts if len(parts) > 1 else parts[0]


def _rows(parts, which):
    """Some rows of every array, in memory."""
    return [_tree.map_structure(lambda a: np.asarray(a[which]), p) for p in parts]
