"""Ops of the engine with inputs and what NumPy or SciPy say they answer."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import special


@dataclass
class Case:
    name: str
    op: str
    inputs: list
    attrs: dict = field(default_factory=dict)
    reference: Callable[..., Any] | None = None
    wrt: list | None = None  # inputs to differentiate by; default: every float one
    outputs: int = 1  # outputs that have a gradient

    def __str__(self):
        return self.name


def numbers(*shape, seed=0):
    """Distinct and well apart, so that no step of a finite difference changes an order."""
    n = int(np.prod(shape))
    rng = np.random.default_rng(zlib.crc32(repr((shape, seed)).encode()))
    return ((rng.permutation(n) + 0.5) / n * 4 - 2).reshape(shape)


def integers(low, high, *shape, dtype="int32", seed=0):
    return np.random.default_rng(seed).integers(low, high, shape).astype(dtype)


def windows(x, pool, strides, before, after, reduce):
    """Pooling by slicing out every window of real elements."""
    axes = len(pool)
    sizes = [(x.shape[a + 1] + before[a] + after[a] - pool[a]) // strides[a] + 1 for a in range(axes)]
    y = np.empty((x.shape[0], *sizes, x.shape[-1]))
    for at in np.ndindex(*sizes):
        starts = [o * s - b for o, s, b in zip(at, strides, before, strict=True)]
        cut = tuple(slice(max(0, s), s + p) for s, p in zip(starts, pool, strict=True))
        y[(slice(None), *at)] = reduce(x[(slice(None), *cut)], axis=tuple(range(1, axes + 1)))
    return y


def scatter(shape):
    def reference(at, values):
        y = np.zeros(shape)
        np.add.at(y, tuple(np.moveaxis(at, -1, 0)), values)
        return y

    return reference


def pool_case(name, x, pool, strides, before, after):
    attrs = {"pool": pool, "strides": strides, "before": before, "after": after}
    return [
        Case(f"max_pool-{name}", "max_pool", [x], attrs, lambda x: windows(x, pool, strides, before, after, np.max)),
        Case(
            f"average_pool-{name}",
            "average_pool",
            [x],
            attrs,
            lambda x: windows(x, pool, strides, before, after, np.mean),
        ),
    ]


def batch_norm(x, gamma, beta, epsilon=1e-3):
    axes = tuple(range(x.ndim - 1))
    x = x.astype(np.longdouble)  # NumPy's mean in double is the worse of the two far from zero
    mean, variance = x.mean(axes), x.var(axes)
    y = (x - mean) / np.sqrt(variance + epsilon) * gamma + beta
    return y.astype("float64"), mean.astype("float64"), variance.astype("float64")


def layer_norm(x, gamma, beta):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-3) * gamma + beta


def reductions():
    x = numbers(3, 4, 5)
    tied = np.array([[1.0, 3.0, 3.0], [2.0, -1.0, 2.0]])
    for op, f in [("sum", np.sum), ("mean", np.mean), ("max", np.max), ("min", np.min), ("prod", np.prod)]:
        for axes in ([0], [1], [2], [0, 1], [0, 2], [1, 2], [-1], [0, 1, 2], []):
            yield Case(
                f"{op}-{axes}", op, [x], {"axes": axes}, lambda x, f=f, axes=axes: f(x, axis=tuple(axes)) if axes else x
            )
        yield Case(f"{op}-all", op, [x], {}, f)
        yield Case(f"{op}-keep", op, [x], {"axes": [1], "keepdims": True}, lambda x, f=f: f(x, axis=1, keepdims=True))
        yield Case(f"{op}-long", op, [numbers(1300, 2)], {"axes": [0]}, lambda x, f=f: f(x, axis=0), wrt=[])
        yield Case(f"{op}-row", op, [numbers(2, 1301)], {"axes": [1]}, lambda x, f=f: f(x, axis=1), wrt=[])
    yield Case(
        "prod-zeros", "prod", [np.array([[0.0, 2, 3], [0, 0, 3], [1, 2, 3]])], {"axes": [1]}, lambda x: x.prod(1)
    )
    yield Case("max-ties", "max", [tied], {"axes": [1]}, lambda x: x.max(1), wrt=[])
    for op, f in [("any", np.any), ("all", np.all)]:
        yield Case(op, op, [numbers(4, 6) > 1], {"axes": [1]}, lambda x, f=f: f(x, axis=1))
    for op, f in [("argmax", np.argmax), ("argmin", np.argmin)]:
        for axis in (0, 1, 2):
            yield Case(f"{op}-{axis}", op, [x], {"axis": axis}, lambda x, f=f, axis=axis: f(x, axis=axis), wrt=[])
        yield Case(f"{op}-ties", op, [tied], {"axis": 1}, lambda x, f=f: f(x, axis=1), wrt=[])
    for axes in ([0], [1], [2], [0, 2], [0, 1, 2]):
        yield Case(
            f"logsumexp-{axes}",
            "logsumexp",
            [x],
            {"axes": axes},
            lambda x, axes=axes: special.logsumexp(x, axis=tuple(axes)),
        )
    infinite = np.array([[-np.inf, -np.inf], [-np.inf, 1], [np.inf, 0]])
    yield Case("logsumexp-inf", "logsumexp", [infinite], {"axes": [1]}, lambda x: [-np.inf, 1, np.inf], wrt=[])


def movements():
    x, cube = numbers(4, 5), numbers(3, 4, 5)
    yield Case("reshape", "reshape", [cube], {"shape": [5, -1]}, lambda x: x.reshape(5, -1))
    for axes in ([0, 1, 2], [0, 2, 1], [2, 0, 1], [1, 0, 2], [2, 1, 0], [-1, 0, 1]):
        yield Case(f"transpose-{axes}", "transpose", [cube], {"axes": axes}, lambda x, a=axes: x.transpose(a))
    big = numbers(3, 40, 2, 35)
    for axes in ([0, 3, 2, 1], [3, 1, 0, 2], [2, 3, 1, 0]):
        yield Case(f"transpose-big-{axes}", "transpose", [big], {"axes": axes}, lambda x, a=axes: x.transpose(a), [])
    for axis in (0, 1, 2, -1):
        shapes = [[3, 4, 5], [3, 4, 5], [3, 4, 5]]
        for i, s in enumerate(shapes):
            s[axis] = i + 1
        parts = [numbers(*s, seed=i) for i, s in enumerate(shapes)]
        yield Case(f"concatenate-{axis}", "concatenate", parts, {"axis": axis}, lambda *p, a=axis: np.concatenate(p, a))
    yield Case("slice", "slice", [cube], {"begin": [1, 0, 2], "size": [2, 4, 2]}, lambda x: x[1:3, :, 2:4])
    yield Case(
        "slice-steps",
        "slice",
        [cube],
        {"begin": [2, 1, 4], "size": [3, 2, 3], "strides": [-1, 2, -2]},
        lambda x: x[::-1, 1::2, ::-2],
    )
    yield Case("slice-empty", "slice", [x], {"begin": [0, 0], "size": [0, 5]}, lambda x: x[:0])
    yield Case(
        "pad",
        "pad",
        [cube],
        {"before": [0, 2, 1], "after": [1, 0, 3], "value": 1.5},
        lambda x: np.pad(x, [(0, 1), (2, 0), (1, 3)], constant_values=1.5),
    )
    for mode in ("reflect", "symmetric"):
        for before, after in (([0, 2], [0, 3]), ([3, 7], [9, 11])):
            yield Case(
                f"pad-{mode}-{before}",
                "pad",
                [x],
                {"before": before, "after": after, "mode": mode},
                lambda x, m=mode, b=before, a=after: np.pad(x, list(zip(b, a, strict=True)), mode=m),
            )
    for axes in ([0], [1], [2], [-1, 0], [0, 1, 2]):
        yield Case(f"flip-{axes}", "flip", [cube], {"axes": axes}, lambda x, a=axes: np.flip(x, a))
    yield Case("roll", "roll", [cube], {"shift": [2, -6], "axes": [1, 2]}, lambda x: np.roll(x, (2, -6), (1, 2)))
    for axis in (0, 1, -1):
        yield Case(f"repeat-{axis}", "repeat", [cube], {"repeats": 3, "axis": axis}, lambda x, a=axis: x.repeat(3, a))
    yield Case("tile", "tile", [cube], {"repeats": [2, 1, 3]}, lambda x: np.tile(x, (2, 1, 3)))
    for op, f in [("tril", np.tril), ("triu", np.triu)]:
        for k in (-5, -1, 0, 2):
            yield Case(f"{op}-{k}", op, [cube], {"k": k}, lambda x, f=f, k=k: f(x, k))


def indexing():
    x = numbers(4, 5, 3)
    for axis in (0, 1, 2):
        at = integers(-x.shape[axis], x.shape[axis], 2, 6, dtype="int64", seed=axis)
        yield Case(f"gather-{axis}", "gather", [x, at], {"axis": axis}, lambda x, i, a=axis: x.take(i, a))
        shape = [4, 5, 3]
        shape[axis] = 7
        at = integers(-x.shape[axis], x.shape[axis], *shape, seed=axis)
        yield Case(
            f"take_along_axis-{axis}",
            "take_along_axis",
            [x, at],
            {"axis": axis},
            lambda x, i, a=axis: np.take_along_axis(x, i, a),
        )
    yield Case("gather-scalar", "gather", [x, np.array(2, "int32")], {"axis": 1}, lambda x, i: x[:, 2])
    pairs = integers(0, 4, 6, 2)
    yield Case("scatter_add", "scatter_add", [pairs, numbers(6, 3)], {"shape": [4, 5, 3]}, scatter((4, 5, 3)))
    yield Case(
        "scatter_add-rows", "scatter_add", [integers(-4, 4, 9, 1), numbers(9, 2)], {"shape": [4, 2]}, scatter((4, 2))
    )
    yield Case("gather_nd", "gather_nd", [x, pairs[:, :2] % 4], {}, lambda x, i: x[i[:, 0], i[:, 1]])
    labels = integers(-1, 6, 2, 3)
    for axis in (-1, 0, 1):
        yield Case(
            f"one_hot-{axis}",
            "one_hot",
            [labels],
            {"depth": 5, "axis": axis},
            lambda i, a=axis: np.moveaxis((i[..., None] == np.arange(5)).astype(float), -1, a),
        )


def scans_and_sorts():
    x = numbers(3, 4, 5)
    for axis in (0, 1, 2):
        yield Case(f"cumsum-{axis}", "cumsum", [x], {"axis": axis}, lambda x, a=axis: x.cumsum(a))
        yield Case(f"cumprod-{axis}", "cumprod", [x], {"axis": axis}, lambda x, a=axis: x.cumprod(a))
        yield Case(f"sort-{axis}", "sort", [x], {"axis": axis}, lambda x, a=axis: np.sort(x, a))
        yield Case(
            f"argsort-{axis}",
            "argsort",
            [integers(0, 3, 3, 4, 5)],
            {"axis": axis},
            lambda x, a=axis: np.argsort(x, a, kind="stable"),
        )

    def reverse(f):
        return lambda x: np.flip(f(np.flip(x, 1), 1), 1)

    for op, f, edge in [("cumsum", np.cumsum, 0), ("cumprod", np.cumprod, 1)]:
        yield Case(f"{op}-reverse", op, [x], {"axis": 1, "reverse": True}, reverse(f))

        def shift(x, axis, f=f, edge=edge):
            return np.insert(f(x, axis), 0, edge, axis)[:, :-1]

        yield Case(f"{op}-exclusive", op, [x], {"axis": 1, "exclusive": True}, lambda x, s=shift: s(x, 1))
        yield Case(f"{op}-both", op, [x], {"axis": 1, "exclusive": True, "reverse": True}, reverse(shift))
    yield Case("cumprod-zeros", "cumprod", [np.array([2.0, 0, 3, 0, 1])], {"axis": 0}, np.cumprod)

    def recurrence(b, c):
        a = np.zeros_like(b)
        for t in range(b.shape[1]):
            a[:, t] = b[:, t] + (c[:, t] * a[:, t - 1] if t else 0)
        return a

    yield Case("linear_scan", "linear_scan", [x, numbers(3, 4, 5, seed=1)], {"axis": 1}, recurrence)
    yield Case(
        "linear_scan-reverse",
        "linear_scan",
        [x, numbers(3, 4, 5, seed=1)],
        {"axis": 1, "reverse": True},
        lambda b, c: recurrence(b[:, ::-1], c[:, ::-1])[:, ::-1],
    )
    yield Case("sort-descending", "sort", [x], {"axis": 1, "descending": True}, lambda x: -np.sort(-x, 1))
    with_nan = np.array([[3, np.nan, 1, -np.inf], [np.inf, 2, np.nan, 0]])
    yield Case("sort-nan", "sort", [with_nan], {}, np.sort, wrt=[])
    yield Case("top_k", "top_k", [x], {"k": 3}, lambda x: (-np.sort(-x)[..., :3], np.argsort(-x)[..., :3]))
    tied = np.array([[1, 3, 3, 0, 3]], "int32")
    yield Case("top_k-ties", "top_k", [tied], {"k": 4}, lambda x: ([[3, 3, 3, 1]], [[1, 2, 4, 0]]))


def softmaxes():
    x = numbers(3, 4, 5)
    for axis in (0, 1, 2, -1):
        yield Case(f"softmax-{axis}", "softmax", [x], {"axis": axis}, lambda x, a=axis: special.softmax(x, a))
        yield Case(
            f"log_softmax-{axis}", "log_softmax", [x], {"axis": axis}, lambda x, a=axis: special.log_softmax(x, a)
        )
    yield Case("softmax-large", "softmax", [x * 1e3], {}, lambda x: special.softmax(x, -1), wrt=[])
    empty = np.array([[-np.inf, -np.inf], [0, -np.inf]])
    yield Case("softmax-nothing", "softmax", [empty], {}, lambda x: [[0, 0], [1, 0]], wrt=[])
    yield Case("log_softmax-nothing", "log_softmax", [empty], {}, lambda x: [[-np.inf] * 2, [0, -np.inf]], wrt=[])
    logits, targets = numbers(6, 5), np.random.default_rng(0).random((6, 5))
    yield Case(
        "softmax_cross_entropy",
        "softmax_cross_entropy",
        [logits, targets],
        {},
        lambda x, t: -(t * special.log_softmax(x, -1)).sum(-1),
    )
    yield Case(
        "sparse_softmax_cross_entropy",
        "sparse_softmax_cross_entropy",
        [logits, integers(0, 5, 6)],
        {},
        lambda x, t: -special.log_softmax(x, -1)[np.arange(6), t],
    )


def poolings():
    line, image = numbers(2, 11, 3), numbers(2, 7, 6, 2)
    yield from pool_case("plain", line, [3], [3], [0], [0])
    yield from pool_case("overlap", line, [4], [2], [1], [2])
    yield from pool_case("gaps", line, [2], [3], [0], [1])
    yield from pool_case("wide", numbers(1, 9, 70), [2], [2], [0], [0])
    yield from pool_case("image", image, [2, 3], [2, 3], [0, 0], [0, 0])
    yield from pool_case("image-overlap", image, [3, 2], [2, 1], [1, 0], [1, 1])


def norms():
    gamma, beta = numbers(3, seed=1) + 3, numbers(3, seed=2)
    for x in (numbers(6, 3), numbers(2, 5, 3), numbers(2, 2, 3, 3)):
        yield Case(f"batch_norm-{x.ndim}", "batch_norm", [x, gamma, beta], {"epsilon": 1e-3}, batch_norm, outputs=3)
    far = numbers(600, 3) * 1e-2 + [1e2, -1e2, 0]
    yield Case("batch_norm-far", "batch_norm", [far, gamma, beta], {}, batch_norm, wrt=[])
    yield Case(
        "batch_norm_moments",
        "batch_norm_moments",
        [numbers(4, 5, 3)],
        {},
        lambda x: (x.mean((0, 1)), x.var((0, 1))),
        outputs=2,
    )
    x = numbers(4, 3)
    mean, variance = x.mean(0), x.var(0)
    yield Case("batch_norm_grad", "batch_norm_grad", [x, numbers(4, 3, seed=5), mean, variance, gamma], {}, outputs=3)
    yield Case("layer_norm", "layer_norm", [numbers(2, 4, 3), gamma, beta], {"epsilon": 1e-3}, layer_norm)
    yield Case("layer_norm-wide", "layer_norm", [numbers(5, 37), numbers(37), numbers(37, seed=1)], {}, layer_norm)
    yield Case("layer_norm_grad", "layer_norm_grad", [x, numbers(4, 3, seed=5), gamma], {}, outputs=3)
    yield Case(
        "rms_norm",
        "rms_norm",
        [numbers(2, 4, 3), gamma],
        {"epsilon": 1e-6},
        lambda x, g: x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-6) * g,
    )
    yield Case("rms_norm_grad", "rms_norm_grad", [x, numbers(4, 3, seed=5), gamma], {}, outputs=2)


CASES = [
    *reductions(), *movements(), *indexing(), *scans_and_sorts(), *softmaxes(), *poolings(), *norms(),
]  # fmt: skip
