"""Stopping a training that has diverged."""

from __future__ import annotations

import math

from genodl.callbacks import _console
from genodl.callbacks.callback import Callback


class TerminateOnNaN(Callback):
    """Stops training when the loss is NaN or infinite.

    Parameters
    ----------
    raise_error : bool
        Whether training ends with a RuntimeError instead of quietly.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.callbacks.TerminateOnNaN().on_batch_end(0, {"loss": 0.5})
    """

    def __init__(self, raise_error=False):
        super().__init__()
        self.raise_error = raise_error

    def on_batch_end(self, batch, logs=None):
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        message = f"TerminateOnNaN: the loss is {loss} at batch {batch}. Training stops; try a smaller learning rate."
        if self.raise_error:
            raise RuntimeError(message)
        _console.say(message)
        self.model.stop_training = True
