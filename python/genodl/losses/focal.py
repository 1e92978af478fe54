"""Focal losses: cross-entropies that look most at the samples they get wrong (Lin et al. 2017)."""

from __future__ import annotations

from genodl import ops
from genodl.losses._missing import elementwise
from genodl.losses._targets import expects
from genodl.losses._tensors import EPSILON, float_pair, logits_of, tensor
from genodl.losses.crossentropy import check_axis, smoothed_binary, smoothed_classes, warn_of_one_class
from genodl.losses.loss import LossFunctionWrapper


@elementwise
@expects(0, 1)
def binary_focal_crossentropy(
    y_true,
    y_pred,
    apply_class_balancing=False,
    alpha=0.25,
    gamma=2.0,
    from_logits=False,
    label_smoothing=0.0,
    axis=-1,
):
    """Cross-entropy weighted by ``(1 - p) ** gamma``, p the probability given to the truth.

    Parameters
    ----------
    y_true, y_pred : tensor (batch, ..., d)
    apply_class_balancing : bool
        Whether ones weigh ``alpha`` and zeros ``1 - alpha``.
    alpha, gamma : float
    from_logits : bool
    label_smoothing : float
    axis : int
    """
    y_true, y_pred = float_pair(y_true, y_pred)
    y_true = smoothed_binary(y_true, label_smoothing)
    terms = ops.binary_crossentropy(y_true, y_pred, from_logits=from_logits)
    p = ops.sigmoid(y_pred) if from_logits else y_pred
    terms = terms * ops.power(1.0 - (y_true * p + (1.0 - y_true) * (1.0 - p)), gamma)
    if apply_class_balancing:
        terms = terms * (y_true * alpha + (1.0 - y_true) * (1.0 - alpha))
    return ops.mean(terms, axis=axis)


def _log_probabilities(y_pred, from_logits, axis):
    """Logarithms of probabilities that sum to one along ``axis``."""
    last = axis in (-1, len(y_pred.shape) - 1)
    logits = y_pred if from_logits else (logits_of(y_pred, "softmax") if last else None)
    if logits is not None:
        return ops.log_softmax(logits, axis=axis)
    shares = y_pred / ops.sum(y_pred, axis=axis, keepdims=True)
    return ops.log(ops.clip(shares, EPSILON, 1.0 - EPSILON))


@expects(0, 1)
def categorical_focal_crossentropy(
    y_true, y_pred, alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0, axis=-1
):
    """Cross-entropy of classes weighted by ``alpha * (1 - p) ** gamma``.

    Parameters
    ----------
    y_true, y_pred : tensor (batch, ..., classes)
    alpha : float or list of float
        Weight of all classes or of each.
    gamma : float
    from_logits : bool
    label_smoothing : float
    axis : int
    """
    check_axis(axis, "categorical_focal_crossentropy")
    y_true, y_pred = float_pair(y_true, y_pred)
    warn_of_one_class(y_pred, "categorical_focal_crossentropy")
    y_true = smoothed_classes(y_true, label_smoothing)
    logs = _log_probabilities(y_pred, from_logits, axis)
    weights = ops.power(1.0 - ops.exp(logs), gamma) * tensor(alpha, y_pred.dtype)
    return -ops.sum(weights * y_true * logs, axis=axis)


class BinaryFocalCrossentropy(LossFunctionWrapper):
    """Cross-entropy that looks most at the samples it gets wrong.

    Parameters
    ----------
    apply_class_balancing : bool
        Whether ones weigh ``alpha`` and zeros ``1 - alpha``.
    alpha, gamma : float
    from_logits, label_smoothing, axis, reduction, name, dtype, ignore_nan
        As in :class:`BinaryCrossentropy`.
    """

    def __init__(
        self,
        apply_class_balancing=False,
        alpha=0.25,
        gamma=2.0,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="binary_focal_crossentropy",
        dtype=None,
        ignore_nan=False,
    ):
        self.apply_class_balancing = apply_class_balancing
        self.alpha = alpha
        self.gamma = gamma
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis
        super().__init__(
            binary_focal_crossentropy, reduction, name, dtype, ignore_nan,
            apply_class_balancing=apply_class_balancing, alpha=alpha, gamma=gamma,
            from_logits=from_logits, label_smoothing=label_smoothing, axis=axis,
        )  # fmt: skip


class CategoricalFocalCrossentropy(LossFunctionWrapper):
    """Cross-entropy of classes that looks most at the samples it gets wrong.

    Parameters
    ----------
    alpha : float or list of float
        Weight of all classes or of each.
    gamma : float
    from_logits, label_smoothing, axis, reduction, name, dtype, ignore_nan
        As in :class:`CategoricalCrossentropy`.
    """

    def __init__(
        self,
        alpha=0.25,
        gamma=2.0,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="categorical_focal_crossentropy",
        dtype=None,
        ignore_nan=False,
    ):
        self.alpha = alpha
        self.gamma = gamma
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis
        super().__init__(
            categorical_focal_crossentropy, reduction, name, dtype, ignore_nan,
            alpha=alpha, gamma=gamma, from_logits=from_logits, label_smoothing=label_smoothing, axis=axis,
        )  # fmt: skip
