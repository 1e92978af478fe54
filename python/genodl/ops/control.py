"""Loops and branches: unrolled or computed on both sides where tensors are symbolic."""

from __future__ import annotations

import builtins

import numpy as np

from genodl import _tree
from genodl._errors import ConfigError, NotSupportedError
from genodl.ops._common import is_symbolic, live
from genodl.ops.comparison import where
from genodl.ops.creation import shape
from genodl.ops.shaping import stack


def cond(pred, true_fn, false_fn):
    """What ``true_fn()`` answers if ``pred`` is true, else what ``false_fn()`` answers.

    Parameters
    ----------
    pred : bool or tensor ()
        Where it is symbolic, both functions run and the results are chosen from.
    true_fn, false_fn : callable

    Examples
    --------
    >>> from genodl import ops
    >>> ops.cond(True, lambda: 1, lambda: 2)
    1
    """
    if not is_symbolic(pred):
        return true_fn() if np.all(live(pred)) else false_fn()
    return _tree.map_structure(lambda a, b: where(pred, a, b), true_fn(), false_fn())


def switch(index, branches, *operands):
    """The answer of ``branches[index](*operands)``; an index beyond the ends means the first or last."""
    if is_symbolic(index):
        raise NotSupportedError("switch: a symbolic index is not supported. Use where on the results.")
    return branches[builtins.min(builtins.max(int(index), 0), len(branches) - 1)](*operands)


def fori_loop(lower, upper, body_fun, init_val):
    """``body_fun(i, value)`` for every ``i`` from ``lower`` to ``upper - 1``, the value handed on."""
    if is_symbolic(lower) or is_symbolic(upper):
        raise NotSupportedError("fori_loop: symbolic bounds are not supported. Use ints, and masks by where.")
    value = init_val
    for i in range(int(lower), int(upper)):
        value = body_fun(i, value)
    return value


def while_loop(cond, body, loop_vars, maximum_iterations=None):
    """``body(*loop_vars)`` again and again while ``cond(*loop_vars)`` is true (of arrays).

    Parameters
    ----------
    cond, body : callable
    loop_vars : tensor, tuple or list
    maximum_iterations : int, optional
    """
    several = isinstance(loop_vars, (list, tuple))
    values = tuple(loop_vars) if several else (loop_vars,)
    done = 0
    while maximum_iterations is None or done < maximum_iterations:
        going = cond(*values)
        if is_symbolic(going):
            raise NotSupportedError("while_loop: a symbolic condition is not supported. Use fori_loop and where.")
        if not np.all(live(going)):
            break
        found = body(*values)
        values = tuple(found) if isinstance(found, (list, tuple)) else (found,)
        done += 1
    return _tree.like(loop_vars, list(values)) if several else values[0]


def _length(xs, length, who):
    lengths = {shape(x)[0] for x in _tree.flatten(xs) if x is not None}
    lengths |= set() if length is None else {int(length)}
    if len(lengths) != 1 or None in lengths:
        raise ConfigError(f"{who}: expected one known length, got {sorted(lengths, key=str)}.")
    return lengths.pop()


def scan(f, init, xs=None, length=None, reverse=False, unroll=1):
    """``f(carry, x) -> (carry, y)`` along the first axis of ``xs``, the carry handed on.

    Parameters
    ----------
    f : callable
    init : tensor or nest of tensors
    xs : tensor or nest of tensors, optional
    length : int, optional
        How many steps, where there is no ``xs``.
    reverse : bool
        Whether to begin at the end.
    unroll : int or bool
        Accepted as in Keras; steps are always unrolled.

    Returns
    -------
    carry, ys
        The last carry, and what each step answered, stacked.
    """
    steps = range(_length(xs, length, "scan"))
    carry, found = init, []
    for i in reversed(steps) if reverse else steps:
        carry, y = f(carry, _tree.map_structure(lambda x, i=i: None if x is None else x[i], xs))
        found.append(y)
    return carry, _stacked(found[::-1] if reverse else found)


def _stacked(results):
    if not results or results[0] is None:
        return None
    return _tree.map_structure(lambda *ys: stack(ys), *results)


def map(f, xs):
    """``f`` of each slice along the first axis, stacked."""
    n = _length(xs, None, "map")
    return _stacked([f(_tree.map_structure(lambda x, i=i: x[i], xs)) for i in range(n)])


def vectorized_map(function, elements):
    """The same as :func:`map`."""
    return map(function, elements)
