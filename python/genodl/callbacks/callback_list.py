"""Many callbacks as one."""

from __future__ import annotations

from genodl import _tree
from genodl.callbacks.callback import Callback
from genodl.callbacks.history import History
from genodl.callbacks.progbar_logger import ProgbarLogger


class CallbackList(Callback):
    """Passes every call on to a list of callbacks, with logs as plain Python numbers.

    Parameters
    ----------
    callbacks : Callback or nested list of them, optional
    add_history, add_progbar : bool
        Adds a :class:`History` or :class:`ProgbarLogger` at the end if there is none.
    model : Model, optional
    **params
        Given to every callback: ``verbose``, ``epochs``, ``steps``.

    Examples
    --------
    >>> import genodl as gd
    >>> callbacks = gd.callbacks.CallbackList([gd.callbacks.TerminateOnNaN()], add_history=True)
    >>> len(callbacks.callbacks), callbacks.wants_batches()
    (2, True)
    """

    def __init__(self, callbacks=None, add_history=False, add_progbar=False, model=None, **params):
        super().__init__()
        self.callbacks = [c for c in _tree.flatten(callbacks if callbacks is not None else []) if c is not None]
        for callback in self.callbacks:
            if not hasattr(callback, "on_epoch_end"):
                raise TypeError(f"callbacks: expected Callback objects, got {callback!r}.")
        self._history = self._find(History)
        if self._history is None and add_history:
            self._history = History()
            self.callbacks.append(self._history)
        if add_progbar and self._find(ProgbarLogger) is None:
            self.callbacks.append(ProgbarLogger())
        if model is not None:
            self.set_model(model)
        if params:
            self.set_params(params)

    def _find(self, kind):
        return next((c for c in self.callbacks if isinstance(c, kind)), None)

    def append(self, callback):
        self.callbacks.append(callback)

    def set_params(self, params):
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model):
        super().set_model(model)
        if self._history is not None:
            model.history = self._history
        for callback in self.callbacks:
            callback.set_model(model)

    def wants_batches(self, mode="train"):
        """Whether any callback must hear of every batch of "train", "test" or "predict"."""
        return any(_wants_batches(c, mode) for c in self.callbacks)

    def wants_progress(self, mode="train"):
        """Whether any callback wants to hear of a batch now and then."""
        return any(
            getattr(c, "samples_batches", False) and c.is_watching(mode) for c in self.callbacks
        ) or self.wants_batches(mode)


def _wants_batches(callback, mode):
    # Callbacks written for Keras may have its base class.
    return callback.wants_batches(mode) if isinstance(callback, Callback) else True


def plain_logs(logs):
    """Logs as one flat dict by sorted names, with Python floats where there are numbers."""
    plain = {}
    for name, value in sorted((logs or {}).items()):
        if isinstance(value, dict):
            plain.update(plain_logs(value))
            continue
        try:
            plain[name] = float(value)
        except (TypeError, ValueError):
            plain[name] = value
    return plain


def _pass_on(name):
    def method(self, *position, logs=None):
        # Some callers give logs by position, as Keras does.
        *position, logs = (*position, logs) if len(position) < _POSITIONS[name] + 1 else position
        logs = plain_logs(logs)
        for callback in self.callbacks:
            getattr(callback, name)(*position, logs)

    method.__name__ = name
    method.__doc__ = f"Calls ``{name}`` of every callback."
    return method


_POSITIONS = {
    **dict.fromkeys(
        [
            "on_batch_begin", "on_batch_end", "on_epoch_begin", "on_epoch_end", "on_train_batch_begin",
            "on_train_batch_end", "on_test_batch_begin", "on_test_batch_end", "on_predict_batch_begin",
            "on_predict_batch_end",
        ],
        1,
    ),
    **dict.fromkeys(
        [
            "on_train_begin", "on_train_end", "on_test_begin", "on_test_end", "on_predict_begin", "on_predict_end",
        ],
        0,
    ),
}  # fmt: skip
for _name in _POSITIONS:
    setattr(CallbackList, _name, _pass_on(_name))
