"""A learning rate for each epoch."""

from __future__ import annotations

import inspect

import numpy as np

from genodl.callbacks import _console
from genodl.callbacks.callback import Callback


class LearningRateScheduler(Callback):
    """Sets the learning rate at the start of each epoch.

    Parameters
    ----------
    schedule : callable
        ``(epoch, rate) -> rate`` or ``(epoch) -> rate``; epochs count from 0.
    verbose : int

    Examples
    --------
    >>> import genodl as gd
    >>> halve = gd.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5)
    >>> halve.schedule(0, 1.0)
    0.5
    """

    def __init__(self, schedule, verbose=0):
        super().__init__()
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch, logs=None):
        optimizer = self.model.optimizer
        if _takes_rate(self.schedule):
            rate = self.schedule(epoch, float(optimizer.learning_rate))
        else:
            rate = self.schedule(epoch)
        if isinstance(rate, np.ndarray) and rate.ndim == 0:
            rate = rate.item()
        if not isinstance(rate, (float, np.floating)):
            raise ValueError(f"LearningRateScheduler: expected schedule to return a float, got {rate!r}.")
        optimizer.learning_rate = float(rate)
        if self.verbose > 0:
            _console.say(f"Epoch {epoch + 1}: the learning rate is {float(rate):g}.")

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)


def _takes_rate(schedule):
    try:
        inspect.signature(schedule).bind(0, 0.0)
    except TypeError:
        return False
    except ValueError:  # built-in functions may have no signature
        return True
    return True
