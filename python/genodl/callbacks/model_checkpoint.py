"""Saving the model as it trains."""

from __future__ import annotations

import os

from genodl.callbacks import _console
from genodl.callbacks._batch_count import BatchCount
from genodl.callbacks.monitor_callback import MonitorCallback


class ModelCheckpoint(MonitorCallback):
    """Saves the model, or its weights, at some frequency.

    Parameters
    ----------
    filepath : str or path
        May hold fields such as ``{epoch:02d}`` and ``{val_loss:.2f}``. Missing folders are made.
    monitor : str
    verbose : int
    save_best_only : bool
        Whether only improvements of ``monitor`` are saved.
    save_weights_only : bool
    mode : str
        "min", "max" or "auto".
    save_freq : "epoch" or int
        A number counts batches.
    initial_value_threshold : float, optional
        Only values better than this are saved.

    Examples
    --------
    >>> import genodl as gd
    >>> best = gd.callbacks.ModelCheckpoint("best.genodl", save_best_only=True)
    >>> best.monitor
    'val_loss'
    """

    def __init__(
        self,
        filepath,
        monitor="val_loss",
        verbose=0,
        save_best_only=False,
        save_weights_only=False,
        mode="auto",
        save_freq="epoch",
        initial_value_threshold=None,
    ):
        super().__init__(monitor, mode, initial_value_threshold)
        if save_freq != "epoch" and not isinstance(save_freq, int):
            raise ValueError(f"ModelCheckpoint: expected save_freq to be 'epoch' or an int, got {save_freq!r}.")
        self.filepath = os.fspath(filepath)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self._count = BatchCount(save_freq)
        self._epoch = 0

    def wants_batches(self, mode="train"):
        return mode == "train" and self.save_freq != "epoch"

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self._count.is_due(batch):
            self._save(self._epoch, batch, logs or {})

    def on_epoch_end(self, epoch, logs=None):
        if self.save_best_only:
            self._set_monitor_op()
        if self.save_freq == "epoch":
            self._save(epoch, None, logs or {})

    def _save(self, epoch, batch, logs):
        if self.save_best_only and not self._improves(epoch, logs):
            return
        path = self._path(epoch, batch, logs)
        if os.path.isdir(path):
            raise IsADirectoryError(f"ModelCheckpoint: expected filepath to name a file, got the folder {path}.")
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)
        if self.verbose > 0:
            _console.say(f"Epoch {epoch + 1}: the model is saved to {path}")

    def _improves(self, epoch, logs):
        current = self._current(logs)
        if current is None:
            self._missing("saving only the best model", logs, stacklevel=6)
            return True
        self._set_monitor_op()
        best = "nothing" if self.best is None else f"{self.best:.5f}"
        if not self._is_improvement(current, self.best):
            if self.verbose > 0:
                _console.say(f"Epoch {epoch + 1}: {self.monitor} is {current:.5f}, not better than {best}")
            return False
        if self.verbose > 0:
            _console.say(f"Epoch {epoch + 1}: {self.monitor} has improved from {best} to {current:.5f}")
        self.best = current
        return True

    def _path(self, epoch, batch, logs):
        fields = dict(logs)
        if batch is not None:
            fields.setdefault("batch", batch + 1)
        try:
            return self.filepath.format(epoch=epoch + 1, **fields)
        except KeyError as error:
            raise KeyError(
                f"ModelCheckpoint: expected filepath {self.filepath!r} to name what is in the logs, got {error}. "
                f"They hold: epoch, {', '.join(fields)}."
            ) from None
