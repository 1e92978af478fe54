"""Limits on the size of gradients."""

from __future__ import annotations

from genodl import ops


def by_norm(gradient, limit):
    """``gradient``, shortened to norm ``limit`` if it is longer."""
    norm = ops.sqrt(ops.sum(ops.square(gradient)))
    return gradient * (limit / ops.maximum(norm, limit))


def by_global_norm(gradients, limit):
    """All gradients shortened by one factor, so that their common norm is at most ``limit``."""
    total = sum(ops.sum(ops.square(g)) for g in gradients)
    norm = ops.sqrt(total)
    # An infinite norm would scale finite gradients to 0 and hide itself.
    factor = ops.where(ops.isfinite(norm), limit / ops.maximum(norm, limit), float("nan"))
    return [g * factor for g in gradients]
