"""Assignments that happen only on some steps."""

from __future__ import annotations

from genodl import _trace, ops
from genodl._tensor import is_symbolic


def when(condition, action):
    """Runs ``action``; inside a trace, what it assigns counts only where ``condition`` holds.

    Parameters
    ----------
    condition : bool, array of shape () or live tensor of shape ()
    action : callable
        Assigns Variables; takes and returns nothing.
    """
    if not is_symbolic(condition):
        if bool(condition):
            action()
        return
    trace = _trace.current()
    before = dict(trace.values)
    action()
    for key, (variable, new) in list(trace.values.items()):
        old = before[key][1] if key in before else trace.originals[key][1]
        if new is not old:
            trace.assign(variable, ops.where(condition, new, old))
