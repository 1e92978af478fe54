"""Random programs of ``gd.ops`` calls that run on arrays, one op at a time, and in a plan, fused."""

from __future__ import annotations

import numpy as np

from genodl import _core, _trace, ops
from genodl._tensor import KerasTensor

BATCH, LENGTH, CHANNELS = 3, 6, 4


def _broadcasts(a, b):
    try:
        return int(np.prod(np.broadcast_shapes(a.shape, b.shape))) <= 400
    except ValueError:
        return False


def _permutation(rng, rank):
    return tuple(int(i) for i in rng.permutation(rank))


# Every function keeps numbers small, so that long programs do not overflow.
UNARY = [
    lambda x: ops.tanh(x),
    lambda x: ops.sigmoid(x) * 2 - 1,
    lambda x: ops.relu(x),
    lambda x: -x,
    lambda x: ops.square(ops.tanh(x)),
    lambda x: ops.exp(-ops.square(x)),
    lambda x: ops.clip(x, -0.6, 0.8),
    lambda x: ops.sqrt(ops.abs(x) + 0.1),
    lambda x: x * 1.0 + 0.0,
    lambda x: ops.where(ops.greater(x, 0.1), x, 0.3 * x),
]
BINARY = [
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: x * y,
    lambda x, y: ops.maximum(x, y),
    lambda x, y: ops.where(ops.less(x, y), x, y * 0.5),
    lambda x, y: x / (ops.abs(y) + 1.0),
]


class Program:
    """Steps ``(function, positions of its inputs)``; values are inputs, then variables, then results.

    Parameters
    ----------
    seed : int
    length : int
        Number of steps.
    smooth : bool
        Whether functions are left out whose gradients are not their slopes.
    """

    def __init__(self, seed, length=18, dtype="float32", smooth=False):
        self.rng = rng = np.random.default_rng(seed)
        self.dtype = dtype
        shapes = [(BATCH, LENGTH, CHANNELS), (BATCH, LENGTH, CHANNELS), (BATCH, CHANNELS), (CHANNELS,), ()]
        self.arrays = [rng.uniform(-1.5, 1.5, s).astype(dtype) for s in shapes]
        self.smooth = smooth
        self.steps = []
        values = list(self.arrays)
        for _ in range(length):
            function, at = self._choose(values)
            made = function(*(values[i] for i in at))
            for part in made if isinstance(made, list) else [made]:
                values.append(np.asarray(part))
            self.steps.append((function, at))
        self.count = len(values)

    def _pick(self, values, condition):
        """Rather a late value than an early one, so that programs are deep."""
        fitting = [i for i, v in enumerate(values) if v.size and condition(v)]
        weights = np.array([1.0 + i for i in fitting])
        return int(self.rng.choice(fitting, p=weights / weights.sum()))

    def _choose(self, values):
        rng = self.rng
        kinds = {"unary": 0.3, "binary": 0.3, "reduce": 0.1, "move": 0.14, "product": 0.08, "other": 0.08}
        kind = rng.choice(list(kinds), p=list(kinds.values()))
        if kind == "binary":
            a = self._pick(values, lambda v: True)
            b = self._pick(values, lambda v: _broadcasts(values[a], v))
            return BINARY[rng.integers(len(BINARY))], (a, b)
        if kind == "reduce":
            return self._reduction(values)
        if kind == "move":
            return self._move(values)
        if kind == "product":
            return self._product(values)
        if kind == "other":
            return self._other(values)
        return UNARY[rng.integers(len(UNARY))], (self._pick(values, lambda v: True),)

    def _reduction(self, values):
        a = self._pick(values, lambda v: v.ndim > 0)
        axis, keep = int(self.rng.integers(values[a].ndim)), bool(self.rng.integers(2))
        choices = [ops.mean, ops.max, lambda x, axis, keepdims: ops.tanh(ops.sum(x, axis, keepdims))]
        reduce = choices[self.rng.integers(3)]
        return lambda x: reduce(x, axis=axis, keepdims=keep), (a,)

    def _move(self, values):
        rng = self.rng
        a = self._pick(values, lambda v: v.ndim > 1)
        shape = values[a].shape
        order = _permutation(rng, len(shape))
        begin = int(rng.integers(shape[0]))
        axis = int(rng.integers(len(shape)))
        choices = [
            lambda x: ops.reshape(x, (shape[0], -1)),
            lambda x: ops.reshape(x, (-1,)),
            lambda x: ops.transpose(x, order),
            lambda x: x[begin:],
            lambda x: x[..., ::-1],
            lambda x: ops.flip(x, axis),
            lambda x: ops.expand_dims(x, axis),
            lambda x: ops.pad(x, [(1, 0)] + [(0, 0)] * (len(shape) - 1))[: shape[0]],
            lambda x: ops.concatenate([x[:1], x[1:]], 0),
            lambda x: ops.split(x, [1], 0) if shape[0] > 1 else [x],
        ]
        return choices[rng.integers(len(choices))], (a,)

    def _product(self, values):
        rng = self.rng
        if rng.integers(2):
            a = self._pick(values, lambda v: v.ndim == 3 and v.shape[1] >= 3)
            kernel = rng.uniform(-0.4, 0.4, (3, values[a].shape[2], 5)).astype(self.dtype)
            bias = rng.uniform(-0.4, 0.4, 5).astype(self.dtype)
            padding = ["same", "valid"][rng.integers(2)]
            return lambda x: ops.tanh(ops.conv(x, kernel, padding=padding) + bias), (a,)
        a = self._pick(values, lambda v: v.ndim >= 2)
        weights = rng.uniform(-0.4, 0.4, (values[a].shape[-1], 5)).astype(self.dtype)
        return lambda x: ops.matmul(x, weights), (a,)

    def _other(self, values):
        a = self._pick(values, lambda v: v.ndim > 0)
        choices = [
            lambda x: ops.softmax(x, -1),
            lambda x: ops.cumsum(x, -1) * 0.2,
            lambda x: ops.broadcast_to(x, (2, *x.shape)) * 0.5 if np.prod(x.shape) < 100 else x,
        ]
        if not self.smooth:
            choices.append(lambda x: ops.cast(ops.cast(ops.round(x * 4), "int32"), self.dtype) * 0.25 + x * 0.1)
            choices.append(lambda x: ops.stop_gradient(x) * 0.5 + x)
        choices.append(lambda x: ops.cast(ops.cast(x, "float64") * 0.5, self.dtype))
        return choices[self.rng.integers(len(choices))], (a,)

    def run(self, inputs):
        """All values for arrays or live tensors."""
        values = list(inputs)
        for function, at in self.steps:
            made = function(*(values[i] for i in at))
            values += made if isinstance(made, list) else [made]
        return values

    def trace(self):
        """Placeholders and live values of the whole program."""
        placeholders = [_core.placeholder(a.shape, a.dtype.name, f"x{i}") for i, a in enumerate(self.arrays)]
        with _trace.Trace():
            values = self.run([_trace.live_tensor(p) for p in placeholders])
        assert all(isinstance(v, KerasTensor) for v in values)
        return placeholders, [v._value for v in values]

    def outputs(self, values, count=6):
        """Some values, the last always among them."""
        chosen = self.rng.choice(len(values), size=min(count, len(values)), replace=False)
        return sorted({len(values) - 1, *map(int, chosen)})
