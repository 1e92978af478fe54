"""Counts of true and false positives and negatives at many thresholds at once."""

from __future__ import annotations

import numpy as np

from genodl import ops
from genodl._errors import ConfigError, ShapeError
from genodl._operation import live
from genodl.losses._tensors import EPSILON, same_rank, tensor

# The score of classes outside the top k, below every threshold.
NOWHERE = -1e10
KEYS = ("tp", "fp", "tn", "fn")


def as_list(x):
    return list(x) if isinstance(x, (list, tuple, np.ndarray)) else [x]


def parse_thresholds(thresholds, default, who):
    """A list of thresholds from 0 to 1."""
    if thresholds is None:
        return [default]
    thresholds = as_list(thresholds)
    bad = [t for t in thresholds if t is None or not 0 <= t <= 1]
    if bad:
        raise ConfigError(f"{who}: expected thresholds from 0 to 1, got {bad}.")
    return thresholds


def evenly_distributed(thresholds):
    """Whether thresholds cut 0 to 1 into equal parts, as far as float32 sees."""
    n = len(thresholds)
    return n >= 3 and np.allclose(thresholds, np.arange(n, dtype="float32") / (n - 1), atol=EPSILON)


def update_counts(
    variables,
    y_true,
    y_pred,
    thresholds,
    evenly=False,
    sample_weight=None,
    top_k=None,
    class_id=None,
    multi_label=False,
    label_weights=None,
):
    """Adds a batch to ``variables``, a dict from "tp", "fp", "tn", "fn" to a Variable (thresholds, ...)."""
    dtype = next(iter(variables.values())).dtype
    y_pred, y_true = same_rank(tensor(y_pred, dtype), tensor(y_true, dtype))
    if sample_weight is not None:
        sample_weight = ops.expand_dims(tensor(sample_weight, dtype), -1)
        if len(sample_weight.shape) == len(y_true.shape) + 1:
            sample_weight = ops.squeeze(sample_weight, -1)
    if top_k is not None:
        y_pred = _top_k_only(y_pred, top_k)
    if class_id is not None:
        y_true, y_pred = _one_class(y_true, class_id), _one_class(y_pred, class_id)
    weights = _entry_weights(sample_weight, label_weights, y_pred)
    truth = ops.cast(ops.cast(y_true, "bool"), dtype)
    if not multi_label:
        truth, y_pred, weights = (ops.reshape(x, (-1, 1)) for x in (truth, y_pred, weights))
    true_labels, false_labels = truth * weights, (1.0 - truth) * weights
    at_least = _by_buckets if evenly else _by_comparison
    tp, fp = at_least(y_pred, true_labels, false_labels, thresholds)
    counts = {"tp": tp, "fp": fp, "tn": ops.sum(false_labels, axis=0) - fp, "fn": ops.sum(true_labels, axis=0) - tp}
    for key, variable in variables.items():
        variable.assign(variable + ops.reshape(counts[key], variable.shape))


def _entry_weights(sample_weight, label_weights, like):
    weights = ops.ones_like(like)
    if sample_weight is not None:
        weights = weights * ops.broadcast_to(sample_weight, like.shape)
    if label_weights is not None:
        weights = weights * ops.broadcast_to(tensor(label_weights, like.dtype), like.shape)
    return weights


def _one_class(x, class_id):
    if len(x.shape) == 1:
        raise ShapeError(f"class_id: expected predictions (batch, classes), got {tuple(x.shape)}.")
    return x[..., class_id : class_id + 1 or None]


def _top_k_only(y_pred, k):
    _, indices = ops.top_k(y_pred, k)
    chosen = ops.sum(ops.one_hot(indices, y_pred.shape[-1], dtype=y_pred.dtype), axis=-2)
    return y_pred * chosen + NOWHERE * (1.0 - chosen)


def _by_comparison(y_pred, true_labels, false_labels, thresholds):
    """Weights of entries above each threshold; (entries, labels) to (thresholds, labels)."""
    levels = ops.reshape(live(np.asarray(thresholds, "float32")), (-1, 1, 1))
    above = ops.cast(ops.greater(ops.expand_dims(y_pred, 0), levels), y_pred.dtype)
    return tuple(ops.sum(above * ops.expand_dims(x, 0), axis=1) for x in (true_labels, false_labels))


def _by_buckets(y_pred, true_labels, false_labels, thresholds):
    """The same for evenly spaced thresholds: each entry goes into one bucket, sums run over buckets."""
    n, labels = len(thresholds), y_pred.shape[-1]
    bucket = ops.ceil(ops.clip(y_pred, 0.0, 1.0) * float(n - 1)) - 1.0
    if thresholds[0] < 0.0 or thresholds[-1] > 1.0:
        bucket = ops.maximum(bucket, 0.0)
    # Bucket -1 holds zeros below every threshold: ids are moved up by one, and it is dropped at the end.
    ids = (ops.cast(bucket, "int32") + 1) * labels + ops.arange(labels, dtype="int32")
    ids = ops.reshape(ids, (-1,))

    def at_least(x):
        sums = ops.segment_sum(ops.reshape(x, (-1,)), ids, num_segments=(n + 1) * labels)
        sums = ops.flip(ops.reshape(sums, (n + 1, labels))[1:], axis=0)
        return ops.flip(ops.cumsum(sums, axis=0), axis=0)

    return at_least(true_labels), at_least(false_labels)
