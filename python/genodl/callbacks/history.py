"""The record of a training."""

from __future__ import annotations

from genodl.callbacks.callback import Callback


class History(Callback):
    """What ``fit`` returns: losses and metrics of each epoch.

    Attributes
    ----------
    history : dict
        A list with one number per epoch for each name in the logs.
    epoch : list of int

    Examples
    --------
    >>> import genodl as gd
    >>> history = gd.callbacks.History()
    >>> history.on_train_begin()
    >>> history.on_epoch_end(0, {"loss": 0.5})
    >>> history.history
    {'loss': [0.5]}
    """

    def __init__(self):
        super().__init__()
        self.history = {}
        self.epoch = []

    def on_train_begin(self, logs=None):
        self.epoch = []

    def on_epoch_end(self, epoch, logs=None):
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        if self.model is not None:
            self.model.history = self

    def plot(self, **options):
        """Draws the curves with matplotlib; the arguments are those of ``gd.plot.history``."""
        from genodl import plot

        return plot.history(self, **options)
