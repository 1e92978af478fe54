"""Reading ahead: the next batches are made while the current one is computed."""

from __future__ import annotations

import queue
import threading

_END = object()


class _Failure:
    def __init__(self, error):
        self.error = error


def prefetch(iterable, depth=2):
    """Yields what ``iterable`` yields, made by a thread of its own up to ``depth`` items ahead.

    Parameters
    ----------
    iterable : iterable
        An error in it is raised here, in its turn.
    depth : int
        Items kept ready; they are in memory.

    Examples
    --------
    >>> import genodl as gd
    >>> list(gd.data.prefetch(range(3)))
    [0, 1, 2]
    """
    if depth < 1:
        raise ValueError(f"prefetch: expected a depth of at least 1, got {depth}.")
    return _Ahead(iterable, depth)


class _Ahead:
    """Iterator over a bounded queue; ends its thread when it is closed or forgotten."""

    def __init__(self, iterable, depth):
        self._ready = queue.Queue(depth)
        self._closed = threading.Event()
        self._ended = False
        self._thread = threading.Thread(
            target=_fill, args=(iter(iterable), self._ready, self._closed), name="genodl-prefetch", daemon=True
        )
        self._thread.start()

    def __iter__(self):
        return self

    def __next__(self):
        if self._ended:
            raise StopIteration
        item = self._ready.get()
        if item is _END:
            self._ended = True
            raise StopIteration
        if isinstance(item, _Failure):
            self._ended = True
            raise item.error
        return item

    def close(self):
        self._closed.set()
        self._ended = True

    def __del__(self):
        self.close()


def _fill(iterator, ready, closed):
    def put(item):
        while not closed.is_set():
            try:
                ready.put(item, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    try:
        for item in iterator:
            if not put(item):
                return
        put(_END)
    except BaseException as error:
        put(_Failure(error))
