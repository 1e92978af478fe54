"""What layers compute, in float64 NumPy: (class, arguments, input shapes, function of inputs and weights)."""

import numpy as np


def softmax(x, axis):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def windows(x, pool, strides, padding, reduce):
    """Pooling along every axis between the first and the last, one window at a time."""
    for axis, (n, step) in enumerate(zip(pool, strides, strict=True), start=1):
        size = x.shape[axis]
        count = -(-size // step) if padding == "same" else (size - n) // step + 1
        before = max(0, (count - 1) * step + n - size) // 2 if padding == "same" else 0
        starts = [i * step - before for i in range(count)]
        # Means of means would be wrong at the margins, so sums and counts go separately.
        x = np.stack([reduce(x.take(range(max(0, s), min(size, s + n)), axis), axis) for s in starts], axis)
    return x


def max_pool(pool, strides=None, padding="valid"):
    return lambda x: windows(x, pool, strides or pool, padding, lambda w, axis: w.max(axis))


def average_pool(pool, strides=None, padding="valid"):
    def reference(x):
        def add(w, axis):
            return w.sum(axis)

        counts = windows(np.ones_like(x), pool, strides or pool, padding, add)
        return windows(x, pool, strides or pool, padding, add) / counts

    return reference


def standardized(x, axes, epsilon):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + epsilon)


def group_norm(groups, epsilon):
    def reference(x, gamma, beta):
        parts = np.split(x, groups, axis=-1)
        axes = tuple(range(1, x.ndim))
        return np.concatenate([standardized(p, axes, epsilon) for p in parts], -1) * gamma + beta

    return reference


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


def prelu(x, alpha):
    return np.maximum(x, 0) + alpha * np.minimum(x, 0)


def maxout(x, kernel, bias):
    pieces = (x @ kernel + bias).reshape(*x.shape[:-1], 3, 2)
    return np.maximum(pieces[..., 0], pieces[..., 1])


def cosine(x, y):
    lengths = np.sqrt((x**2).sum(1) * (y**2).sum(1))
    return ((x * y).sum(1) / lengths)[:, None]


def convolve(x, kernel, bias, strides=1, dilation=1, groups=1, padding="valid"):
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


def batch_norm_at_rest(x, gamma, beta, mean, variance):
    return (x - mean) / np.sqrt(variance + 1e-3) * gamma + beta


SEQ, IMG, ROW = (3, 7, 4), (2, 5, 6, 3), (4, 6)
PAIR = [SEQ, SEQ]

