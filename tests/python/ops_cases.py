"""Functions of ``gd.ops`` with inputs and what NumPy or SciPy say they answer."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from genodl import ops


@dataclass
class Case:
    name: str
    function: Callable[..., Any]
    inputs: list
    reference: Callable[..., Any]
    smooth: bool = True  # whether the gradient is checked


def spread(*shape, low=-2.0, high=2.0):
    """Distinct numbers, no two so near that a finite difference could swap them, none near 0."""
    n = math.prod(shape)
    rng = np.random.default_rng(zlib.crc32(repr((shape, low, high)).encode()))
    return (low + (high - low) * (rng.permutation(n) + 0.45) / n).reshape(shape)


def positive(*shape):
    return spread(*shape, low=0.2, high=3.0)


def inner(*shape):
    """Between -1 and 1."""
    return spread(*shape, low=-0.9, high=0.9)


X, Y, P, I = spread(3, 4), spread(4) + 0.013, positive(3, 4), inner(3, 4)  # noqa: E741
T = spread(2, 3, 4)


def softmax(x, axis=-1):
    return special.softmax(x, axis=axis)


def unary(name, x, reference, **options):
    return Case(name, getattr(ops, name), [x], reference, **options)


ELEMENTWISE = [
    Case("add", ops.add, [X, Y], np.add),
    Case("add-number", lambda x: ops.add(x, 2), [X], lambda x: x + 2),
    Case("subtract", ops.subtract, [X, Y], np.subtract),
    Case("subtract-from-number", lambda x: ops.subtract(2.5, x), [X], lambda x: 2.5 - x),
    Case("multiply", ops.multiply, [X, Y], np.multiply),
    Case("divide", ops.divide, [X, positive(4)], np.divide),
    Case("true_divide", ops.true_divide, [X, positive(4)], np.true_divide),
    Case("divide_no_nan", ops.divide_no_nan, [X, positive(4)], np.divide),
    Case("power", ops.power, [P, X], np.power),
    Case("power-2", lambda x: ops.power(x, 2), [X], np.square),
    Case("power-3", lambda x: ops.power(x, 3), [X], lambda x: x**3),
    Case("maximum", ops.maximum, [X, Y], np.maximum),
    Case("minimum", ops.minimum, [X, Y], np.minimum),
    Case("floor_divide", ops.floor_divide, [X, positive(4)], np.floor_divide, smooth=False),
    Case("mod", ops.mod, [X, positive(4)], np.mod),
    Case("hypot", ops.hypot, [X, Y], np.hypot),
    Case("clip", lambda x: ops.clip(x, -0.7, 1), [X], lambda x: np.clip(x, -0.7, 1)),
    unary("negative", X, np.negative),
    unary("absolute", X, np.abs),
    unary("abs", X, np.abs),
    unary("sign", X, np.sign, smooth=False),
    unary("square", X, np.square),
    unary("sqrt", P, np.sqrt),
    unary("rsqrt", P, lambda x: 1 / np.sqrt(x)),
    unary("reciprocal", P, lambda x: 1 / x),
    unary("cbrt", X, np.cbrt),
    unary("floor", X, np.floor, smooth=False),
    unary("ceil", X, np.ceil, smooth=False),
    unary("trunc", X, np.trunc, smooth=False),
    unary("round", X, np.round, smooth=False),
    Case("round-1", lambda x: ops.round(x, 1), [X * 1.03], lambda x: np.round(x, 1), smooth=False),
    Case("nan_to_num", lambda x: ops.nan_to_num(x, 2.0, 3.0, -4.0), [np.array([1.0, np.nan, np.inf, -np.inf])],
         lambda x: np.nan_to_num(x, nan=2.0, posinf=3.0, neginf=-4.0), smooth=False),
    unary("exp", X, np.exp),
    unary("exp2", X, np.exp2),
    unary("expm1", X, np.expm1),
    unary("log", P, np.log),
    unary("log1p", P, np.log1p),
    unary("log2", P, np.log2),
    unary("log10", P, np.log10),
    Case("logaddexp", ops.logaddexp, [X, Y], np.logaddexp),
    unary("erf", X, special.erf),
    unary("erfc", X, special.erfc),
    unary("erfinv", I, special.erfinv),
    unary("lgamma", P, special.gammaln),
    unary("digamma", P, special.digamma, smooth=False),
    unary("sigmoid", X, special.expit),
    unary("logit", positive(3, 4) / 4, special.logit),
    unary("softplus", X, lambda x: np.logaddexp(x, 0)),
    unary("log_sigmoid", X, special.log_expit),
    unary("deg2rad", X, np.deg2rad),
    unary("rad2deg", X, np.rad2deg),
    unary("sin", X, np.sin),
    unary("cos", X, np.cos),
    unary("tan", I, np.tan),
    unary("arcsin", I, np.arcsin),
    unary("arccos", I, np.arccos),
    unary("arctan", X, np.arctan),
    Case("arctan2", ops.arctan2, [X, Y], np.arctan2),
    unary("sinh", X, np.sinh),
    unary("cosh", X, np.cosh),
    unary("tanh", X, np.tanh),
    unary("arcsinh", X, np.arcsinh),
    unary("arccosh", P + 1, np.arccosh),
    unary("arctanh", I, np.arctanh),
]

COMPARISON = [
    *(Case(name, getattr(ops, name), [np.round(X), np.round(Y)], getattr(np, name), smooth=False)
      for name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal",
                   "logical_and", "logical_or", "logical_xor")),
    *(unary(name, np.array([0.0, np.nan, np.inf, -np.inf, 2.0]), getattr(np, name), smooth=False)
      for name in ("logical_not", "isnan", "isinf", "isfinite")),
    Case("isclose", ops.isclose, [np.array([1.0, 2.0, np.inf, np.nan]), np.array([1.0 + 1e-7, 2.1, np.inf, np.nan])],
         np.isclose, smooth=False),
    Case("where", lambda x, y: ops.where(ops.greater(x, 0), x, y), [X, Y], lambda x, y: np.where(x > 0, x, y)),
    Case("where-numbers", lambda x: ops.where(ops.greater(x, 0), 1.0, -1.0), [X],
         lambda x: np.sign(x).astype("float32"), smooth=False),
    Case("where-one-number", lambda x: ops.where(ops.greater(x, 0), x, 0), [X], lambda x: np.maximum(x, 0)),
]  # fmt: skip

REDUCTION = [
    Case("sum", ops.sum, [T], np.sum),
    Case("sum-axis", lambda x: ops.sum(x, axis=1), [T], lambda x: x.sum(1)),
    Case("sum-axes", lambda x: ops.sum(x, (0, -1), True), [T], lambda x: x.sum((0, -1), keepdims=True)),
    Case("mean", lambda x: ops.mean(x, (0, 2)), [T], lambda x: x.mean((0, 2))),
    Case("prod", lambda x: ops.prod(x, 1), [T], lambda x: x.prod(1)),
    Case("max", lambda x: ops.max(x, -1), [T], lambda x: x.max(-1)),
    Case("max-initial", lambda x: ops.max(x, 0, initial=0.5), [T], lambda x: x.max(0, initial=0.5)),
    Case("min", lambda x: ops.min(x, (0, 1), keepdims=True), [T], lambda x: x.min((0, 1), keepdims=True)),
    Case("amax", ops.amax, [T], np.max),
    Case("amin", ops.amin, [T], np.min),
    Case("ptp", lambda x: ops.ptp(x, 1), [T], lambda x: np.ptp(x, 1)),
    Case("any", lambda x: ops.any(ops.greater(x, 1.5), 0), [T], lambda x: (x > 1.5).any(0), smooth=False),
    Case("all", lambda x: ops.all(ops.greater(x, -1.5), 0), [T], lambda x: (x > -1.5).all(0), smooth=False),
    Case("count_nonzero", lambda x: ops.count_nonzero(x, 1), [np.round(T)], lambda x: np.count_nonzero(x, 1),
         smooth=False),
    Case("var", lambda x: ops.var(x, 1), [T], lambda x: x.var(1)),
    Case("std", lambda x: ops.std(x, (0, 1), True), [T], lambda x: x.std((0, 1), keepdims=True)),
    Case("moments", lambda x: list(ops.moments(x, [0, 1])), [T], lambda x: [x.mean((0, 1)), x.var((0, 1))]),
    Case("average", lambda x, w: ops.average(x, 1, w), [T, positive(3)], lambda x, w: np.average(x, 1, w)),
    Case("logsumexp", lambda x: ops.logsumexp(x, (0, 2)), [T], lambda x: special.logsumexp(x, (0, 2))),
    Case("argmax", ops.argmax, [T], np.argmax, smooth=False),
    Case("argmax-axis", lambda x: ops.argmax(x, 1, True), [T], lambda x: x.argmax(1, keepdims=True), smooth=False),
    Case("argmin", lambda x: ops.argmin(x, -1), [T], lambda x: x.argmin(-1), smooth=False),
    Case("cumsum", ops.cumsum, [T], np.cumsum),
    Case("cumsum-axis", lambda x: ops.cumsum(x, 1), [T], lambda x: np.cumsum(x, 1)),
    Case("cumprod", lambda x: ops.cumprod(x, -1), [T], lambda x: np.cumprod(x, -1)),
    Case("median", lambda x: ops.median(x, -1), [T], lambda x: np.median(x, -1)),
    Case("median-all", ops.median, [T], np.median),
    Case("quantile", lambda x: ops.quantile(x, [0.1, 0.75], (0, 2), keepdims=True), [T],
         lambda x: np.quantile(x, [0.1, 0.75], (0, 2), keepdims=True)),
    Case("norm", ops.norm, [T], lambda x: np.linalg.norm(x.reshape(-1))),
    Case("norm-1", lambda x: ops.norm(x, 1, -1), [T], lambda x: np.linalg.norm(x, 1, -1)),
    Case("norm-3", lambda x: ops.norm(x, 3, 1), [T], lambda x: np.linalg.norm(x, 3, 1)),
    Case("norm-inf", lambda x: ops.norm(x, np.inf, 1, True), [T], lambda x: np.linalg.norm(x, np.inf, 1, True)),
    Case("norm-matrix", lambda x: ops.norm(x, 1, (1, 2)), [T], lambda x: np.linalg.norm(x, 1, (1, 2))),
    Case("norm-matrix-inf", lambda x: ops.norm(x, np.inf, (2, 1), True), [T],
         lambda x: np.linalg.norm(x, np.inf, (2, 1), True)),
    Case("norm-fro", lambda x: ops.norm(x, "fro", (0, 2)), [T], lambda x: np.linalg.norm(x, "fro", (0, 2))),
    Case("normalize", ops.normalize, [T], lambda x: x / np.linalg.norm(x, axis=-1, keepdims=True)),
    Case("normalize-1", lambda x: ops.normalize(x, 1, 1), [T], lambda x: x / np.abs(x).sum(1, keepdims=True)),
    Case("diff", lambda x: ops.diff(x, 2, 1), [T], lambda x: np.diff(x, 2, 1)),
]  # fmt: skip

SHAPING = [
    Case("reshape", lambda x: ops.reshape(x, (4, -1)), [T], lambda x: x.reshape(4, -1)),
    Case("ravel", ops.ravel, [T], np.ravel),
    Case("transpose", ops.transpose, [T], np.transpose),
    Case("transpose-axes", lambda x: ops.transpose(x, (1, -1, 0)), [T], lambda x: x.transpose(1, -1, 0)),
    Case("swapaxes", lambda x: ops.swapaxes(x, 0, -1), [T], lambda x: x.swapaxes(0, -1)),
    Case("moveaxis", lambda x: ops.moveaxis(x, (0, 1), (-1, 0)), [T], lambda x: np.moveaxis(x, (0, 1), (-1, 0))),
    Case("expand_dims", lambda x: ops.expand_dims(x, (0, -1)), [T], lambda x: np.expand_dims(x, (0, -1))),
    Case("squeeze", ops.squeeze, [T[:, :1]], np.squeeze),
    Case("squeeze-axis", lambda x: ops.squeeze(x, 1), [T[:, :1]], lambda x: x.squeeze(1)),
    Case("broadcast_to", lambda x: ops.broadcast_to(x, (2, 3, 4)), [X], lambda x: np.broadcast_to(x, (2, 3, 4))),
    Case("concatenate", lambda x, y: ops.concatenate([x, y], -1), [X, spread(3, 2)],
         lambda x, y: np.concatenate([x, y], -1)),
    Case("append", ops.append, [X, Y], np.append),
    Case("stack", lambda x, y: ops.stack([x, y], 1), [X, X + 3], lambda x, y: np.stack([x, y], 1)),
    Case("hstack", lambda x, y: ops.hstack([x, y]), [X, spread(3, 2)], lambda x, y: np.hstack([x, y])),
    Case("vstack", lambda x, y: ops.vstack([x, y]), [X, Y], lambda x, y: np.vstack([x, y])),
    Case("split", lambda x: ops.split(x, 2, -1), [T], lambda x: np.split(x, 2, -1)),
    Case("split-at", lambda x: ops.split(x, [1, 3], 2), [T], lambda x: np.split(x, [1, 3], 2)),
    Case("array_split", lambda x: ops.array_split(x, 3, 2), [T], lambda x: np.array_split(x, 3, 2)),
    Case("unstack", lambda x: ops.unstack(x, axis=1), [T], lambda x: [x[:, i] for i in range(3)]),
    Case("tile", lambda x: ops.tile(x, (2, 1, 3)), [X], lambda x: np.tile(x, (2, 1, 3))),
    Case("repeat", lambda x: ops.repeat(x, 3, 1), [T], lambda x: np.repeat(x, 3, 1)),
    Case("repeat-flat", lambda x: ops.repeat(x, 2), [X], lambda x: np.repeat(x, 2)),
    Case("repeat-each", lambda x: ops.repeat(x, [2, 0, 1], 1), [T], lambda x: np.repeat(x, [2, 0, 1], 1)),
    Case("pad", lambda x: ops.pad(x, ((1, 0), (2, 1)), constant_values=0.5), [X],
         lambda x: np.pad(x, ((1, 0), (2, 1)), constant_values=0.5)),
    Case("pad-reflect", lambda x: ops.pad(x, ((0, 2), (1, 1)), "reflect"), [X],
         lambda x: np.pad(x, ((0, 2), (1, 1)), "reflect")),
    Case("pad-symmetric", lambda x: ops.pad(x, 2, "symmetric"), [X], lambda x: np.pad(x, 2, "symmetric")),
    Case("flip", ops.flip, [T], np.flip),
    Case("flip-axis", lambda x: ops.flip(x, 1), [T], lambda x: np.flip(x, 1)),
    Case("roll", lambda x: ops.roll(x, 5), [T], lambda x: np.roll(x, 5)),
    Case("roll-axes", lambda x: ops.roll(x, (1, -2), (0, 2)), [T], lambda x: np.roll(x, (1, -2), (0, 2))),
    Case("meshgrid", lambda x, y: ops.meshgrid(x, y), [Y, spread(3)], lambda x, y: list(np.meshgrid(x, y))),
    Case("cast", lambda x: ops.cast(x, "int32"), [X], lambda x: x.astype("int32"), smooth=False),
    Case("cast-bool", lambda x: ops.cast(x, "bool"), [np.array([0.0, 0.3, -2])], lambda x: x != 0, smooth=False),
    Case("copy", ops.copy, [X], np.copy),
]  # fmt: skip

INDEXING = [
    Case("take", lambda x: ops.take(x, [[2, 0], [-1, 1]], 1), [T], lambda x: np.take(x, [[2, 0], [-1, 1]], 1)),
    Case("take-flat", lambda x: ops.take(x, 5), [T], lambda x: np.take(x, 5)),
    Case("take_along_axis", lambda x: ops.take_along_axis(x, np.array([[[1], [0], [3]]]), -1), [T],
         lambda x: np.take_along_axis(x, np.broadcast_to([[[1], [0], [3]]], (2, 3, 1)), -1)),
    Case("slice", lambda x: ops.slice(x, (0, 1, 1), (2, -1, 2)), [T], lambda x: x[:, 1:, 1:3]),
    Case("slice_update", lambda x, y: ops.slice_update(x, (1, 1), y), [X, spread(2, 2)],
         lambda x, y: np.block([[x[:1]], [x[1:, :1], y, x[1:, 3:]]])),
    Case("scatter", lambda v: ops.scatter([[1], [3], [1]], v, (5, 4)), [X],
         lambda v: np.stack([0 * v[0], v[0] + v[2], 0 * v[0], v[1], 0 * v[0]])),
    Case("scatter_update", lambda x, v: ops.scatter_update(x, [[0, 1], [2, 3]], v), [X, spread(2)],
         lambda x, v: np.array([[x[0, 0], v[0], x[0, 2], x[0, 3]], x[1], [x[2, 0], x[2, 1], x[2, 2], v[1]]])),
    Case("scatter_update-add", lambda x, v: ops.scatter_update(x, [[1], [1]], v, "add"), [X, spread(2, 4)],
         lambda x, v: np.stack([x[0], x[1] + v[0] + v[1], x[2]])),
    Case("segment_sum", lambda x: ops.segment_sum(x, [0, 2, 0], 4), [X],
         lambda x: np.stack([x[0] + x[2], 0 * x[0], x[1], 0 * x[0]])),
    Case("diagonal", lambda x: ops.diagonal(x, -1, 2, 1), [T], lambda x: np.diagonal(x, -1, 2, 1)),
    Case("trace", lambda x: ops.trace(x, 1), [X], lambda x: np.trace(x, 1)),
    Case("diag", lambda x: ops.diag(x, -1), [Y], lambda x: np.diag(x, -1)),
    Case("diag-of-matrix", lambda x: ops.diag(x, 1), [X], lambda x: np.diag(x, 1)),
    Case("tril", lambda x: ops.tril(x, -1), [T], lambda x: np.tril(x, -1)),
    Case("triu", lambda x: ops.triu(x, 1), [T], lambda x: np.triu(x, 1)),
    Case("sort", lambda x: ops.sort(x, 1), [T], lambda x: np.sort(x, 1)),
    Case("argsort", ops.argsort, [T], np.argsort, smooth=False),
    Case("top_k", lambda x: list(ops.top_k(x, 2)), [T],
         lambda x: [np.sort(x, -1)[..., :-3:-1], np.argsort(x, -1)[..., :-3:-1]]),
    Case("in_top_k", lambda p: ops.in_top_k([0, 3, 2], p, 2), [X],
         lambda p: np.array([t in np.argsort(r)[-2:] for t, r in zip([0, 3, 2], p, strict=True)]), smooth=False),
    Case("searchsorted", lambda v: ops.searchsorted([-1.0, 0.0, 1.0], v), [X],
         lambda v: np.searchsorted([-1.0, 0.0, 1.0], v), smooth=False),
]  # fmt: skip

LINEAR = [
    Case("dot", ops.dot, [X, spread(2, 4, 3)], np.dot),
    Case("inner", ops.inner, [X, T], np.inner),
    Case("vdot", ops.vdot, [X, X + 1], np.vdot),
    Case("outer", ops.outer, [X, Y], np.outer),
    Case("tensordot", lambda x, y: ops.tensordot(x, y, [[0, 2], [1, 0]]), [T, spread(4, 2, 5)],
         lambda x, y: np.tensordot(x, y, [[0, 2], [1, 0]])),
    Case("tensordot-1", lambda x, y: ops.tensordot(x, y, 1), [T, spread(4, 2)], lambda x, y: np.tensordot(x, y, 1)),
    Case("cross", ops.cross, [spread(2, 3), spread(3) + 0.1], np.cross),
    *(Case(f"matmul-{a}-{b}", ops.matmul, [spread(*a), spread(*b) + 0.01], np.matmul)
      for a, b in [((3, 4), (4, 5)), ((4,), (4, 5)), ((3, 4), (4,)), ((4,), (4,)), ((2, 3, 4), (4, 5)),
                   ((2, 3, 4), (2, 4, 5)), ((3, 4), (2, 4, 5)), ((2, 1, 3, 4), (5, 4, 2)), ((4,), (2, 4, 3))]),
]  # fmt: skip

EINSUM = [
    ("ij,jk->ik", (3, 4), (4, 5)),
    ("ij,jk", (3, 4), (4, 5)),
    ("ij->ji", (3, 4)),
    ("ij->", (3, 4)),
    ("ii->i", (4, 4)),
    ("ii", (4, 4)),
    ("i,j->ij", (3,), (4,)),
    ("i,i->", (4,), (4,)),
    ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
    ("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 5, 4)),
    ("bqhd,bkhd->bhqk", (2, 3, 2, 4), (2, 5, 2, 4)),
    ("abc,cde->abde", (2, 3, 4), (4, 5, 2)),
    ("...ij,...jk->...ik", (2, 3, 4), (1, 4, 5)),
    ("...i,i->...", (2, 3, 4), (4,)),
    ("b...,b->...", (3, 2, 4), (3,)),
    ("i...,...j", (3, 4), (4, 5)),
    ("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)),
    ("ab,bc,cd,de->ae", (2, 3), (3, 4), (4, 2), (2, 3)),
    ("i,ij,j->", (3,), (3, 4), (4,)),
    ("ijk,ik->j", (2, 3, 4), (2, 4)),
    ("ij,ij->ij", (3, 4), (3, 4)),
    ("iij,jk->ik", (3, 3, 4), (4, 2)),
    ("ij,kl->", (2, 3), (4, 5)),
]
LINEAR += [
    Case(f"einsum-{rule}", lambda *xs, rule=rule: ops.einsum(rule, *xs),
         [spread(*s) + 0.01 * i for i, s in enumerate(shapes)], lambda *xs, rule=rule: np.einsum(rule, *xs))
    for rule, *shapes in EINSUM
]  # fmt: skip


def windows(x, size, stride, reduce):
    n = (x.shape[1] - size) // stride + 1
    return np.stack([reduce(x[:, i * stride : i * stride + size], axis=1) for i in range(n)], axis=1)


def layer_norm(x, gamma, beta):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-3) * gamma + beta


NETWORKS = [
    unary("relu", X, lambda x: np.maximum(x, 0)),
    unary("relu6", 4 * X, lambda x: np.clip(x, 0, 6)),
    unary("leaky_relu", X, lambda x: np.where(x > 0, x, 0.2 * x)),
    unary("elu", X, lambda x: np.where(x > 0, x, np.expm1(x))),
    Case("celu", lambda x: ops.celu(x, 0.7), [X], lambda x: np.where(x > 0, x, 0.7 * np.expm1(x / 0.7))),
    unary("selu", X, lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x))),
    unary("silu", X, lambda x: x * special.expit(x)),
    unary("swish", X, lambda x: x * special.expit(x)),
    unary("gelu", X, lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))),
    Case("gelu-erf", lambda x: ops.gelu(x, False), [X], lambda x: x * special.ndtr(x)),
    unary("glu", X, lambda x: x[:, :2] * special.expit(x[:, 2:])),
    unary("softsign", X, lambda x: x / (1 + np.abs(x))),
    unary("squareplus", X, lambda x: (x + np.sqrt(x * x + 4)) / 2),
    unary("hard_sigmoid", 3 * X, lambda x: np.clip(x / 6 + 0.5, 0, 1)),
    unary("hard_silu", 3 * X, lambda x: x * np.clip(x / 6 + 0.5, 0, 1)),
    unary("hard_tanh", X, lambda x: np.clip(x, -1, 1)),
    unary("tanh_shrink", X, lambda x: x - np.tanh(x)),
    unary("hard_shrink", X, lambda x: np.where(np.abs(x) > 0.5, x, 0)),
    unary("soft_shrink", X, lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0)),
    unary("sparse_plus", X, lambda x: np.where(x > 1, x, np.where(x < -1, 0, (x + 1) ** 2 / 4))),
    unary("sparse_sigmoid", X, lambda x: np.clip((x + 1) / 2, 0, 1)),
    unary("mish", X, lambda x: x * np.tanh(np.logaddexp(x, 0))),
    Case("threshold", lambda x: ops.threshold(x, 0.5, -3.0), [X], lambda x: np.where(x > 0.5, x, -3)),
    unary("softmax", T, softmax),
    Case("softmax-axes", lambda x: ops.softmax(x, (0, 2)), [T], lambda x: softmax(x, (0, 2))),
    Case("log_softmax", lambda x: ops.log_softmax(x, 1), [T], lambda x: special.log_softmax(x, 1)),
    Case("log_softmax-axes", lambda x: ops.log_softmax(x, (0, 1)), [T], lambda x: special.log_softmax(x, (0, 1))),
    Case("one_hot", lambda x: ops.one_hot(ops.cast(x, "int32"), 3), [np.array([[0.0, 2.0], [1.0, 5.0]])],
         lambda x: np.eye(6, dtype="float32")[x.astype(int)][..., :3], smooth=False),
    Case("multi_hot", lambda x: ops.multi_hot(ops.cast(x, "int32"), 4), [np.array([[0.0, 2.0], [1.0, 1.0]])],
         lambda x: np.array([[1, 0, 1, 0], [0, 1, 0, 0]], "float32"), smooth=False),
    Case("max_pool", lambda x: ops.max_pool(x, 2), [spread(2, 7, 3)], lambda x: windows(x, 2, 2, np.max)),
    Case("max_pool-strides", lambda x: ops.max_pool(x, 3, 2), [spread(2, 7, 3)], lambda x: windows(x, 3, 2, np.max)),
    Case("average_pool", lambda x: ops.average_pool(x, 3, 1), [spread(2, 7, 3)], lambda x: windows(x, 3, 1, np.mean)),
    Case("average_pool-same", lambda x: ops.average_pool(x, 3, 2, "same"), [spread(1, 4, 2)],
         lambda x: np.stack([x[:, :3].mean(1), x[:, 2:].mean(1)], 1)),
    Case("max_pool-2d", lambda x: ops.max_pool(x, (1, 2)), [spread(2, 3, 4, 2)],
         lambda x: np.maximum(x[:, :, ::2], x[:, :, 1::2])),
    Case("batch_normalization",
         lambda x, m, v, b, g: ops.batch_normalization(x, m, v, 1, b, g),
         [T, spread(3), positive(3), spread(3), positive(3)],
         lambda x, m, v, b, g: ((x.swapaxes(1, 2) - m) / np.sqrt(v + 1e-3) * g + b).swapaxes(1, 2)),
    Case("layer_normalization", lambda x, g, b: ops.layer_normalization(x, g, b, epsilon=1e-3),
         [T, positive(4), Y], layer_norm),
    Case("layer_normalization-middle", lambda x, g, b: ops.layer_normalization(x, g, b, 1, 1e-3),
         [T, positive(3), Y[:3]], lambda x, g, b: layer_norm(x.swapaxes(1, 2), g, b).swapaxes(1, 2)),
    Case("layer_normalization-two", lambda x, g, b: ops.layer_normalization(x, g, b, (1, 2), 1e-3),
         [T, positive(3, 4), X], lambda x, g, b: layer_norm(x.reshape(2, 12), g.ravel(), b.ravel()).reshape(2, 3, 4)),
    Case("layer_normalization-plain", lambda x: ops.layer_normalization(x, epsilon=1e-3), [T],
         lambda x: layer_norm(x, 1, 0)),
    Case("rms_normalization-middle", lambda x: ops.rms_normalization(x, axis=1, epsilon=1e-3), [T],
         lambda x: x / np.sqrt((x * x).mean(1, keepdims=True) + 1e-3)),
    Case("rms_normalization-two", lambda x, g: ops.rms_normalization(x, g, (1, 2), 1e-3), [T, positive(1, 3, 4)],
         lambda x, g: x / np.sqrt((x * x).mean((1, 2), keepdims=True) + 1e-3) * g),
    Case("rms_normalization", lambda x, g: ops.rms_normalization(x, g, epsilon=1e-3), [T, positive(4)],
         lambda x, g: x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-3) * g),
    Case("binary_crossentropy", ops.binary_crossentropy, [positive(3, 4) / 4, positive(3, 4) / 3.5],
         lambda t, p: -(t * np.log(p) + (1 - t) * np.log(1 - p))),
    Case("binary_crossentropy-logits", lambda t, x: ops.binary_crossentropy(t, x, True), [positive(3, 4) / 4, X],
         lambda t, x: -(t * special.log_expit(x) + (1 - t) * special.log_expit(-x))),
    Case("categorical_crossentropy", ops.categorical_crossentropy, [softmax(X), P],
         lambda t, p: -(t * np.log(p / p.sum(-1, keepdims=True))).sum(-1)),
    Case("categorical_crossentropy-logits", lambda t, x: ops.categorical_crossentropy(t, x, True), [softmax(X), X],
         lambda t, x: -(t * special.log_softmax(x, -1)).sum(-1)),
    Case("categorical_crossentropy-axis", lambda t, x: ops.categorical_crossentropy(t, x, True, 0), [softmax(X, 0), X],
         lambda t, x: -(t * special.log_softmax(x, 0)).sum(0)),
    Case("sparse_categorical_crossentropy", lambda p: ops.sparse_categorical_crossentropy([1, 0, 3], p), [P],
         lambda p: -np.log(p / p.sum(-1, keepdims=True))[range(3), [1, 0, 3]]),
    Case("sparse_categorical_crossentropy-logits",
         lambda x: ops.sparse_categorical_crossentropy([[1], [0], [3]], x, True), [X],
         lambda x: -special.log_softmax(x, -1)[range(3), [1, 0, 3]]),
]  # fmt: skip

def convolved(x, w, stride=1, dilation=1, before=0, after=0, groups=1):
    """A convolution over (batch, length, channels), tap by tap."""
    x = np.pad(x, ((0, 0), (before, after), (0, 0)))
    n = (x.shape[1] - (w.shape[0] - 1) * dilation - 1) // stride + 1
    taken, made = w.shape[1], w.shape[2] // groups
    y = np.zeros((x.shape[0], n, w.shape[2]))
    for g in range(groups):
        into = slice(g * made, (g + 1) * made)
        for k in range(w.shape[0]):
            rows = x[:, k * dilation : k * dilation + n * stride : stride, g * taken : (g + 1) * taken][:, :n]
            y[:, :, into] += rows @ w[k, :, into]
    return y


def transposed(x, w, stride, size, before=0):
    """Each position adds the kernel (k, filters, channels) to the output."""
    y = np.zeros((x.shape[0], (x.shape[1] - 1) * stride + w.shape[0] + stride, w.shape[1]))
    for i in range(x.shape[1]):
        y[:, i * stride : i * stride + w.shape[0]] += np.einsum("bc,kfc->bkf", x[:, i], w)
    return y[:, before : before + size]


def rows_convolved(x, w):
    """A kernel of height 1 over images."""
    flat = convolved(x.reshape(-1, *x.shape[2:]), w[0])
    return flat.reshape(*x.shape[:2], *flat.shape[1:])


S, W = spread(2, 9, 4), spread(3, 4, 5, low=-1.1)
CONVOLUTION = [
    Case("conv", ops.conv, [S, W], convolved),
    Case("conv-strides", lambda x, w: ops.conv(x, w, 2), [S, W], lambda x, w: convolved(x, w, 2)),
    Case("conv-same", lambda x, w: ops.conv(x, w, 2, "same"), [spread(2, 8, 4), W],
         lambda x, w: convolved(x, w, 2, after=1)),
    Case("conv-same-dilated", lambda x, w: ops.conv(x, w, 1, "same", dilation_rate=2), [S, W],
         lambda x, w: convolved(x, w, 1, 2, 2, 2)),
    Case("conv-causal", lambda x, w: ops.conv(x, w, 1, "causal", None, 3), [S, W],
         lambda x, w: convolved(x, w, 1, 3, 6)),
    Case("conv-groups", ops.conv, [S, spread(3, 2, 6)], lambda x, w: convolved(x, w, groups=2)),
    Case("conv-2d", ops.conv, [spread(2, 3, 5, 2), spread(1, 3, 2, 4)], rows_convolved),
    Case("depthwise_conv", ops.depthwise_conv, [S, spread(3, 4, 2)],
         lambda x, w: np.concatenate([convolved(x[..., c : c + 1], w[:, c : c + 1]) for c in range(4)], -1)),
    Case("separable_conv", ops.separable_conv, [S, spread(3, 4, 1), spread(1, 4, 3)],
         lambda x, w, v: np.concatenate([convolved(x[..., c : c + 1], w[:, c : c + 1]) for c in range(4)], -1) @ v[0]),
    Case("conv_transpose", lambda x, w: ops.conv_transpose(x, w, 2), [S, spread(3, 5, 4)],
         lambda x, w: transposed(x, w, 2, 19)),
    Case("conv_transpose-same", lambda x, w: ops.conv_transpose(x, w, 2, "same"), [S, spread(3, 5, 4)],
         lambda x, w: transposed(x, w, 2, 18)),
    Case("conv_transpose-same-4", lambda x, w: ops.conv_transpose(x, w, 2, "same"), [S, spread(4, 5, 4)],
         lambda x, w: transposed(x, w, 2, 18, 1)),
    Case("conv_transpose-extra", lambda x, w: ops.conv_transpose(x, w, 3, output_padding=2), [S, spread(2, 5, 4)],
         lambda x, w: transposed(x, w, 3, 28)),
    Case("conv_transpose-short", lambda x, w: ops.conv_transpose(x, w, 3), [S, spread(2, 5, 4)],
         lambda x, w: transposed(x, w, 3, 27)),
]  # fmt: skip

CREATION = [
    Case("zeros_like", ops.zeros_like, [X], np.zeros_like, smooth=False),
    Case("ones_like", ops.ones_like, [X], np.ones_like, smooth=False),
    Case("full_like", lambda x, v: ops.full_like(x, v), [X, Y], lambda x, v: np.full_like(x, v), smooth=False),
    Case("stop_gradient", ops.stop_gradient, [X], np.copy, smooth=False),
]

CASES = [*ELEMENTWISE, *COMPARISON, *REDUCTION, *SHAPING, *INDEXING, *LINEAR, *NETWORKS, *CONVOLUTION, *CREATION]
