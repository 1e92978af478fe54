"""Losses of probabilities of classes, computed from logits wherever these are known."""

from __future__ import annotations

import warnings

from genodl import ops
from genodl._errors import ConfigError, ShapeError
from genodl.losses._missing import elementwise, split_missing
from genodl.losses._targets import check_numbers, expects
from genodl.losses._tensors import float_pair, float_tensor, tensor
from genodl.losses.loss import LossFunctionWrapper


def check_axis(axis, who):
    if isinstance(axis, bool) or not isinstance(axis, int):
        raise ConfigError(f"{who}: expected axis to be an integer, got {axis!r}.")


def warn_of_one_class(y_pred, who):
    if y_pred.shape[-1] == 1:
        warnings.warn(
            f"{who}: expected predictions of two or more classes, got shape {tuple(y_pred.shape)}. "
            "Use binary_crossentropy for one probability.",
            SyntaxWarning,
            stacklevel=3,
        )


def smoothed_binary(y_true, label_smoothing):
    """Labels drawn towards one half."""
    return y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing if label_smoothing else y_true


def smoothed_classes(y_true, label_smoothing):
    """One-hot labels drawn towards equal shares."""
    if not label_smoothing:
        return y_true
    return y_true * (1.0 - label_smoothing) + label_smoothing / y_true.shape[-1]


@elementwise
@expects(0, 1)
def binary_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """Mean cross-entropy of yes-or-no probabilities over ``axis``.

    Parameters
    ----------
    y_true : tensor (batch, ..., d)
        Labels from 0 to 1.
    y_pred : tensor (batch, ..., d)
        Probabilities, or logits if ``from_logits``.
    from_logits : bool
    label_smoothing : float
        How far labels are drawn towards one half.
    axis : int

    Examples
    --------
    >>> import genodl as gd
    >>> gd.losses.binary_crossentropy([[1.0, 0.0]], [[0.0, 0.0]], from_logits=True).round(4)
    array([0.6931], dtype=float32)
    """
    y_true, y_pred = float_pair(y_true, y_pred)
    terms = ops.binary_crossentropy(smoothed_binary(y_true, label_smoothing), y_pred, from_logits=from_logits)
    return ops.mean(terms, axis=axis)


@expects(0, 1)
def categorical_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """Cross-entropy between distributions over classes; targets are one-hot or shares.

    Parameters
    ----------
    y_true, y_pred : tensor (batch, ..., classes)
    from_logits : bool
    label_smoothing : float
    axis : int
        Where the classes are.
    """
    check_axis(axis, "categorical_crossentropy")
    y_true, y_pred = float_pair(y_true, y_pred)
    warn_of_one_class(y_pred, "categorical_crossentropy")
    y_true = smoothed_classes(y_true, label_smoothing)
    return ops.categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)


def sparse_categorical_crossentropy(y_true, y_pred, from_logits=False, ignore_class=None, axis=-1):
    """Cross-entropy of classes given by number.

    Parameters
    ----------
    y_true : tensor (batch, ...) or (batch, ..., 1)
        Classes from 0.
    y_pred : tensor (batch, ..., classes)
    from_logits : bool
    ignore_class : int, optional
        A label whose samples have loss 0.
    axis : int
        Where the classes are.
    """
    labels, y_pred = _labels_and_predictions(y_true, y_pred, axis)
    if ignore_class is None:
        return ops.sparse_categorical_crossentropy(labels, y_pred, from_logits=from_logits, axis=axis)
    valid = ops.not_equal(labels, ops.cast(ignore_class, labels.dtype))
    return _valid_only(labels, y_pred, valid, from_logits, axis)


def _labels_and_predictions(y_true, y_pred, axis):
    y_pred = float_tensor(y_pred)
    labels = tensor(y_true, "int32")
    if len(labels.shape) == len(y_pred.shape) and labels.shape[axis] == 1:
        labels = ops.squeeze(labels, axis)
    expected = list(y_pred.shape)
    del expected[axis]
    if tuple(labels.shape) != tuple(expected):
        raise ShapeError(
            f"sparse_categorical_crossentropy: expected class numbers of shape {tuple(expected)} for predictions "
            f"of shape {tuple(y_pred.shape)}, got {tuple(labels.shape)}. "
            "Use categorical_crossentropy for one-hot targets."
        )
    return labels, y_pred


