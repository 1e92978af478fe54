"""What layers compute, in NumPy: slow, plain, one thing at a time."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softplus(x):
    return np.logaddexp(x, 0)


def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def windows(x, pool, strides, padding, reduce):
    """Pooling along every axis between the first and the last, one window at a time."""
    for axis, (n, step) in enumerate(zip(pool, strides, strict=True), start=1):
        size = x.shape[axis]
        count = -(-size // step) if padding == "same" else (size - n) // step + 1
        before = max(0, (count - 1) * step + n - size) // 2 if padding == "same" else 0
        starts = [i * step - before for i in range(count)]
        x = np.stack([reduce(x.take(range(max(0, s), min(size, s + n)), axis), axis) for s in starts], axis)
    return x


def max_pool(pool, strides=None, padding="valid"):
    return lambda x: windows(x, pool, strides or pool, padding, lambda w, axis: w.max(axis))


def average_pool(pool, strides=None, padding="valid"):
    def reference(x):
        def add(w, axis):
            return w.sum(axis)

        # Means of means would be wrong at the margins, so sums and counts go separately.
        counts = windows(np.ones_like(x), pool, strides or pool, padding, add)
        return windows(x, pool, strides or pool, padding, add) / counts

    return reference


def standardized(x, axes, epsilon):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + epsilon)


def bilinear(factor):
    """Each output place looks up its two neighbours along each axis, places beyond the margin clamped."""

    def reference(x):
        for axis in (1, 2):
            n = x.shape[axis]
            places = np.clip((np.arange(n * factor) + 0.5) / factor - 0.5, 0, n - 1)
            low = np.floor(places).astype(int)
            share = (places - low).reshape([-1 if a == axis else 1 for a in range(4)])
            x = x.take(low, axis) * (1 - share) + x.take(np.minimum(low + 1, n - 1), axis) * share
        return x

    return reference


def convolve(x, kernel, bias=0.0, strides=1, dilation=1, groups=1, padding="valid"):
    """Convolution of any rank, one place of the output and one group at a time."""
    rank = x.ndim - 2
    strides, dilation = ((v,) * rank if isinstance(v, int) else v for v in (strides, dilation))
    window = kernel.shape[:rank]
    reach = [(n - 1) * d + 1 for n, d in zip(window, dilation, strict=True)]
    pads = [(0, 0)] * rank
    if padding == "causal":
        pads = [(reach[0] - 1, 0)]
    if padding == "same":
        missing = [max(0, (-(-n // s) - 1) * s + r - n) for n, s, r in zip(x.shape[1:-1], strides, reach, strict=True)]
        pads = [(m // 2, m - m // 2) for m in missing]
    x = np.pad(x, [(0, 0), *pads, (0, 0)])
    sizes = [(n - r) // s + 1 for n, r, s in zip(x.shape[1:-1], reach, strides, strict=True)]
    out = np.zeros((len(x), *sizes, kernel.shape[-1]))
    parts = np.split(np.arange(x.shape[-1]), groups), np.split(np.arange(kernel.shape[-1]), groups)
    for place in np.ndindex(*sizes):
        for offset in np.ndindex(*window):
            at = [p * s + o * d for p, s, o, d in zip(place, strides, offset, dilation, strict=True)]
            for inside, outside in zip(*parts, strict=True):
                seen = x[(slice(None), *at)][:, inside]
                out[(slice(None), *place)][:, outside] += seen @ kernel[offset][:, outside]
    return out + bias
