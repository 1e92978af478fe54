"""Prints, as JSON, how many allocations each case makes in a step after the first.

Run with count_malloc.so preloaded. A step here trains: outputs, gradients for inputs and weights, all
summed into a variable. Runs of the batch loop of different length are compared, so that what the call
itself allocates does not count.
"""

import ctypes
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

import genodl as gd
from cases import all_cases
from cases._case import float_targets, gradients
from genodl import _core, _trace, ops

STEPS = 3
malloc_count = ctypes.CDLL(None).malloc_count
malloc_count.restype = ctypes.c_long


def session_of(subject):
    """A session whose step trains. Inputs are variables too: the batch loop then takes any shapes."""
    inputs = [gd.Variable(a) for a in subject.arrays]
    total = gd.Variable(np.zeros((), subject.dtype), name="total")
    with _trace.Trace(subject.case.training) as trace:
        live = [trace.read(v) for v in inputs]
        outputs = subject.run(live)
        outputs = [t for t in (outputs if isinstance(outputs, (list, tuple)) else [outputs]) if hasattr(t, "_value")]
        weights = [trace.original(v)._value for v in subject.learned]
        found = [t._value for t in outputs]
        if subject.case.smooth:
            _, targets = float_targets([t._value for t in live] + weights)
            found += [g for g in gradients(found, targets) if g is not None]
        sums = [ops.sum(ops.cast(_trace.live_tensor(v), subject.dtype)) for v in found]
        total.assign(sum(sums[1:], sums[0]))
        updates = [(v._handle, t._value) for v, t in trace.updates()]
    return _core.Session(_core.Plan([], [], updates))


def allocations(session, steps):
    before = malloc_count()
    _core.run_batches(session, [], [], None, 0, steps, 0)
    return malloc_count() - before


def measure(case):
    session = session_of(case.build(large=True))
    allocations(session, STEPS)
    # oneTBB fills its own pools at its own times; a step that allocated would do so every time.
    return min(allocations(session, 2 * STEPS) - allocations(session, STEPS) for _ in range(3))


if __name__ == "__main__":
    gd.set_threads(int(sys.argv[1]))
    assert np.ones(7).sum() == 7 and malloc_count() > 0, "the counter is not preloaded"
    print(json.dumps({case.name: measure(case) for case in all_cases()}))
