"""The base of callbacks."""

from __future__ import annotations

_BATCH_METHODS = {
    "train": ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end"),
    "test": ("on_test_batch_begin", "on_test_batch_end"),
    "predict": ("on_predict_batch_begin", "on_predict_batch_end"),
}


class Callback:
    """Something that is told what happens during ``fit``, ``evaluate`` and ``predict``.

    A subclass overrides what it needs. ``logs`` are dicts of numbers: the loss and the metrics so far.
    Training runs faster when no callback overrides a method for batches.

    Attributes
    ----------
    model : Model
    params : dict
        ``verbose``, ``epochs`` and ``steps`` of the running call.

    Examples
    --------
    >>> import genodl as gd
    >>> class Shout(gd.callbacks.Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         print(f"epoch {epoch} done")
    >>> Shout().on_epoch_end(0)
    epoch 0 done
    """

    # True for callbacks that are content with hearing of some batches only, such as a progress bar.
    samples_batches = False
    # What a subclass sees that does not call our constructor.
    params = None
    _model = None

    def __init__(self):
        self.params = None
        self._model = None

    @property
    def model(self):
        return self._model

    def set_params(self, params):
        self.params = params

    def set_model(self, model):
        self._model = model

    def overrides(self, *methods):
        """Whether any of these methods is not the empty one of this class."""
        for name in methods:
            method = getattr(self, name)
            if getattr(method, "__func__", method) is not getattr(Callback, name):
                return True
        return False

    def wants_batches(self, mode="train"):
        """Whether each batch of "train", "test" or "predict" must be announced."""
        return not self.samples_batches and self.overrides(*_BATCH_METHODS[mode])

    def on_batch_begin(self, batch, logs=None):
        """Another name for :meth:`on_train_batch_begin`."""

    def on_batch_end(self, batch, logs=None):
        """Another name for :meth:`on_train_batch_end`."""

    def on_epoch_begin(self, epoch, logs=None):
        """Before an epoch, counted from 0."""

    def on_epoch_end(self, epoch, logs=None):
        """After an epoch and its validation; ``logs`` hold ``val_...`` too."""

    def on_train_batch_begin(self, batch, logs=None):
        """Before a training batch, counted from 0 in each epoch."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch, logs=None):
        """After a training batch; ``logs`` are means since the epoch began."""
        self.on_batch_end(batch, logs=logs)

    def on_test_batch_begin(self, batch, logs=None):
        """Before a batch of ``evaluate`` or of validation."""

    def on_test_batch_end(self, batch, logs=None):
        """After a batch of ``evaluate`` or of validation."""

    def on_predict_batch_begin(self, batch, logs=None):
        """Before a batch of ``predict``."""

    def on_predict_batch_end(self, batch, logs=None):
        """After a batch of ``predict``; ``logs["outputs"]`` is what it gave."""

    def on_train_begin(self, logs=None):
        """When ``fit`` starts."""

    def on_train_end(self, logs=None):
        """When ``fit`` ends; ``logs`` are those of the last epoch."""

    def on_test_begin(self, logs=None):
        """When ``evaluate`` or validation starts."""

    def on_test_end(self, logs=None):
        """When ``evaluate`` or validation ends."""

    def on_predict_begin(self, logs=None):
        """When ``predict`` starts."""

    def on_predict_end(self, logs=None):
        """When ``predict`` ends."""
