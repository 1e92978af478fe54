"""Counts of true and false positives and negatives, precision and recall."""

from __future__ import annotations

from genodl import ops
from genodl.metrics._thresholds import NOWHERE, evenly_distributed, parse_thresholds, update_counts
from genodl.metrics.metric import Metric, without_missing


class _Counts(Metric):
    """Metrics of counts at thresholds; ``_keys`` are the counts they keep."""

    _keys: tuple[tuple[str, str], ...] = ()

    def __init__(self, thresholds, default_threshold, name, dtype, ignore_nan):
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.thresholds = parse_thresholds(thresholds, default_threshold, type(self).__name__)
        self.ignore_nan = ignore_nan
        self._evenly = evenly_distributed(self.thresholds)
        self._counts = {key: self.add_variable((len(self.thresholds),), name=name) for key, name in self._keys}

    def update_state(self, y_true, y_pred, sample_weight=None):
        if self.ignore_nan:
            y_true, sample_weight = without_missing(y_true, sample_weight, self.dtype)
        update_counts(
            self._counts, y_true, y_pred, self.thresholds, self._evenly, sample_weight, **self._choices()
        )

    def _choices(self):
        return {}

    def _one_or_many(self, values):
        return values[0] if len(self.thresholds) == 1 else ops.cast(values, self.dtype)

    def get_config(self):
        config = {**super().get_config(), "thresholds": self.init_thresholds}
        return {**config, **({"ignore_nan": True} if self.ignore_nan else {})}


class _Count(_Counts):
    """One of the four counts."""

    def __init__(self, thresholds=None, name=None, dtype=None, ignore_nan=False):
        super().__init__(thresholds, 0.5, name, dtype, ignore_nan)
        (self.accumulator,) = self._counts.values()

    def result(self):
        return self._one_or_many(self.accumulator)


class TruePositives(_Count):
    """Number of true positives.

    Parameters
    ----------
    thresholds : float or list of float, optional
        Predictions above are positive; 0.5 by default. A list gives one count for each.
    name, dtype
        As in :class:`Metric`.
    ignore_nan : bool
        Whether NaN targets count for nothing.

    Examples
    --------
    >>> import genodl as gd
    >>> float(gd.metrics.TruePositives()([0, 1, 1, 1], [1, 0, 1, 1]))
    2.0
    """

    _keys = (("tp", "accumulator"),)


class FalsePositives(_Count):
    """Number of false positives. Parameters as in :class:`TruePositives`."""

    _keys = (("fp", "accumulator"),)


class TrueNegatives(_Count):
    """Number of true negatives. Parameters as in :class:`TruePositives`."""

    _keys = (("tn", "accumulator"),)


class FalseNegatives(_Count):
    """Number of false negatives. Parameters as in :class:`TruePositives`."""

    _keys = (("fn", "accumulator"),)


class _Ratio(_Counts):
    """True positives as a share of themselves and another count."""

    def __init__(self, thresholds=None, top_k=None, class_id=None, name=None, dtype=None, ignore_nan=False):
        super().__init__(thresholds, 0.5 if top_k is None else NOWHERE, name, dtype, ignore_nan)
        self.top_k = top_k
        self.class_id = class_id
        self.true_positives, other = self._counts.values()
        setattr(self, self._keys[1][1], other)

    def _choices(self):
        return {"top_k": self.top_k, "class_id": self.class_id}

    def result(self):
        hits, others = self._counts.values()
        return self._one_or_many(ops.divide_no_nan(hits, hits + others))

    def get_config(self):
        return {**super().get_config(), "top_k": self.top_k, "class_id": self.class_id}


class Precision(_Ratio):
    """Share of the positive predictions that are right.

    Parameters
    ----------
    thresholds : float or list of float, optional
        Predictions above are positive; 0.5 by default. A list gives one value for each.
    top_k : int, optional
        Only the ``k`` largest predictions of a row may be positive.
    class_id : int, optional
        The only class looked at.
    name, dtype
        As in :class:`Metric`.
    ignore_nan : bool
        Whether NaN targets count for nothing.

    Examples
    --------
    >>> import genodl as gd
    >>> round(float(gd.metrics.Precision()([0, 1, 1, 1], [1, 0, 1, 1])), 4)
    0.6667
    """

    _keys = (("tp", "true_positives"), ("fp", "false_positives"))


class Recall(_Ratio):
    """Share of the positive targets that are found. Parameters as in :class:`Precision`."""

    _keys = (("tp", "true_positives"), ("fn", "false_negatives"))
