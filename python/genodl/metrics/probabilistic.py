"""Cross-entropies, divergences and hinges as metrics: means of the losses over everything seen."""

from __future__ import annotations

from genodl import losses, ops
from genodl.losses._reduction import apply_mask
from genodl.losses._tensors import tensor
from genodl.metrics.reduction import MeanMetricWrapper


class KLDivergence(MeanMetricWrapper):
    """Mean Kullback-Leibler divergence. Parameters as in :class:`Accuracy`."""

    def __init__(self, name="kl_divergence", dtype=None, ignore_nan=False):
        super().__init__(losses.kl_divergence, name, dtype, ignore_nan)


class Poisson(MeanMetricWrapper):
    """Mean Poisson loss. Parameters as in :class:`Accuracy`."""

    def __init__(self, name="poisson", dtype=None, ignore_nan=False):
        super().__init__(losses.poisson, name, dtype, ignore_nan)


class BinaryCrossentropy(MeanMetricWrapper):
    """Mean cross-entropy of yes-or-no probabilities.

    Parameters
    ----------
    name, dtype
        As in :class:`Metric`.
    from_logits : bool
    label_smoothing : float
    ignore_nan : bool
        Whether NaN targets count for nothing.
    """

    def __init__(
        self, name="binary_crossentropy", dtype=None, from_logits=False, label_smoothing=0, ignore_nan=False
    ):
        super().__init__(
            losses.binary_crossentropy, name, dtype, ignore_nan,
            from_logits=from_logits, label_smoothing=label_smoothing,
        )  # fmt: skip
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing


class CategoricalCrossentropy(MeanMetricWrapper):
    """Mean cross-entropy of one-hot targets. Parameters as in :class:`BinaryCrossentropy`, and ``axis``."""

    def __init__(
        self,
        name="categorical_crossentropy",
        dtype=None,
        from_logits=False,
        label_smoothing=0,
        axis=-1,
        ignore_nan=False,
    ):
        super().__init__(
            losses.categorical_crossentropy, name, dtype, ignore_nan,
            from_logits=from_logits, label_smoothing=label_smoothing, axis=axis,
        )  # fmt: skip
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis


class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """Mean cross-entropy of classes given by number.

    Parameters
    ----------
    name, dtype
        As in :class:`Metric`.
    from_logits : bool
    ignore_class : int, optional
        A label whose samples have loss 0.
    axis : int
    ignore_nan : bool
        Whether NaN labels count for nothing.
    """

    def __init__(
        self,
        name="sparse_categorical_crossentropy",
        dtype=None,
        from_logits=False,
        ignore_class=None,
        axis=-1,
        ignore_nan=False,
    ):
        super().__init__(
            losses.sparse_categorical_crossentropy, name, dtype, ignore_nan,
            from_logits=from_logits, ignore_class=ignore_class, axis=axis,
        )  # fmt: skip
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis

    def update_state(self, y_true, y_pred, sample_weight=None):
        if self.ignore_class is not None and sample_weight is not None:
            # As in Keras, ignored samples leave the divisor only where there are weights.
            y_true = tensor(y_true)
            valid = ops.not_equal(y_true, ops.cast(self.ignore_class, y_true.dtype))
            sample_weight = apply_mask(sample_weight, valid, self.dtype, "sum")
        super().update_state(y_true, y_pred, sample_weight)


class Hinge(MeanMetricWrapper):
    """Mean hinge loss. Parameters as in :class:`Accuracy`."""

    def __init__(self, name="hinge", dtype=None, ignore_nan=False):
        super().__init__(losses.hinge, name, dtype, ignore_nan)


class SquaredHinge(MeanMetricWrapper):
    """Mean squared hinge loss. Parameters as in :class:`Accuracy`."""

    def __init__(self, name="squared_hinge", dtype=None, ignore_nan=False):
        super().__init__(losses.squared_hinge, name, dtype, ignore_nan)


class CategoricalHinge(MeanMetricWrapper):
    """Mean categorical hinge loss. Parameters as in :class:`Accuracy`."""

    def __init__(self, name="categorical_hinge", dtype=None, ignore_nan=False):
        super().__init__(losses.categorical_hinge, name, dtype, ignore_nan)
