"""``python -m benchmarks.kernels``: each kernel against the FMA peak, with the direct algorithms."""

from __future__ import annotations

import argparse

import genodl as gd
from benchmarks import machine
from benchmarks.kernels.shapes import SHAPES
from benchmarks.locks import locked
from genodl import _core


def _prepare(op, inputs, attrs):
    """A session of the op, and the number of its step. A sum behind it keeps its result in the arena."""
    leaves = [_core.placeholder(a.shape, "float32", "x") for a in inputs]
    [value] = _core.node(op, leaves, attrs, "")
    [total] = _core.node("sum", [value], {"axes": list(range(len(value.shape)))}, "")
    plan = _core.Plan(leaves, [total], [])
    steps = plan.steps
    [index] = [i for i, s in enumerate(steps) if s["ops"].split()[0] == op]
    return _core.Session(plan), index, steps[index]["flops"]


def _speed(session, index, inputs, flops, runs):
    """Operations a second of the fastest run, and the FMA peak measured between the runs."""
    best, peak = float("inf"), 0.0
    for i in range(runs):
        best = min(best, _core.profile(session, inputs)[index])
        if i % 5 == 0:
            peak = max(peak, _core.measure_fma_peak(0.02))
    return flops / best, peak


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kernels", description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=30, help="of each kernel (%(default)s)")
    parser.add_argument("--only", metavar="TEXT", default="", help="shapes whose name has this text")
    parser.add_argument("--lock", metavar="FILE", help="file to lock while timing, on a shared machine")
    arguments = parser.parse_args()
    gd.set_threads(arguments.threads)
    gd.set_precise(True)
    found = []
    for shape in SHAPES:
        if arguments.only not in shape.name:
            continue
        for name, op, inputs, attrs, floor in shape.passes():
            session, index, flops = _prepare(op, inputs, attrs)
            with locked(arguments.lock):
                speed, peak = _speed(session, index, inputs, flops, arguments.runs)
            found.append((shape.name, name, speed, peak, floor))
    peak = max(f[3] for f in found)  # of the whole run: a kernel must not gain from a moment of a slow machine
    print(f"{machine.processor()}, {_core.config()['isa']}, {arguments.threads} threads, "
          f"FMA peak {peak / 1e9:.0f} GFLOP/s\n")  # fmt: skip
    print("| shape | pass | GFLOP/s | of the peak | floor | |\n|---|---|---|---|---|---|")
    for shape_name, name, speed, _, floor in found:
        verdict = "" if speed >= floor * peak else "below"
        shares = f"{100 * speed / peak:.0f} % | {100 * floor:.0f} %"
        print(f"| {shape_name} | {name} | {speed / 1e9:.0f} | {shares} | {verdict} |")
    return sum(speed < floor * peak for _, _, speed, _, floor in found)


raise SystemExit(1 if main() else 0)
