"""What a case of a layer or an op is, and how it is built and traced."""

from __future__ import annotations

import dataclasses
import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from genodl import _core, _trace, _tree, layers
from genodl._tensor import KerasTensor

W = "width"  # stands for the channels in a shape, so that odd ones can be tried
WIDTHS = (1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33)  # around one and two vectors of any instruction set
LARGE = 60_000  # elements of an input that occupy several threads


@dataclass(frozen=True)
class Array:
    """An input: distinct numbers between ``low`` and ``high``, or whole numbers below ``high``."""

    shape: tuple
    low: float = -2.0
    high: float = 2.0
    dtype: str = "float"

    def make(self, width, batch, kinks, dtype):
        shape = tuple(width if n == W else n for n in self.shape)
        if batch is not None:
            shape = (batch, *shape[1:])
        rng = np.random.default_rng(zlib.crc32(repr((shape, self.low, self.high)).encode()))
        n = math.prod(shape)
        if self.dtype != "float":
            return rng.integers(int(self.low), int(self.high), shape).astype(self.dtype)
        # No two so near that a finite difference could swap them: maxima have one winner.
        values = self.low + (self.high - self.low) * (rng.permutation(n) + 0.45) / max(n, 1)
        for kink in kinks:
            near = np.abs(values - kink) < 1e-4
            values[near] = kink + 3e-4
        return values.reshape(shape).astype(dtype)


@dataclass(frozen=True)
class Case:
    """One use of a layer or a function of ``gd.ops``, and what is true of it.

    Attributes
    ----------
    name : str
    subject : str or callable
        The name of a layer class, or a function of tensors.
    inputs : list of Array or shape
        With ``W`` for the channels.
    reference : callable
        What NumPy answers for inputs and weights, all float64.
    options : dict
        Arguments of the layer.
    width : int
        Channels of the first checks; ``widths`` are those of the odd ones.
    rtol, atol : float
        Of float32 results around 1; ``why`` says what they leave room for.
    kinks : tuple of float
        Inputs stay away from these.
    smooth : bool
        Whether gradients are checked; ``twice`` whether second ones are.
    training : bool
    per_sample : bool
        Whether each sample is computed on its own.
    weights : (low, high)
        Range of random weights.
    keras : bool
        Whether Keras has the same layer under the same name.
    """

    name: str
    subject: str | Callable[..., Any]
    inputs: list
    reference: Callable[..., Any] | None
    options: dict = field(default_factory=dict)
    width: int = 4
    widths: tuple = WIDTHS
    rtol: float = 1e-5
    atol: float = 3e-6
    why: str = "a few tens of float32 roundings of numbers around 1"
    kinks: tuple = ()
    smooth: bool = True
    twice: bool = True
    training: bool = False
    per_sample: bool = True
    weights: tuple = (-1.0, 1.2)
    keras: bool = True
    savable: bool = True

    def __post_init__(self):
        arrays = [a if isinstance(a, (Array, np.ndarray)) else Array(tuple(a)) for a in self.inputs]
        object.__setattr__(self, "inputs", arrays)

    @property
    def is_layer(self):
        return isinstance(self.subject, str)

    @property
    def has_width(self):
        return any(isinstance(a, Array) and W in a.shape for a in self.inputs)

    def build(self, dtype="float32", width=None, batch=None, large=False):
        return Subject(self, dtype, width or self.width, batch, large)


