"""Cox's partial likelihood for times to an event."""

from __future__ import annotations

from genodl import ops
from genodl._errors import ConfigError, ShapeError
from genodl.losses._missing import split_missing
from genodl.losses._targets import check_numbers
from genodl.losses._tensors import float_pair
from genodl.losses.loss import Loss

# Times before every real one and scores below every real one, without infinities in the arithmetic.
_NEVER = -1e30


class CoxPH(Loss):
    """Negative log partial likelihood of proportional hazards; predictions are log hazards.

    The samples of a batch are each other's risk sets, so batches should be large. The value of a sample is 0
    where it is censored; means are over the events. Memory grows with the square of the batch.

    Parameters
    ----------
    ties : {"efron", "breslow"}
        What to do with events at the same time.
    reduction, name, dtype
        As in :class:`Loss`.
    ignore_nan : bool
        Whether samples whose time or event is NaN count for nothing.

    Notes
    -----
    Targets are (batch, 2): time, and 1 for an event or 0 for censored.

    Examples
    --------
    >>> import genodl as gd
    >>> loss = gd.losses.CoxPH()
    >>> round(float(loss([[1.0, 1.0], [2.0, 0.0]], [[0.0], [0.0]])), 4)
    0.6931
    """

    def __init__(
        self, ties="efron", reduction="sum_over_batch_size", name="cox_ph", dtype=None, ignore_nan=False
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        if ties not in ("efron", "breslow"):
            raise ConfigError(f'CoxPH: expected ties to be "efron" or "breslow", got {ties!r}.')
        self.ties = ties
        self.ignore_nan = ignore_nan

    def call(self, y_true, y_pred):
        return self._values_and_mask(y_true, y_pred)[0]

    def _values_and_mask(self, y_true, y_pred):
        y_true, y_pred = float_pair(y_true, y_pred)
        batch = y_pred.shape[0] if y_pred.shape else None
        if tuple(y_true.shape) != (batch, 2) or tuple(y_pred.shape) not in ((batch,), (batch, 1)):
            raise ShapeError(
                "CoxPH: expected targets (batch, 2) of time and event and predictions (batch, 1), "
                f"got {tuple(y_true.shape)} and {tuple(y_pred.shape)}."
            )
        score = ops.reshape(y_pred, (batch,))
        present = None
        if self.ignore_nan:
            y_true, present = split_missing(y_true)
            present = ops.all(present, axis=-1)
        time, event = y_true[:, 0], y_true[:, 1]
        if present is not None:
            time = ops.where(present, time, ops.full_like(time, _NEVER))
            event = ops.where(present, event, ops.zeros_like(event))
        return event * (self._log_risk(time, event, score) - score), event

    def check_targets(self, y_true, output_shape, who):
        super().check_targets(y_true, output_shape, who)
        check_numbers(y_true[:, 1], f"{who}, events", self.ignore_nan, 0, 1, whole=True)

    def _log_risk(self, time, event, score):
        """Logarithm of the summed hazards of those still at risk when each sample's time comes."""
        rows, columns = ops.expand_dims(time, 1), ops.expand_dims(time, 0)
        at_risk = columns >= rows
        scores = ops.where(at_risk, ops.expand_dims(score, 0), ops.full_like(at_risk, _NEVER, dtype=score.dtype))
        highest = ops.stop_gradient(ops.max(scores, axis=1, keepdims=True))
        hazards = ops.exp(scores - highest)
        risk = ops.sum(hazards, axis=1)
        if self.ties == "efron":
            tied = ops.cast(ops.equal(columns, rows), score.dtype) * ops.expand_dims(event, 0)
            size = tied.shape[0]
            earlier = ops.tril(ops.ones((size, size), dtype=score.dtype), k=-1)
            share = ops.sum(tied * earlier, axis=1) / ops.maximum(ops.sum(tied, axis=1), 1.0)
            risk = risk - share * ops.sum(tied * hazards, axis=1)
        return ops.squeeze(highest, 1) + ops.log(risk)

    def get_config(self):
        config = {"ties": self.ties, **({"ignore_nan": True} if self.ignore_nan else {})}
        return {**super().get_config(), **config}
