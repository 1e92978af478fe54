"""``python -m benchmarks.profile basset``: where the time of a step of genodl goes."""

from __future__ import annotations

import argparse
import importlib

import numpy as np

import genodl as gd
from benchmarks.locks import locked
from benchmarks.rows import ROWS
from genodl import _core


def _step(network, mode, samples):
    """A compiled step and its inputs."""
    from genodl.training.data import Batch

    x, y = network.data(np.random.default_rng(0), samples)
    model = network.keras_model(gd)
    if mode == "train":
        model.train_on_batch(x, y)  # makes the optimizer's variables
    batch = Batch(model, x, y) if mode == "train" else Batch(model, x)
    columns = [c for group in (batch.x, batch.y, batch.w) for c in group if c is not None]
    return model._steps.get(mode, batch, samples), [c.whole() for c in columns]


def _print(steps, seconds, peak, least):
    print(f"{'step':>4} {'ms':>8} {'GFLOP/s':>8} {'peak':>6} {'GB/s':>6}  {'layer':<20}{'output':<22}ops")
    for i, (step, t) in enumerate(zip(steps, seconds)):
        if t < least * seconds.sum():
            continue
        speed, moved = step["flops"] / t, step["bytes"] / t
        print(f"{i:>4} {1e3 * t:>8.3f} {speed / 1e9:>8.0f} {100 * speed / peak:>4.0f} % {moved / 1e9:>6.1f}  "
              f"{step['layer'][:19]:<20}{step['shape']!s:<22}{step['ops'][:70]}")  # fmt: skip


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("network", choices=sorted({row.network for row in ROWS}))
    parser.add_argument("--predict", action="store_true", help="the forward pass instead of a training step")
    parser.add_argument("--samples", type=int, help="of a batch (the network's own number)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=10, help="of which the least times are shown (%(default)s)")
    parser.add_argument("--least", type=float, default=0.005, help="share of the time from which a step is shown")
    parser.add_argument("--lock", metavar="FILE", help="file to lock while timing, on a shared machine")
    arguments = parser.parse_args()
    gd.set_threads(arguments.threads)
    network = importlib.import_module(f"benchmarks.networks.{arguments.network}")
    mode = "predict" if arguments.predict else "train"
    step, inputs = _step(network, mode, arguments.samples or network.BATCH)
    with locked(arguments.lock):
        runs = np.array([_core.profile(step.session, inputs, i) for i in range(arguments.runs)])
        peak = _core.measure_fma_peak(0.1)
    seconds = runs.min(axis=0)
    _print(step.plan.steps, seconds, peak, arguments.least)
    print(f"{1e3 * seconds.sum():.3f} ms in {len(seconds)} steps, fastest run {1e3 * runs.sum(axis=1).min():.3f} ms; "
          f"{peak / 1e9:.0f} GFLOP/s of multiply-adds, {step.plan.arena_bytes / 1e6:.1f} MB of arena")  # fmt: skip


main()
