"""Gradients held against slopes."""

from __future__ import annotations

import numpy as np

from genodl import _core, _trace, _tree
from genodl._tensor import KerasTensor


def check_gradients(function, *arrays, step=1e-6, rtol=1e-5, atol=1e-6):
    """Fails unless the gradients of a function of tensors are its slopes, in float64.

    The outputs are summed with random weights, so that none can hide another; slopes are central
    differences. Keep the arrays away from kinks.

    Parameters
    ----------
    function : callable
        Written with ``gd.ops``, or a layer made with ``dtype="float64"``.
    *arrays : array
        Its inputs.
    step : float
        Of the differences.
    rtol, atol : float
        How far gradients and slopes may differ.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> from genodl.testing import check_gradients
    >>> check_gradients(lambda x: gd.ops.tanh(x) * x, np.array([0.3, -1.2]))
    """
    points = [np.array(a, "float64") for a in arrays]
    placeholders = [_core.placeholder(a.shape, "float64", f"x{i}") for i, a in enumerate(points)]
    with _trace.Trace(training=False):
        results = function(*(_trace.live_tensor(p) for p in placeholders))
    outputs = [
        x._value for x in _tree.flatten(results) if isinstance(x, KerasTensor) and x.dtype.startswith("float")
    ]
    if not outputs:
        raise ValueError("check_gradients: expected a function of tensors that gives float tensors, got none.")
    rng = np.random.default_rng(0)
    weights = [rng.uniform(0.5, 1.5, v.shape).astype(v.dtype) for v in outputs]
    found = _core.gradients(outputs, [_core.constant(w) for w in weights], placeholders)
    session = _core.Session(_core.Plan(placeholders, outputs, []))

    def total():
        return sum(float((w * y).sum()) for w, y in zip(weights, session.run(points, 0), strict=True))

    for which, (point, value) in enumerate(zip(points, found, strict=True)):
        exact = np.zeros(point.shape)
        if value is not None:
            [exact] = _core.Session(_core.Plan(placeholders, [value], [])).run(points, 0)
        flat, slopes = point.reshape(-1), np.zeros(point.size)
        for i in range(flat.size):
            kept = flat[i]
            flat[i] = kept + step
            above = total()
            flat[i] = kept - step
            slopes[i] = (above - total()) / (2 * step)
            flat[i] = kept
        np.testing.assert_allclose(
            exact, slopes.reshape(point.shape), rtol=rtol, atol=atol, err_msg=f"check_gradients: input {which}"
        )
