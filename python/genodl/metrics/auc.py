"""Area under the curve from counts at fixed thresholds."""

from __future__ import annotations

from enum import Enum

import numpy as np

from genodl import ops
from genodl._dtypes import to_array
from genodl._errors import ConfigError, ShapeError
from genodl.losses._tensors import EPSILON, tensor
from genodl.metrics._thresholds import evenly_distributed, update_counts
from genodl.metrics.metric import Metric, without_missing


class _Choice(str, Enum):
    @classmethod
    def of(cls, value, argument):
        key = value.value if isinstance(value, Enum) else value
        for choice in cls:
            if isinstance(key, str) and key.lower() == choice.value.lower():
                return choice
        raise ConfigError(f"AUC: expected {argument} of {[c.value for c in cls]}, got {value!r}.")


class AUCCurve(_Choice):
    ROC = "ROC"
    PR = "PR"
    PRGAIN = "PRGAIN"


class AUCSummationMethod(_Choice):
    INTERPOLATION = "interpolation"
    MAJORING = "majoring"
    MINORING = "minoring"


class AUC(Metric):
    """Area under the ROC or precision-recall curve, from counts at ``num_thresholds`` thresholds.

    An approximation that needs little memory; :class:`AUROC` and :class:`AUPRC` are exact.

    Parameters
    ----------
    num_thresholds : int
    curve : {"ROC", "PR", "PRGAIN"}
    summation_method : {"interpolation", "minoring", "majoring"}
    name, dtype
        As in :class:`Metric`.
    thresholds : list of float, optional
        Used instead of ``num_thresholds`` evenly spaced ones; 0 and 1 are added.
    multi_label : bool
        Whether columns of (batch, labels) have areas of their own, which are averaged.
    num_labels : int, optional
    label_weights : list of float, optional
        Weights of the labels.
    from_logits : bool
    ignore_nan : bool
        Whether NaN targets count for nothing.

    Examples
    --------
    >>> import genodl as gd
    >>> float(gd.metrics.AUC(num_thresholds=3)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]))
    0.75
    """

    def __init__(
        self,
        num_thresholds=200,
        curve="ROC",
        summation_method="interpolation",
        name=None,
        dtype=None,
        thresholds=None,
        multi_label=False,
        num_labels=None,
        label_weights=None,
        from_logits=False,
        ignore_nan=False,
    ):
        super().__init__(name=name, dtype=dtype)
        self.curve = AUCCurve.of(curve, "curve")
        self.summation_method = AUCSummationMethod.of(summation_method, "summation_method")
        self._given_thresholds = thresholds is not None
        if thresholds is not None:
            inner = sorted(float(t) for t in thresholds)
            self._evenly = evenly_distributed([0.0, *inner, 1.0])
        else:
            if num_thresholds <= 1:
                raise ConfigError(f"AUC: expected num_thresholds of 2 or more, got {num_thresholds}.")
            inner = [(i + 1) * 1.0 / (num_thresholds - 1) for i in range(num_thresholds - 2)]
            self._evenly = True
        # The ends lie outside 0 to 1, so that predictions of exactly 0 and 1 are counted.
        self._thresholds = np.array([0.0 - EPSILON, *inner, 1.0 + EPSILON])
        self.num_thresholds = len(self._thresholds)
        if num_labels and not multi_label:
            raise ConfigError(f"AUC: expected num_labels only with multi_label=True, got {num_labels}.")
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights = None if label_weights is None else to_array(label_weights, self.dtype)
        self.from_logits = from_logits
        self.ignore_nan = ignore_nan
        self._counts = None
        if not multi_label:
            self._build(())
        elif num_labels:
            self._build((num_labels,))

    @property
    def thresholds(self):
        return list(self._thresholds)

    def _build(self, labels):
        names = {"tp": "true_positives", "fp": "false_positives", "tn": "true_negatives", "fn": "false_negatives"}
        self._counts = {k: self.add_variable((self.num_thresholds, *labels), name=n) for k, n in names.items()}
        for key, name in names.items():
            setattr(self, name, self._counts[key])

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_pred = tensor(y_pred)
        if self._counts is None:
            if len(y_pred.shape) != 2:
                raise ShapeError(f"AUC: expected predictions (batch, labels), got {tuple(y_pred.shape)}.")
            self._build((y_pred.shape[1],))
        if self.ignore_nan:
            y_true, sample_weight = without_missing(y_true, sample_weight, self.dtype)
        if self.from_logits:
            y_pred = ops.sigmoid(y_pred)
        update_counts(
            self._counts,
            y_true,
            y_pred,
            self._thresholds,
            self._evenly,
            sample_weight,
            multi_label=self.multi_label,
            label_weights=None if self.multi_label else self.label_weights,
        )

    def result(self):
        if self._counts is None:
            return ops.zeros((), dtype=self.dtype)
        if (self.curve, self.summation_method) == (AUCCurve.PR, AUCSummationMethod.INTERPOLATION):
            return self._over_labels(ops.sum(self._interpolated_pr(), axis=0))
        x, y = self._curve_points()
        if self.summation_method is AUCSummationMethod.INTERPOLATION:
            heights = (y[:-1] + y[1:]) / 2.0
        elif self.summation_method is AUCSummationMethod.MINORING:
            heights = ops.minimum(y[:-1], y[1:])
        else:
            heights = ops.maximum(y[:-1], y[1:])
        return self._over_labels(ops.sum((x[:-1] - x[1:]) * heights, axis=0))

    def _read(self):
        return (ops.cast(self._counts[key], self.dtype) for key in ("tp", "fp", "tn", "fn"))

    def _curve_points(self):
        tp, fp, tn, fn = self._read()
        if self.curve is AUCCurve.ROC:
            return ops.divide_no_nan(fp, fp + tn), ops.divide_no_nan(tp, tp + fn)
        if self.curve is AUCCurve.PR:
            return ops.divide_no_nan(tp, tp + fn), ops.divide_no_nan(tp, tp + fp)
        # Precision and recall gain (Flach and Kull 2015).
        odds = ops.divide_no_nan(tp + fn, tn + fp)
        recall_gain = 1.0 - odds * ops.divide_no_nan(fn, tp)
        precision_gain = 1.0 - odds * ops.divide_no_nan(fp, tp)
        nothing_found = ops.equal(tp, 0.0)
        recall_gain = ops.where(nothing_found, ops.zeros_like(tp), recall_gain)
        return ops.maximum(recall_gain, 0.0), ops.where(nothing_found, ops.ones_like(tp), precision_gain)

    def _interpolated_pr(self):
        """Areas between thresholds where true positives grow linearly (Davis and Goadrich 2006)."""
        tp, fp, _, fn = self._read()
        positives = tp + fp
        d_tp = tp[:-1] - tp[1:]
        slope = ops.divide_no_nan(d_tp, ops.maximum(positives[:-1] - positives[1:], 0.0))
        intercept = tp[1:] - slope * positives[1:]
        both = ops.logical_and(positives[:-1] > 0.0, positives[1:] > 0.0)
        ratio = ops.divide_no_nan(positives[:-1], ops.maximum(positives[1:], 0.0))
        ratio = ops.where(both, ratio, ops.ones_like(ratio))
        return ops.divide_no_nan(
            slope * (d_tp + intercept * ops.log(ratio)), ops.maximum(tp[1:] + fn[1:], 0.0)
        )

    def _over_labels(self, areas):
        if not self.multi_label:
            return areas
        if self.label_weights is None:
            return ops.mean(areas)
        return ops.divide_no_nan(ops.sum(areas * self.label_weights), ops.sum(self.label_weights))

    def get_config(self):
        config = {
            "num_thresholds": self.num_thresholds,
            "curve": self.curve.value,
            "summation_method": self.summation_method.value,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": None if self.label_weights is None else self.label_weights.tolist(),
            "from_logits": self.from_logits,
        }
        if self._given_thresholds:
            config["thresholds"] = self.thresholds[1:-1]
        if self.ignore_nan:
            config["ignore_nan"] = True
        return {**super().get_config(), **config}
