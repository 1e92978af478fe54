"""A progress bar that is quiet where nobody looks."""

from __future__ import annotations

import sys


class _Silent:
    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass

    def update(self, count):
        pass


def progress(total, what, verbose):
    """A bar of ``total`` steps; with ``verbose="auto"`` on a terminal only."""
    if verbose == "auto":
        verbose = sys.stderr.isatty()
    if not verbose:
        return _Silent()
    from tqdm.auto import tqdm

    return tqdm(total=total, desc=what, unit="mut", unit_scale=True)
