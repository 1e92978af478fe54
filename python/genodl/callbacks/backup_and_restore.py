"""Going on after an interruption."""

from __future__ import annotations

import json
import os
import shutil
import zipfile

import numpy as np

from genodl.callbacks._batch_count import BatchCount
from genodl.callbacks.callback import Callback


class BackupAndRestore(Callback):
    """Keeps the state of training in a folder, so that ``fit`` called again goes on from there.

    The weights of model and optimizer and the number of the epoch are kept. When training ends as planned,
    the folder is removed.

    Parameters
    ----------
    backup_dir : str or path
    save_freq : "epoch" or int
        A number counts batches.
    double_checkpoint : bool
        Whether the state before the last is kept too, for when the last cannot be read.
    delete_checkpoint : bool
        Whether the folder is removed at the end.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.callbacks.BackupAndRestore("backup").save_freq
    'epoch'
    """

    def __init__(self, backup_dir, save_freq="epoch", double_checkpoint=False, delete_checkpoint=True):
        super().__init__()
        if not backup_dir:
            raise ValueError(f"BackupAndRestore: expected backup_dir to name a folder, got {backup_dir!r}.")
        if save_freq != "epoch" and not isinstance(save_freq, int):
            raise ValueError(f"BackupAndRestore: expected save_freq to be 'epoch' or an int, got {save_freq!r}.")
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._count = BatchCount(save_freq)
        self._current_epoch = 0
        self._weights_path = os.path.join(self.backup_dir, "latest.weights.h5")
        self._optimizer_path = os.path.join(self.backup_dir, "latest.optimizer.npz")
        self._training_metadata_path = os.path.join(self.backup_dir, "training_metadata.json")
        self._paths = (self._weights_path, self._optimizer_path, self._training_metadata_path)

    @property
    def _last_batch_seen(self):
        return self._count.last or 0

    def wants_batches(self, mode="train"):
        return mode == "train" and self.save_freq != "epoch"

    def on_train_begin(self, logs=None):
        try:
            self._load()
        except (OSError, ValueError, zipfile.BadZipFile):
            if not os.path.exists(_previous(self._weights_path)):
                raise
            for path in self._paths:
                if os.path.exists(_previous(path)):
                    shutil.copy(_previous(path), path)
                elif os.path.exists(path):
                    os.remove(path)
            self._load()

    def on_train_batch_end(self, batch, logs=None):
        if self._count.is_due(batch):
            self._save()

    def on_epoch_end(self, epoch, logs=None):
        self._current_epoch = epoch + 1
        if self._count.last is not None:
            self._count.last = 0
        if self.save_freq == "epoch":
            self._save()

    def on_train_end(self, logs=None):
        if self.delete_checkpoint and os.path.exists(self.backup_dir):
            shutil.rmtree(self.backup_dir)

    def _load(self):
        model = self.model
        if not model.built:
            raise ValueError(
                f"BackupAndRestore: expected a built model, got {model.name}, which is not. Call it on a batch first."
            )
        if os.path.exists(self._weights_path):
            model.load_weights(self._weights_path)
        if os.path.exists(self._optimizer_path) and model.optimizer is not None:
            if not model.optimizer.built:
                model.optimizer.build(model.trainable_variables)
            with np.load(self._optimizer_path, allow_pickle=False) as state:
                model.optimizer.load_own_variables(dict(state))
        if os.path.exists(self._training_metadata_path):
            with open(self._training_metadata_path, encoding="utf-8") as file:
                model._initial_epoch = int(json.load(file)["epoch"])

    def _save(self):
        os.makedirs(self.backup_dir, exist_ok=True)
        if self.double_checkpoint:
            for path in self._paths:
                if os.path.exists(path):
                    shutil.copy(path, _previous(path))
        self.model.save_weights(self._weights_path, overwrite=True)
        if self.model.optimizer is not None and self.model.optimizer.built:
            state = {}
            self.model.optimizer.save_own_variables(state)
            np.savez(self._optimizer_path, **state)
        with open(self._training_metadata_path, "w", encoding="utf-8") as file:
            json.dump({"epoch": self._current_epoch, "batch": self._last_batch_seen}, file)


def _previous(path):
    return f"{path}.bkp"
