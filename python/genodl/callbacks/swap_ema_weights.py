"""Evaluating with averaged weights."""

from __future__ import annotations

from genodl.callbacks.callback import Callback


class SwapEMAWeights(Callback):
    """Puts the optimizer's moving averages into the model while it is evaluated.

    Needs an optimizer with ``use_ema=True``.

    Parameters
    ----------
    swap_on_epoch : bool
        Whether the averages are also in the model between epochs, so that checkpoints hold them.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.callbacks.SwapEMAWeights(swap_on_epoch=True).swap_on_epoch
    True
    """

    def __init__(self, swap_on_epoch=False):
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self._averages_in_model = False

    def on_epoch_begin(self, epoch, logs=None):
        if self.swap_on_epoch:
            self._bring(False)

    def on_epoch_end(self, epoch, logs=None):
        if not self.swap_on_epoch:
            return
        self._bring(True)
        if epoch == self.params["epochs"] - 1:
            # fit ends by writing the averages into the model; the model holds them already.
            for variable, average in self._pairs():
                average.assign(variable.numpy())

    def on_test_begin(self, logs=None):
        self._bring(True)

    def on_test_end(self, logs=None):
        self._bring(False)

    def on_predict_begin(self, logs=None):
        self._bring(True)

    def on_predict_end(self, logs=None):
        self._bring(False)

    def _bring(self, averages):
        if averages == self._averages_in_model:
            return
        for variable, average in self._pairs():
            value = variable.numpy()
            variable.assign(average.numpy())
            average.assign(value)
        self._averages_in_model = averages

    def _pairs(self):
        optimizer = self.model.optimizer
        if not getattr(optimizer, "use_ema", False):
            raise ValueError(
                "SwapEMAWeights: expected an optimizer that averages its variables, got "
                f"{optimizer!r}. Make it with use_ema=True."
            )
        if not optimizer.built:
            return []
        return list(zip(optimizer._trainable_variables, optimizer._model_variables_moving_average, strict=True))
