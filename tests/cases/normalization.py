import numpy as np

from cases._case import Case, W
from cases._numpy import standardized

SEQ, IMG = (3, 7, W), (2, 4, 5, W)
DIVIDED = "divisions by deviations near 0.3 make errors of 1e-6 of numbers near 2 three times as large"
POSITIVE = (0.5, 1.5)


def norm(name, kind, shape, reference, options=None, **more):
    more = {"rtol": 3e-5, "atol": 1e-5, "why": DIVIDED, "weights": POSITIVE, **more}
    return Case(name, kind, [shape], reference, options or {}, **more)


def layer_norm(x, gamma=1.0, beta=0.0, axes=-1, epsilon=1e-3):
    return standardized(x, axes, epsilon) * gamma + beta


def batch_norm(x, gamma, beta, mean, variance):
    return (x - mean) / np.sqrt(variance + 1e-3) * gamma + beta


def batch_norm_in_training(x, gamma, beta, mean, variance):
    return standardized(x, tuple(range(x.ndim - 1)), 1e-3) * gamma + beta


def group_norm(groups, epsilon=1e-3):
    def reference(x, gamma, beta):
        parts = np.split(x, groups or x.shape[-1], axis=-1)
        axes = tuple(range(1, x.ndim))
        return np.concatenate([standardized(p, axes, epsilon) for p in parts], -1) * gamma + beta

    return reference


EVEN = (4, 8, 14, 16, 18, 32, 34)
MORE_THAN_ONE = (3, 7, 8, 9, 15, 16, 17, 31, 32, 33)
cases = [
    norm("batch-norm", "BatchNormalization", SEQ, batch_norm),
    norm("batch-norm-rows", "BatchNormalization", (6, W), batch_norm),
    norm("batch-norm-training", "BatchNormalization", SEQ, batch_norm_in_training, training=True, per_sample=False),
    norm("batch-norm-training-image", "BatchNormalization", IMG, batch_norm_in_training, training=True,
         per_sample=False),
    norm("batch-norm-training-rows", "BatchNormalization", (6, W), batch_norm_in_training, training=True,
         per_sample=False),
    norm("batch-norm-axis", "BatchNormalization", (4, 6), lambda x, g, m, v: (x - m) / np.sqrt(v + 0.1) * g,
         {"axis": 1, "center": False, "epsilon": 0.1}),
    norm("batch-norm-bare", "BatchNormalization", SEQ, lambda x, m, v: (x - m) / np.sqrt(v + 1e-3),
         {"center": False, "scale": False}),
    norm("layer-norm", "LayerNormalization", SEQ, layer_norm, widths=MORE_THAN_ONE),
    norm("layer-norm-rows", "LayerNormalization", (5, W), layer_norm, widths=MORE_THAN_ONE),
    norm("layer-norm-axes", "LayerNormalization", (2, 7, 4),
         lambda x, g: layer_norm(x, g, axes=(1, 2), epsilon=0.1),
         {"axis": [1, 2], "center": False, "epsilon": 0.1}),
    norm("layer-norm-rms", "LayerNormalization", SEQ, lambda x, g: x / np.sqrt(x.var(-1, keepdims=True) + 1e-3) * g,
         {"rms_scaling": True}, widths=MORE_THAN_ONE, keras=False),
    norm("rms-norm", "RMSNormalization", SEQ,
         lambda x, s: x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-6) * s),
    norm("rms-norm-axis", "RMSNormalization", (3, 7, 4),
         lambda x, s: x / np.sqrt((x**2).mean(1, keepdims=True) + 1e-6) * s[:, None], {"axis": 1}, keras=False),
    norm("group-norm", "GroupNormalization", SEQ, group_norm(2), {"groups": 2}, widths=EVEN),
    norm("group-norm-each", "GroupNormalization", IMG, group_norm(None, 0.1), {"groups": -1, "epsilon": 0.1}),
    norm("group-norm-one", "GroupNormalization", IMG, group_norm(1), {"groups": 1}),
    norm("unit-norm", "UnitNormalization", SEQ, lambda x: x / np.sqrt((x**2).sum(-1, keepdims=True)),
         widths=MORE_THAN_ONE),
    norm("unit-norm-axis", "UnitNormalization", SEQ, lambda x: x / np.sqrt((x**2).sum(1, keepdims=True)), {"axis": 1}),
    norm("standardization", "Normalization", (3, 7, 4), lambda x: (x - [1, 2, 3, 4]) / [2, 1, 0.5, 3],
         {"axis": 2, "mean": [1.0, 2.0, 3.0, 4.0], "variance": [4.0, 1.0, 0.25, 9.0]}, keras=False),
    norm("standardization-inverse", "Normalization", SEQ, lambda x: x * 2 + 1,
         {"axis": None, "mean": 1.0, "variance": 4.0, "invert": True}, keras=False),
]
