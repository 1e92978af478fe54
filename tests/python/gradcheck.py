"""Runs functions of ``gd.ops`` three ways, and holds their gradients against finite differences."""

from __future__ import annotations

import numpy as np

from genodl import _core, _trace, _tree
from genodl._tensor import KerasTensor


def trace(function, arrays, training=True):
    """Live tensors of the results of ``function`` on placeholders like ``arrays``, and the placeholders."""
    values = [_core.placeholder(a.shape, a.dtype.name, f"x{i}") for i, a in enumerate(arrays)]
    with _trace.Trace(training):
        results = function(*(_trace.live_tensor(v) for v in values))
    return results, values


def as_value(result):
    """The graph's value of a result; arrays that a trace computed at once become constants."""
    return result._value if isinstance(result, KerasTensor) else _core.constant(np.asarray(result))


def run(outputs, inputs, arrays, step=0):
    """Arrays of graph values, computed by a plan."""
    plan = _core.Plan(inputs, outputs, [])
    return _core.Session(plan).run([np.ascontiguousarray(a) for a in arrays], step)


def in_graph(function, *arrays, step=0):
    """What ``function`` answers when it runs in a compiled graph."""
    results, inputs = trace(function, arrays)
    leaves = _tree.flatten(results)
    return _tree.pack_like(results, run([as_value(r) for r in leaves], inputs, arrays, step))


def gradients(function, arrays, seed=0):
    """Gradients of ``sum(weights * function(*arrays))`` for each array: by the graph and by differences.

    ``weights`` are random, so that no part of the result can hide behind another.
    """
    results, inputs = trace(function, arrays)
    outputs = [r for r in _tree.flatten(results) if isinstance(r, KerasTensor) and r.dtype.startswith("float")]
    rng = np.random.default_rng(seed)
    weights = [rng.uniform(0.5, 1.5, r.shape) for r in outputs]
    values = [r._value for r in outputs]
    constants = [_core.constant(w.astype(r.dtype)) for w, r in zip(weights, outputs, strict=True)]
    found = _core.gradients(values, constants, inputs)
    missing = [i for i, g in enumerate(found) if g is None]
    assert not missing, f"no gradient for inputs {missing}"
    exact = run(found, inputs, arrays)

    plan = _core.Plan(inputs, values, [])
    session = _core.Session(plan)

    def objective(points):
        return sum(float(np.sum(w * y)) for w, y in zip(weights, session.run(points, 0), strict=True))

    return exact, [_differences(objective, arrays, i) for i in range(len(arrays))]


def _differences(objective, arrays, which, step=1e-6):
    points = [np.array(a, copy=True) for a in arrays]
    flat = points[which].reshape(-1)
    slopes = np.zeros(flat.size)
    for i in range(flat.size):
        kept = flat[i]
        flat[i] = kept + step
        above = objective(points)
        flat[i] = kept - step
        below = objective(points)
        flat[i] = kept
        slopes[i] = (above - below) / (2 * step)
    return slopes.reshape(arrays[which].shape)


def check_gradients(function, *arrays, rtol=1e-6, atol=1e-7):
    """Fails unless the graph's float64 gradients are the slopes of the function.

    Central differences with a step of 1e-6 err by about 1e-12 in the function's curvature and 1e-10 in
    its rounding; the defaults leave room for functions a hundred times steeper.
    """
    arrays = [np.asarray(a, "float64") for a in arrays]
    exact, slopes = gradients(function, arrays)
    for e, s in zip(exact, slopes, strict=True):
        np.testing.assert_allclose(e, s, rtol=rtol, atol=atol)