CASES = [
    ("Activation", {"activation": "tanh"}, [SEQ], np.tanh),
    ("Identity", {}, [SEQ], lambda x: x),
    ("Masking", {}, [SEQ], lambda x: x),
    ("ReLU", {}, [SEQ], lambda x: np.maximum(x, 0)),
    ("ReLU", {"max_value": 0.5, "negative_slope": 0.1, "threshold": 0.2}, [SEQ],
     lambda x: np.where(x >= 0.5, 0.5, np.where(x >= 0.2, x, 0.1 * (x - 0.2)))),
    ("LeakyReLU", {"negative_slope": 0.2}, [SEQ], lambda x: np.where(x > 0, x, 0.2 * x)),
    ("PReLU", {}, [SEQ], prelu),
    ("PReLU", {"shared_axes": [1]}, [SEQ], prelu),
    ("ELU", {"alpha": 0.7}, [SEQ], lambda x: np.where(x > 0, x, 0.7 * np.expm1(x))),
    ("Softmax", {}, [SEQ], lambda x: softmax(x, -1)),
    ("Softmax", {"axis": [1, 2]}, [SEQ], lambda x: softmax(x, (1, 2))),
    ("Softplus", {"beta": 2.0}, [SEQ], lambda x: np.logaddexp(0, 2 * x) / 2),
    ("Maxout", {"units": 3}, [SEQ], maxout),
    ("Flatten", {}, [IMG], lambda x: x.reshape(2, -1)),
    ("Reshape", {"target_shape": (2, -1)}, [SEQ], lambda x: x.reshape(3, 2, 14)),
    ("Permute", {"dims": (3, 1, 2)}, [IMG], lambda x: x.transpose(0, 3, 1, 2)),
    ("RepeatVector", {"n": 3}, [ROW], lambda x: np.stack([x] * 3, 1)),
    ("Cropping1D", {"cropping": (2, 1)}, [SEQ], lambda x: x[:, 2:-1]),
    ("Cropping2D", {"cropping": ((1, 0), (2, 1))}, [IMG], lambda x: x[:, 1:, 2:-1]),
    ("ZeroPadding1D", {"padding": (0, 2)}, [SEQ], lambda x: np.pad(x, ((0, 0), (0, 2), (0, 0)))),
    ("ZeroPadding2D", {"padding": ((1, 0), (2, 3))}, [IMG], lambda x: np.pad(x, ((0, 0), (1, 0), (2, 3), (0, 0)))),
    ("UpSampling1D", {"size": 3}, [SEQ], lambda x: x.repeat(3, 1)),
    ("UpSampling2D", {"size": (2, 3)}, [IMG], lambda x: x.repeat(2, 1).repeat(3, 2)),
    ("UpSampling2D", {"size": 3, "interpolation": "bilinear"}, [IMG], bilinear(3)),
    ("UpSampling2D", {"size": 2, "interpolation": "bilinear"}, [(2, 1, 4, 1)], bilinear(2)),
    ("MaxPooling1D", {"pool_size": 3}, [SEQ], max_pool((3,))),
    ("MaxPooling1D", {"pool_size": 3, "strides": 2, "padding": "same"}, [SEQ], max_pool((3,), (2,), "same")),
    ("MaxPooling2D", {"pool_size": (2, 3), "strides": (1, 2), "padding": "same"}, [IMG],
     max_pool((2, 3), (1, 2), "same")),
    ("AveragePooling1D", {"pool_size": 2}, [SEQ], average_pool((2,))),
    ("AveragePooling1D", {"pool_size": 4, "strides": 3, "padding": "same"}, [SEQ], average_pool((4,), (3,), "same")),
    ("AveragePooling2D", {"pool_size": (2, 3), "padding": "same"}, [IMG], average_pool((2, 3), None, "same")),
    ("GlobalMaxPooling1D", {}, [SEQ], lambda x: x.max(1)),
    ("GlobalMaxPooling2D", {"keepdims": True}, [IMG], lambda x: x.max((1, 2), keepdims=True)),
    ("GlobalAveragePooling1D", {"keepdims": True}, [SEQ], lambda x: x.mean(1, keepdims=True)),
    ("GlobalAveragePooling2D", {}, [IMG], lambda x: x.mean((1, 2))),
    ("LayerNormalization", {}, [SEQ], lambda x, g, b: standardized(x, -1, 1e-3) * g + b),
    ("LayerNormalization", {"axis": [1, 2], "center": False, "epsilon": 0.1}, [SEQ],
     lambda x, g: standardized(x, (1, 2), 0.1) * g),
    ("LayerNormalization", {"rms_scaling": True}, [SEQ],
     lambda x, g: x / np.sqrt(x.var(-1, keepdims=True) + 1e-3) * g),
    ("BatchNormalization", {}, [SEQ], batch_norm_at_rest),
    ("BatchNormalization", {"axis": 1, "center": False, "epsilon": 0.1}, [ROW],
     lambda x, g, m, v: (x - m) / np.sqrt(v + 0.1) * g),
    ("Dense", {"units": 5, "activation": "sigmoid"}, [SEQ], lambda x, k, b: 1 / (1 + np.exp(-(x @ k + b)))),
    ("Dense", {"units": 5, "use_bias": False}, [ROW], lambda x, k: x @ k),
    ("Conv1D", {"filters": 5, "kernel_size": 3}, [SEQ], convolve),
    ("Conv1D", {"filters": 6, "kernel_size": 2, "dilation_rate": 3, "padding": "causal", "groups": 2}, [SEQ],
     lambda x, k, b: convolve(x, k, b, dilation=3, padding="causal", groups=2)),
    ("Conv1D", {"filters": 5, "kernel_size": 4, "strides": 3, "padding": "same", "activation": "softplus"}, [SEQ],
     lambda x, k, b: np.logaddexp(0, convolve(x, k, b, strides=3, padding="same"))),
    ("Conv2D", {"filters": 4, "kernel_size": (2, 3), "padding": "same"}, [IMG],
     lambda x, k, b: convolve(x, k, b, padding="same")),
    ("Conv2D", {"filters": 3, "kernel_size": 2, "strides": (2, 1), "groups": 3, "use_bias": False}, [IMG],
     lambda x, k: convolve(x, k, 0, strides=(2, 1), groups=3)),
    ("Conv2D", {"filters": 3, "kernel_size": (2, 3), "dilation_rate": (3, 2)}, [IMG],
     lambda x, k, b: convolve(x, k, b, dilation=(3, 2))),
    ("RMSNormalization", {"axis": 1}, [SEQ],
     lambda x, s: x / np.sqrt((x**2).mean(1, keepdims=True) + 1e-6) * s[:, None]),
    ("GroupNormalization", {"groups": 2}, [SEQ], group_norm(2, 1e-3)),
    ("GroupNormalization", {"groups": -1, "epsilon": 0.1}, [IMG], group_norm(3, 0.1)),
    ("UnitNormalization", {"axis": 1}, [SEQ], lambda x: x / np.sqrt((x**2).sum(1, keepdims=True))),
    ("Normalization", {"axis": 2, "mean": [1.0, 2.0, 3.0, 4.0], "variance": [4.0, 1.0, 0.25, 9.0]}, [SEQ],
     lambda x: (x - [1, 2, 3, 4]) / [2, 1, 0.5, 3]),
    ("Normalization", {"axis": None, "mean": 1.0, "variance": 4.0, "invert": True}, [SEQ], lambda x: x * 2 + 1),
    ("Dropout", {"rate": 0.5}, [SEQ], lambda x: x),
    ("SpatialDropout1D", {"rate": 0.5}, [SEQ], lambda x: x),
    ("SpatialDropout2D", {"rate": 0.5}, [IMG], lambda x: x),
    ("GaussianNoise", {"stddev": 0.5}, [SEQ], lambda x: x),
    ("GaussianDropout", {"rate": 0.5}, [SEQ], lambda x: x),
    ("AlphaDropout", {"rate": 0.5}, [SEQ], lambda x: x),
    ("ActivityRegularization", {"l1": 0.1, "l2": 0.2}, [SEQ], lambda x: x),
    ("Add", {}, [SEQ, SEQ, SEQ], lambda x, y, z: x + y + z),
    ("Add", {}, [SEQ, (3, 4)], lambda x, y: x + y[:, None]),
    ("Subtract", {}, PAIR, lambda x, y: x - y),
    ("Multiply", {}, [SEQ, (3, 1, 4)], lambda x, y: x * y),
    ("Average", {}, PAIR, lambda x, y: (x + y) / 2),
    ("Maximum", {}, PAIR, np.maximum),
    ("Minimum", {}, PAIR, np.minimum),
    ("Concatenate", {}, [SEQ, (3, 7, 2)], lambda x, y: np.concatenate([x, y], -1)),
    ("Concatenate", {"axis": 1}, [SEQ, (3, 2, 4)], lambda x, y: np.concatenate([x, y], 1)),
    ("Dot", {"axes": 1}, [ROW, ROW], lambda x, y: (x * y).sum(1, keepdims=True)),
    ("Dot", {"axes": 1, "normalize": True}, [ROW, ROW], cosine),
    ("Dot", {"axes": (2, 1)}, [SEQ, (3, 4, 5)], np.matmul),
    ("Dot", {"axes": (1, -1)}, [SEQ, (3, 2, 7)], lambda x, y: np.einsum("blc,bkl->bck", x, y)),
]  # fmt: skip
