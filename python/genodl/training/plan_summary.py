"""The table of ``model.plan_summary()``."""

from __future__ import annotations

import numpy as np

from genodl.training.data import Batch


def print_plan(model, batch_size, training, print_fn=None):
    """Steps after fusion with output shapes, bytes moved and work, then the totals."""
    out = print_fn or print
    rows = [np.zeros((batch_size, *t.shape[1:]), t.dtype) for t in model.inputs]
    if any(None in t.shape[1:] for t in model.inputs):
        raise ValueError("plan_summary: expected inputs of known size. Give every Input its sizes.")
    x = rows[0] if len(rows) == 1 else rows
    if training:
        y = [np.zeros((batch_size, *t.shape[1:]), "float32") for t in model.outputs]
        step = model._steps.get("train", Batch(model, x, y[0] if len(y) == 1 else y), batch_size)
    else:
        step = model._steps.get("predict", Batch(model, x), batch_size)
    steps = step.plan.steps
    out(f"{'step':>4}  {'layer':<24}{'output':<22}{'MFLOP':>10}{'MB':>9}  ops")
    for i, s in enumerate(steps):
        ops = s["ops"] if len(s["ops"]) <= 60 else s["ops"][:57] + "..."
        out(f"{i:>4}  {s['layer'][:23]:<24}{s['shape']!s:<22}{s['flops'] / 1e6:>10.2f}{s['bytes'] / 1e6:>9.2f}  {ops}")
    flops, moved = sum(s["flops"] for s in steps), sum(s["bytes"] for s in steps)
    out(f"{len(steps)} steps, {flops / 1e9:.3f} GFLOP, {moved / 1e6:.1f} MB read and written,")
    out(f"one arena of {step.plan.arena_bytes / 1e6:.1f} MB for all intermediate results.")
