"""Activations by name in an Activation layer, and the activation layers."""

import numpy as np
from scipy import special

from cases._case import Array, Case, W
from cases._numpy import sigmoid, softmax, softplus

SEQ = (3, 7, W)
SELU = 1.0507009873554805, 1.6732632423543772


def selu(x):
    scale, alpha = SELU
    return scale * np.where(x > 0, x, alpha * np.expm1(x))


def prelu(x, alpha):
    return np.maximum(x, 0) + alpha * np.minimum(x, 0)


def maxout(x, kernel, bias):
    pieces = (x @ kernel + bias).reshape(*x.shape[:-1], 3, 2)
    return np.maximum(pieces[..., 0], pieces[..., 1])


# Name: reference, where it has kinks.
NAMED = {
    "linear": (lambda x: x, ()),
    "relu": (lambda x: np.maximum(x, 0), (0,)),
    "relu6": (lambda x: np.clip(x, 0, 6), (0, 6)),
    "leaky_relu": (lambda x: np.where(x > 0, x, 0.2 * x), (0,)),
    "elu": (lambda x: np.where(x > 0, x, np.expm1(x)), (0,)),
    "celu": (lambda x: np.where(x > 0, x, np.expm1(x)), (0,)),
    "selu": (selu, (0,)),
    "sigmoid": (sigmoid, ()),
    "log_sigmoid": (lambda x: -softplus(-x), ()),
    "hard_sigmoid": (lambda x: np.clip(x / 6 + 0.5, 0, 1), (-3, 3)),
    "tanh": (np.tanh, ()),
    "hard_tanh": (lambda x: np.clip(x, -1, 1), (-1, 1)),
    "tanh_shrink": (lambda x: x - np.tanh(x), ()),
    "softplus": (softplus, ()),
    "softsign": (lambda x: x / (1 + np.abs(x)), (0,)),
    "squareplus": (lambda x: (x + np.sqrt(x * x + 4)) / 2, ()),
    "silu": (lambda x: x * sigmoid(x), ()),
    "swish": (lambda x: x * sigmoid(x), ()),
    "hard_silu": (lambda x: x * np.clip(x / 6 + 0.5, 0, 1), (-3, 3)),
    "gelu": (lambda x: x * special.ndtr(x), ()),
    "gelu_fast": (lambda x: x * sigmoid(1.702 * x), ()),
    "mish": (lambda x: x * np.tanh(softplus(x)), ()),
    "exponential": (np.exp, ()),
    "hard_shrink": (lambda x: np.where(np.abs(x) > 0.5, x, 0), (-0.5, 0.5)),
    "soft_shrink": (lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0), (-0.5, 0.5)),
    "sparse_plus": (lambda x: np.where(x <= -1, 0, np.where(x < 1, (x + 1) ** 2 / 4, x)), (-1, 1)),
    "sparse_sigmoid": (lambda x: np.clip((x + 1) / 2, 0, 1), (-1, 1)),
    "softmax": (softmax, ()),
    "log_softmax": (lambda x: x - special.logsumexp(x, -1, keepdims=True), ()),
}
KERAS_HAS_NOT = {"gelu_fast"}


def named(name, reference, kinks):
    wide = name != "exponential"
    return Case(f"activation-{name}", "Activation", [Array(SEQ, -7.0, 7.0) if wide else SEQ], reference,
                {"activation": name}, kinks=kinks, rtol=2e-6, atol=1e-6, keras=name not in KERAS_HAS_NOT,
                why="a handful of roundings; the functions near 1e-7 wrong, differences of like numbers near 0")


cases = [
    *(named(name, *known) for name, known in NAMED.items()),
    Case("activation-glu", "Activation", [(3, W)], lambda x: x[:, : x.shape[1] // 2] * sigmoid(x[:, x.shape[1] // 2 :]),
         {"activation": "glu"}, widths=(2, 14, 16, 18, 34)),
    Case("relu-layer", "ReLU", [SEQ], lambda x: np.maximum(x, 0), kinks=(0,)),
    Case("relu-layer-bent", "ReLU", [SEQ],
         lambda x: np.where(x >= 0.5, 0.5, np.where(x >= 0.2, x, 0.1 * (x - 0.2))),
         {"max_value": 0.5, "negative_slope": 0.1, "threshold": 0.2}, kinks=(0.2, 0.5)),
    Case("leaky-relu-layer", "LeakyReLU", [SEQ], lambda x: np.where(x > 0, x, 0.2 * x), {"negative_slope": 0.2},
         kinks=(0,)),
    Case("prelu", "PReLU", [SEQ], prelu, kinks=(0,)),
    Case("prelu-shared", "PReLU", [SEQ], prelu, {"shared_axes": [1]}, kinks=(0,)),
    Case("elu-layer", "ELU", [SEQ], lambda x: np.where(x > 0, x, 0.7 * np.expm1(x)), {"alpha": 0.7}, kinks=(0,)),
    Case("softmax-layer", "Softmax", [SEQ], softmax),
    Case("softmax-layer-axes", "Softmax", [SEQ], lambda x: softmax(x, (1, 2)), {"axis": [1, 2]}),
    Case("softmax-layer-length", "Softmax", [SEQ], lambda x: softmax(x, 1), {"axis": 1}),
    Case("softplus-layer", "Softplus", [SEQ], lambda x: np.logaddexp(0, 2 * x) / 2, {"beta": 2.0}, keras=False),
    Case("maxout", "Maxout", [SEQ], maxout, {"units": 3}, keras=False, rtol=2e-5, atol=1e-5),
]