def _valid_only(labels, y_pred, valid, from_logits, axis):
    """Cross-entropies where ``valid``, else 0; what the labels are elsewhere does not matter."""
    labels = ops.where(valid, labels, ops.zeros_like(labels))
    values = ops.sparse_categorical_crossentropy(labels, y_pred, from_logits=from_logits, axis=axis)
    return ops.where(valid, values, ops.zeros_like(values))


class BinaryCrossentropy(LossFunctionWrapper):
    """Cross-entropy of yes-or-no probabilities.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are logits. After a sigmoid layer the logits are found without it.
    label_smoothing : float
    axis : int
    reduction, name, dtype
        As in :class:`Loss`.
    ignore_nan : bool
        Whether NaN targets count for nothing.

    Examples
    --------
    >>> import genodl as gd
    >>> round(float(gd.losses.BinaryCrossentropy()([[1.0, 0.0]], [[0.9, 0.2]])), 4)
    0.1643
    """

    def __init__(
        self,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="binary_crossentropy",
        dtype=None,
        ignore_nan=False,
    ):
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis
        super().__init__(
            binary_crossentropy, reduction, name, dtype, ignore_nan,
            from_logits=from_logits, label_smoothing=label_smoothing, axis=axis,
        )  # fmt: skip


class CategoricalCrossentropy(LossFunctionWrapper):
    """Cross-entropy between one-hot targets and probabilities of classes.

    Parameters
    ----------
    from_logits, label_smoothing, axis, reduction, name, dtype
        As in :class:`BinaryCrossentropy`.
    ignore_nan : bool
        Whether rows with a NaN target count for nothing.
    """

    def __init__(
        self,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="categorical_crossentropy",
        dtype=None,
        ignore_nan=False,
    ):
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis
        super().__init__(
            categorical_crossentropy, reduction, name, dtype, ignore_nan,
            from_logits=from_logits, label_smoothing=label_smoothing, axis=axis,
        )  # fmt: skip


class SparseCategoricalCrossentropy(LossFunctionWrapper):
    """Cross-entropy of classes given by number.

    Parameters
    ----------
    from_logits : bool
    ignore_class : int, optional
        A label that counts for nothing.
    reduction, name, dtype
        As in :class:`Loss`.
    axis : int
        Where the classes are.
    ignore_nan : bool
        Whether NaN labels count for nothing.

    Examples
    --------
    >>> import genodl as gd
    >>> loss = gd.losses.SparseCategoricalCrossentropy()
    >>> round(float(loss([1, 2], [[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]])), 4)
    1.1769
    """

    def __init__(
        self,
        from_logits=False,
        ignore_class=None,
        reduction="sum_over_batch_size",
        axis=-1,
        name="sparse_categorical_crossentropy",
        dtype=None,
        ignore_nan=False,
    ):
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis
        super().__init__(
            sparse_categorical_crossentropy, reduction, name, dtype, ignore_nan,
            from_logits=from_logits, ignore_class=ignore_class, axis=axis,
        )  # fmt: skip

    def _values_and_mask(self, y_true, y_pred):
        valid = None
        if self.ignore_nan:
            y_true, valid = split_missing(y_true)
        labels, y_pred = _labels_and_predictions(y_true, y_pred, self.axis)
        if valid is not None:
            valid = ops.reshape(valid, labels.shape)
        if self.ignore_class is not None:
            known = ops.not_equal(labels, ops.cast(self.ignore_class, labels.dtype))
            valid = known if valid is None else ops.logical_and(valid, known)
        if valid is None:
            return self.fn(labels, y_pred, self.from_logits, axis=self.axis), None
        return _valid_only(labels, y_pred, valid, self.from_logits, self.axis), valid

    def check_targets(self, y_true, output_shape, who):
        classes = output_shape[self.axis]
        high = float("inf") if classes is None else classes - 1
        check_numbers(y_true, who, self.ignore_nan, 0, high, whole=True, also=self.ignore_class)

    def get_config(self):
        config = super().get_config()
        if self.axis == -1:
            del config["axis"]
        return config
