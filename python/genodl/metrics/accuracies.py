"""How often predictions equal the truth."""

from __future__ import annotations

from genodl import ops
from genodl.losses._tensors import aligned_pair, float_tensor, tensor
from genodl.metrics.reduction import MeanMetricWrapper


def accuracy(y_true, y_pred):
    """1 where predictions equal targets, else 0."""
    y_true, y_pred = aligned_pair(y_true, y_pred)
    return ops.cast(ops.equal(y_true, y_pred), "float32")


def binary_accuracy(y_true, y_pred, threshold=0.5):
    """1 where ``y_pred > threshold`` says what the target says, else 0."""
    y_true, y_pred = aligned_pair(y_true, y_pred)
    predicted = ops.cast(ops.greater(y_pred, threshold), y_true.dtype)
    return ops.cast(ops.equal(y_true, predicted), "float32")


def categorical_accuracy(y_true, y_pred):
    """1 where the largest prediction is at the largest target, else 0; one value per row."""
    predicted = ops.argmax(tensor(y_pred), axis=-1)
    return ops.cast(ops.equal(ops.argmax(tensor(y_true), axis=-1), predicted), "float32")


def sparse_categorical_accuracy(y_true, y_pred):
    """1 where the largest prediction is at the class number of the target, else 0."""
    y_true, y_pred = float_tensor(y_true), float_tensor(y_pred)
    shape = y_true.shape
    if len(shape) == len(y_pred.shape) and shape[-1] == 1:
        y_true = ops.squeeze(y_true, -1)
    predicted = ops.cast(ops.argmax(y_pred, axis=-1), y_true.dtype)
    matches = ops.cast(ops.equal(y_true, predicted), "float32")
    if len(matches.shape) > 1 and matches.shape[-1] == 1:
        matches = ops.squeeze(matches, -1)
    return matches


def _in_top(labels, y_pred, k):
    """Whether fewer than ``k`` classes are more likely than the labelled one; ties count as hits."""
    own = ops.take_along_axis(y_pred, ops.expand_dims(labels, -1), axis=-1)
    better = ops.sum(ops.cast(ops.greater(y_pred, own), "float32"), axis=-1)
    return ops.cast(better < float(k), "float32")


def top_k_categorical_accuracy(y_true, y_pred, k=5):
    """1 where the class of the largest target is among the ``k`` most likely, else 0."""
    return _in_top(ops.cast(ops.argmax(tensor(y_true), axis=-1), "int32"), float_tensor(y_pred), k)


def sparse_top_k_categorical_accuracy(y_true, y_pred, k=5, from_sorted_ids=False):
    """1 where the class number of the target is among the ``k`` most likely, else 0.

    With ``from_sorted_ids`` predictions are class numbers, the most likely first.
    """
    y_pred = tensor(y_pred)
    labels = tensor(y_true, y_pred.dtype if from_sorted_ids else "int32")
    shape = labels.shape
    if len(shape) == len(y_pred.shape) and shape[-1] == 1:
        labels = ops.squeeze(labels, -1)
    if from_sorted_ids:
        hits = ops.any(ops.equal(ops.expand_dims(labels, -1), y_pred[..., :k]), axis=-1)
        matches = ops.cast(hits, "float32")
    else:
        matches = _in_top(labels, float_tensor(y_pred), k)
    return ops.reshape(matches, shape)


class Accuracy(MeanMetricWrapper):
    """How often predictions equal targets.

    Parameters
    ----------
    name, dtype
        As in :class:`Metric`.
    ignore_nan : bool
        Whether NaN targets count for nothing.

    Examples
    --------
    >>> import genodl as gd
    >>> float(gd.metrics.Accuracy()([1, 2, 3, 4], [0, 2, 3, 4]))
    0.75
    """

    def __init__(self, name="accuracy", dtype=None, ignore_nan=False):
        super().__init__(accuracy, name, dtype, ignore_nan)


class BinaryAccuracy(MeanMetricWrapper):
    """How often ``y_pred > threshold`` says what the target says. Other parameters as in :class:`Accuracy`."""

    def __init__(self, name="binary_accuracy", dtype=None, threshold=0.5, ignore_nan=False):
        super().__init__(binary_accuracy, name, dtype, ignore_nan, threshold=threshold)
        self.threshold = threshold


class CategoricalAccuracy(MeanMetricWrapper):
    """How often the most likely class is the one-hot target's. Parameters as in :class:`Accuracy`."""

    def __init__(self, name="categorical_accuracy", dtype=None, ignore_nan=False):
        super().__init__(categorical_accuracy, name, dtype, ignore_nan)


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """How often the most likely class is the target's number. Parameters as in :class:`Accuracy`."""

    def __init__(self, name="sparse_categorical_accuracy", dtype=None, ignore_nan=False):
        super().__init__(sparse_categorical_accuracy, name, dtype, ignore_nan)


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the one-hot target's class is among the ``k`` most likely."""

    def __init__(self, k=5, name="top_k_categorical_accuracy", dtype=None, ignore_nan=False):
        super().__init__(top_k_categorical_accuracy, name, dtype, ignore_nan, k=k)
        self.k = k


class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the target's class number is among the ``k`` most likely."""

    def __init__(
        self, k=5, name="sparse_top_k_categorical_accuracy", dtype=None, from_sorted_ids=False, ignore_nan=False
    ):
        super().__init__(
            sparse_top_k_categorical_accuracy, name, dtype, ignore_nan, k=k, from_sorted_ids=from_sorted_ids
        )
        self.k = k
        self.from_sorted_ids = from_sorted_ids

    def get_config(self):
        config = super().get_config()
        if not self.from_sorted_ids:
            del config["from_sorted_ids"]
        return config
