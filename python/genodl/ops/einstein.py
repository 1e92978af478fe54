"""Einstein's summation, taken apart into transposes, sums and matrix products."""

from __future__ import annotations

import math
import string

import numpy as np

from genodl._errors import ConfigError, ShapeError
from genodl._operation import operation
from genodl.ops._common import emit, is_number, live, operands
from genodl.ops.indexing import diagonal
from genodl.ops.linear import product
from genodl.ops.shaping import reshape, transpose


@operation
def einsum(subscripts, *operands, **kwargs):
    """Sums of products written in Einstein's notation.

    Parameters
    ----------
    subscripts : str
        One letter an axis, such as ``"bij,bjk->bik"``; ``...`` stands for axes that are broadcast. Without
        ``->`` the letters that occur once are kept, in alphabetical order.
    *operands : tensor

    Examples
    --------
    >>> from genodl import ops
    >>> ops.einsum("ij,j->i", [[1.0, 2.0], [3.0, 4.0]], [1.0, 10.0])
    array([21., 43.], dtype=float32)
    """
    terms, output = _parse(subscripts, [_shape(x) for x in operands])
    work = [_plain(*pair) for pair in zip(_operands(operands), terms, strict=True)]
    sizes = _sizes(work, subscripts)
    for i, j in _order(work, output):
        b, a = work.pop(max(i, j)), work.pop(min(i, j))
        later = set(output).union(*(term for _, term in work))
        work.append(_pair(a, b, later, sizes))
    x, term = _summed(*work[0], set(output))
    missing = [c for c in output if c not in term]
    if missing:
        raise ConfigError(f"einsum: expected output letters that occur in an operand, got {missing} in {subscripts!r}.")
    x = transpose(x, [term.index(c) for c in output]) if term != output else x
    full = [sizes[c] for c in output]
    return x if list(x.shape) == full else emit("broadcast_to", x, shape=full)


def _shape(x):
    return () if is_number(x) else tuple(live(x).shape)


def _operands(xs):
    return operands(*xs) if len(xs) > 1 else [live(xs[0])]


def _parse(subscripts, shapes):
    """Letters of each operand and of the output, with ``...`` spelled out as fresh letters."""
    text = subscripts.replace(" ", "")
    left, arrow, output = text.partition("->")
    terms = left.split(",")
    if len(terms) != len(shapes):
        raise ConfigError(f"einsum: expected {len(terms)} operands for {subscripts!r}, got {len(shapes)}.")
    fresh = [c for c in reversed(string.ascii_letters) if c not in text]
    counts = []
    for term, shape in zip(terms, shapes, strict=True):
        plain = term.replace("...", "")
        if not all(c in string.ascii_letters for c in plain):
            raise ConfigError(f"einsum: expected letters, commas, '...' and '->', got {subscripts!r}.")
        free = len(shape) - len(plain)
        if free < 0 or (free and "..." not in term):
            raise ShapeError(f"einsum: expected a tensor of {len(plain)} axes for {term!r}, got shape {shape}.")
        counts.append(free if "..." in term else 0)
    dots = fresh[: max(counts, default=0)]
    spelled = [t.replace("...", "".join(dots[len(dots) - n:])) for t, n in zip(terms, counts, strict=True)]
    if arrow:
        return spelled, output.replace("...", "".join(dots))
    letters = "".join(spelled)
    once = sorted(c for c in set(letters) if letters.count(c) == 1 and c not in dots)
    return spelled, "".join(dots) + "".join(once)


def _sizes(work, subscripts):
    sizes: dict[str, int] = {}
    for x, term in work:
        for c, n in zip(term, x.shape, strict=True):
            if n != 1 and sizes.setdefault(c, n) not in (1, n):
                raise ShapeError(f"einsum: expected one size for {c!r} in {subscripts!r}, got {sizes[c]} and {n}.")
            sizes[c] = n if n != 1 else sizes.get(c, 1)
    return sizes


def _plain(x, term):
    """The tensor with each letter once: a letter that comes twice means the diagonal."""
    for c in dict.fromkeys(term):
        while term.count(c) > 1:
            first = term.index(c)
            second = term.index(c, first + 1)
            x = diagonal(x, 0, first, second)
            term = term[:first] + term[first + 1:second] + term[second + 1:] + c
    return x, term


def _order(work, output):
    """Pairs to contract: the cheapest order where there are more than two operands."""
    if len(work) < 3:
        return [(0, 1)] if len(work) == 2 else []
    stand_ins = [np.broadcast_to(np.float32(0), tuple(x.shape)) for x, _ in work]
    path = np.einsum_path(",".join(t for _, t in work) + "->" + output, *stand_ins, optimize="greedy")[0][1:]
    pairs = []
    left = len(work)
    for group in path:
        # NumPy may join several at once; they are joined one after another here.
        for _ in range(len(group) - 1):
            pairs.append((left - 1, left - 2) if len(group) > 2 else (group[0], group[1]))
            left -= 1
    return pairs


def _summed(x, term, keep):
    gone = [i for i, c in enumerate(term) if c not in keep]
    if not gone:
        return x, term
    return emit("sum", x, axes=gone, keepdims=False), "".join(c for c in term if c in keep)


def _pair(a, b, later, sizes):
    """One product of two operands: batch letters, letters of one side, letters summed over."""
    (x, s), (y, t) = a, b
    x, s = _summed(x, s, later | set(t))
    y, t = _summed(y, t, later | set(s))
    shared = [c for c in s if c in t]
    batch = [c for c in shared if c in later]
    folded = [c for c in shared if c not in later]
    rows = [c for c in s if c not in t]
    columns = [c for c in t if c not in s]
    if not folded:
        return _multiply(x, s, y, t, batch + rows + columns)
    x, y = _whole(x, s, folded, sizes), _whole(y, t, folded, sizes)
    left = _grouped(x, s, [batch, rows, folded])
    right = _grouped(y, t, [batch, folded, columns])
    joint = product(left, right)
    shape = [max(x.shape[s.index(c)], y.shape[t.index(c)]) for c in batch]
    shape += [x.shape[s.index(c)] for c in rows] + [y.shape[t.index(c)] for c in columns]
    return reshape(joint, shape), "".join(batch + rows + columns)


def _whole(x, term, letters, sizes):
    """Letters that are broadcast from 1 are spread where they are summed over."""
    shape = [sizes[c] if c in letters else n for c, n in zip(term, x.shape, strict=True)]
    return x if list(x.shape) == shape else emit("broadcast_to", x, shape=shape)


def _grouped(x, term, groups):
    """Axes in the order of the groups: the first as they are, the others joined."""
    order = [term.index(c) for group in groups for c in group]
    batch, *others = groups
    shape = [x.shape[term.index(c)] for c in batch]
    shape += [math.prod(x.shape[term.index(c)] for c in group) for group in others]
    return reshape(transpose(x, order), shape)


def _multiply(x, s, y, t, letters):
    def spread(z, term):
        order = [term.index(c) for c in letters if c in term]
        return reshape(transpose(z, order), [z.shape[term.index(c)] if c in term else 1 for c in letters])

    return emit("multiply", *operands(spread(x, s), spread(y, t))), "".join(letters)