class Subject:
    """A case made real: inputs, weights and the function between them and the outputs."""

    def __init__(self, case, dtype="float32", width=4, batch=None, large=False):
        self.case = case
        self.dtype = dtype
        if large:
            batch = self._large_batch(width)
        self.arrays = [self._input(a, width, batch) for a in case.inputs]
        self.layer = None
        self.variables = []
        if case.is_layer:
            self.layer = self._layer()
            self.variables = self.layer.weights
            self._fill_weights()

    def _large_batch(self, width):
        sizes = [math.prod(width if n == W else n for n in a.shape[1:]) for a in self.case.inputs if _is_batched(a)]
        return max(2, LARGE // max(1, max(sizes, default=LARGE)))

    def _input(self, spec, width, batch):
        if isinstance(spec, np.ndarray):
            return spec.astype(self.dtype) if spec.dtype.kind == "f" else spec
        return spec.make(width, batch if _is_batched(spec) else None, self.case.kinks, self.dtype)

    def _layer(self):
        layer = getattr(layers, self.case.subject)(**self.case.options, dtype=self.dtype, name="subject")
        shapes = [a.shape for a in self.arrays]
        layer.build(shapes[0] if len(shapes) == 1 else shapes)
        return layer

    def _fill_weights(self):
        rng = np.random.default_rng(1)
        low, high = self.case.weights
        for v in self.variables:
            if v.dtype.startswith("float"):
                positive = "variance" in v.name
                v.assign(rng.uniform(0.5 if positive else low, 1.5 if positive else high, v.shape).astype(v.dtype))

    @property
    def learned(self):
        """Weights that gradients flow to."""
        return [v for v in self.variables if v.trainable and v.dtype.startswith("float")]

    def weight_arrays(self):
        return [v.numpy() for v in self.variables]

    def run(self, inputs):
        """The function of the case on live tensors, outlines or arrays."""
        if self.layer is None:
            return self.case.subject(*inputs)
        given = inputs[0] if len(inputs) == 1 else list(inputs)
        takes_training = self.case.training or "training" in self.layer.call.__code__.co_varnames
        return self.layer(given, training=self.case.training) if takes_training else self.layer(given)

    def trace(self, weights_too=False):
        """``(placeholders, live outputs)``; with ``weights_too`` learned weights are placeholders as well."""
        arrays = [*self.arrays, *((v.numpy() for v in self.learned) if weights_too else ())]
        placeholders = [_core.placeholder(a.shape, a.dtype.name, f"x{i}") for i, a in enumerate(arrays)]
        with _trace.Trace(self.case.training):
            live = [_trace.live_tensor(p) for p in placeholders]
            n = len(self.arrays)
            if weights_too:
                for variable, tensor in zip(self.learned, live[n:], strict=True):
                    _trace.current().assign(variable, tensor)
            outputs = self.run(live[:n])
        return placeholders, _values(outputs), arrays

    def compute(self):
        """Float outputs, then gradients for inputs and weights of their weighted sum; all as arrays."""
        placeholders, outputs, arrays = self.trace(weights_too=True)
        found, where = [*outputs], []
        if self.case.smooth:
            where, targets = float_targets(placeholders)
            found += [g for g in gradients(outputs, targets) if g is not None]
        plan = _core.Plan(placeholders, found, [])
        return _core.Session(plan).run(arrays, 0)


def _is_batched(spec):
    return isinstance(spec, Array)


def _values(outputs):
    """Graph values of results; arrays that a trace computed at once become constants."""
    return [
        x._value if isinstance(x, KerasTensor) else _core.constant(np.asarray(x)) for x in _tree.flatten(outputs)
    ]


def float_targets(placeholders):
    """Places and values of the placeholders that have gradients."""
    found = [(i, p) for i, p in enumerate(placeholders) if p.dtype.startswith("float")]
    return [i for i, _ in found], [p for _, p in found]


def cotangents(outputs):
    """Random weights of the outputs in the sum that is differentiated, so that none hides another."""
    rng = np.random.default_rng(0)
    return [rng.uniform(0.5, 1.5, v.shape).astype(v.dtype) for v in outputs]


def gradients(outputs, targets):
    outputs = [v for v in outputs if v.dtype.startswith("float")]
    weights = [_core.constant(w) for w in cotangents(outputs)]
    return _core.gradients(outputs, weights, targets)


def from_ops_case(case, **more):
    """A case of the table of ``tests/python/ops_cases.py``."""
    arrays = [np.asarray(x) for x in case.inputs]
    return Case(f"ops-{case.name}", case.function, arrays, case.reference, smooth=case.smooth, per_sample=False,
                rtol=2e-5, atol=2e-6, why="powers, logarithms and sums near 0", **more)


def replace(case, **changes):
    return dataclasses.replace(case, **changes)
