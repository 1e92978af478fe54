"""A smaller learning rate when nothing improves."""

from __future__ import annotations

from genodl.callbacks import _console
from genodl.callbacks.monitor_callback import MonitorCallback


class ReduceLROnPlateau(MonitorCallback):
    """Multiplies the learning rate by ``factor`` when a number of the logs has stopped improving.

    Parameters
    ----------
    monitor : str
    factor : float
        Below 1.
    patience : int
        Epochs without improvement before the rate falls.
    verbose : int
    mode : str
        "min", "max" or "auto".
    min_delta : float
        Smallest change that counts as an improvement.
    cooldown : int
        Epochs after a fall in which nothing is counted.
    min_lr : float
        The rate never falls below it.

    Examples
    --------
    >>> import genodl as gd
    >>> plateau = gd.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=2)
    >>> plateau.in_cooldown()
    False
    """

    def __init__(
        self,
        monitor="val_loss",
        factor=0.1,
        patience=10,
        verbose=0,
        mode="auto",
        min_delta=1e-4,
        cooldown=0,
        min_lr=0.0,
        **kwargs,
    ):
        super().__init__(monitor, mode, min_delta=min_delta)
        if kwargs:
            raise ValueError(f"ReduceLROnPlateau: unknown argument(s) {', '.join(kwargs)}.")
        if factor >= 1.0:
            raise ValueError(f"ReduceLROnPlateau: expected factor below 1, got {factor}.")
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr
        self.on_train_begin()

    def on_train_begin(self, logs=None):
        self.best = None
        self.cooldown_counter = 0
        self.wait = 0

    def on_epoch_end(self, epoch, logs=None):
        self._set_monitor_op()
        logs = logs if logs is not None else {}
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        current = self._current(logs)
        if current is None:
            self._missing("reducing the learning rate", logs)
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._is_improvement(current, self.best):
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience and self._reduce(epoch):
                self.cooldown_counter = self.cooldown
                self.wait = 0

    def in_cooldown(self):
        return self.cooldown_counter > 0

    def _reduce(self, epoch):
        optimizer = self.model.optimizer
        old = float(optimizer.learning_rate)
        new = max(old * self.factor, self.min_lr)
        if not new < old:
            return False
        optimizer.learning_rate = new
        if self.verbose > 0:
            _console.say(f"Epoch {epoch + 1}: the learning rate is reduced to {new:g}.")
        return True
