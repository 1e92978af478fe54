"""compile, fit, evaluate, predict and their kin on single batches."""

from __future__ import annotations

import warnings

import numpy as np

from genodl import _core, _trace
from genodl.layers import _calling
from genodl.training import data as data_module
from genodl.training.data import Batch
from genodl.training.loops import DEFAULT_BATCH, ArrayFeed, IteratorFeed, run_feed
from genodl.training.steps import Steps


class Trainer:
    """The part of a model that trains it."""

    def __init__(self):
        self.optimizer = None
        self.stop_training = False
        self.stop_evaluating = False
        self.stop_predicting = False
        self.history = None
        self._compiled = False
        self._compile_loss = None
        self._compile_metrics = None
        self._loss_tracker = None
        self._compile_arguments = None
        self._steps = Steps(self)
        self._runs = 0  # numbers the runs for random ops

    # ---- compile ----------------------------------------------------------------------------

    def compile(self, optimizer="rmsprop", loss=None, loss_weights=None, metrics=None, weighted_metrics=None,
                run_eagerly=False, steps_per_execution=1, jit_compile="auto", auto_scale_loss=True):
        """Chooses how to train.

        Parameters
        ----------
        optimizer : str or Optimizer
        loss : str, Loss, function, or nest of them by output
        loss_weights : list or dict of float, optional
        metrics, weighted_metrics : list, optional
        run_eagerly, steps_per_execution, jit_compile : accepted for Keras's sake; they change no number.
        """
        from genodl import metrics as metrics_module
        from genodl import optimizers
        from genodl.training.containers import CompileLoss, CompileMetrics

        self.optimizer = optimizers.get(optimizer)
        names = self.output_names if getattr(self, "_graph", None) is not None else None
        self._compile_loss = None
        if loss is not None:
            self._compile_loss = CompileLoss(loss, loss_weights, output_names=names)
        self._compile_metrics = None
        if metrics is not None or weighted_metrics is not None:
            self._compile_metrics = CompileMetrics(metrics, weighted_metrics, output_names=names)
        self._loss_tracker = metrics_module.Mean(name="loss")
        self._compile_arguments = {
            "optimizer": optimizer, "loss": loss, "loss_weights": loss_weights, "metrics": metrics,
            "weighted_metrics": weighted_metrics,
        }
        self._compiled = True
        self._steps.clear()

    @property
    def compiled(self):
        return self._compiled

    @property
    def loss(self):
        return self._compile_arguments["loss"] if self._compile_arguments else None

    def get_compile_config(self):
        """The arguments of ``compile`` as data; None for a model not compiled."""
        from genodl.saving.registration import serialize_object

        if not self._compiled:
            return None
        config = {**self._compile_arguments, "optimizer": self.optimizer}
        return {k: serialize_object(v) for k, v in config.items()}

    def compile_from_config(self, config):
        from genodl.saving.registration import deserialize_object

        self.compile(**{k: deserialize_object(v) for k, v in config.items()})
        if self.built:
            with _trace.NoTrace():
                self.optimizer.build(self.trainable_weights)

    @property
    def metrics(self):
        """The loss tracker, the metrics of ``compile``, then those of layers."""
        found = [self._loss_tracker] if self._loss_tracker is not None else []
        inner = []
        for layer in self._flatten_layers():
            inner += [m for m in layer._own_metrics() if not any(m is x for x in inner)]
        found += inner
        if self._compile_metrics is not None:
            found.append(self._compile_metrics)
        if self._compile_loss is not None:
            found += [m for m in self._compile_loss.metrics if not any(m is x for x in found)]
        return found

    @property
    def metrics_names(self):
        return [m.name for m in self.metrics]

    def reset_metrics(self):
        for m in self.metrics:
            m.reset_state()

    def get_metrics_result(self):
        """Names and values of all metrics now."""
        logs = {}
        for metric in self.metrics:
            result = metric.result()
            named = result if isinstance(result, dict) else {metric.name: result}
            for name, value in named.items():
                value = np.asarray(value)
                logs[name] = float(value) if value.ndim == 0 else value
        return logs

    def _need_compiled(self, what):
        if not self._compiled:
            raise ValueError(f"{self.name}: {what} needs a compiled model. Call compile(optimizer, loss) first.")

    # ---- what a step does -------------------------------------------------------------------

    def _step_key(self, mode):
        return self.optimizer.trace_key if mode == "train" else None

    def _trace_step(self, mode, x, y, w, rows):
        """Runs inside a trace; returns what the plan must hand back."""
        outputs = _call_live(self, x, mode == "train")
        if mode in ("predict", "call"):
            return outputs
        loss = self.compute_loss(x, y, outputs, w, training=mode == "train")
        self._loss_tracker.update_state(loss, sample_weight=float(rows))
        if mode == "train":
            self._apply_gradients(loss)
        if self._compile_metrics is not None and y is not None:
            self._compile_metrics.update_state(y, outputs, sample_weight=w)
        return outputs if self._wants_predictions() else []

    def _apply_gradients(self, loss):
        variables = self.trainable_weights
        if not variables:
            warnings.warn(f"{self.name}: no weight may train; fit only measures the loss.", stacklevel=4)
            return
        if not self.optimizer.built:
            with _trace.NoTrace():
                self.optimizer.build(variables)
        trace = _trace.current()
        loss = self.optimizer.scale_loss(loss)
        originals = [trace.original(v) for v in variables]
        ones = _core.constant(np.ones(loss.shape, loss.dtype))
        grads = _core.gradients([loss._value], [ones], [t._value for t in originals])
        pairs = [(None if g is None else _trace.live_tensor(g), v) for g, v in zip(grads, variables, strict=True)]
        self.optimizer.apply_gradients(pairs)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The number that training minimises: the compiled loss plus what layers added."""
        from genodl import ops

        parts = []
        if self._compile_loss is not None and y is not None:
            loss = self._compile_loss(y, y_pred, sample_weight)
            if loss is not None:
                parts.append(loss)
        parts += [ops.sum(ops.cast(x, "float32")) if x.shape else ops.cast(x, "float32") for x in self.losses]
        if not parts:
            raise ValueError(
                f"{self.name}: no loss to compute. Give compile() a loss and fit() targets, or call add_loss()."
            )
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        return total

    def _check_data(self, batch):
        """Fails on numbers that would spoil the weights, naming the first."""
        if batch.rows == 0:
            raise ValueError(f"{self.name}: expected at least one sample, got none.")
        batch.check_finite()
        graph = getattr(self, "_graph", None)
        if self._compile_loss is not None and graph is not None and batch.y_nest is not None:
            self._compile_loss.check_targets(batch.y_arrays(), graph.outputs)

    def _wants_predictions(self):
        return self._compile_metrics is not None and getattr(self._compile_metrics, "needs_predictions", False)

    # ---- fit --------------------------------------------------------------------------------

    def fit(self, x=None, y=None, batch_size=None, epochs=1, verbose="auto", callbacks=None, validation_split=0.0,
            validation_data=None, shuffle=True, class_weight=None, sample_weight=None, initial_epoch=0,
            steps_per_epoch=None, validation_steps=None, validation_batch_size=None, validation_freq=1):
        """Trains the model.

        Parameters
        ----------
        x, y : array, list or dict of arrays, or an iterable of batches (x alone)
        batch_size : int, default 32
        epochs : int
        verbose : {"auto", 0, 1, 2}
        callbacks : list of Callback, optional
        validation_split : float
            Share of the data, taken from its end, to validate on.
        validation_data : tuple or iterable, optional
        shuffle : bool
        class_weight : dict, optional
        sample_weight : array, optional

        Returns
        -------
        History
            Its ``history`` holds losses and metrics by epoch.
        """
        from genodl import callbacks as callbacks_module

        self._need_compiled("fit")
        if isinstance(epochs, bool) or not isinstance(epochs, (int, np.integer)) or epochs < 0:
            raise ValueError(f"{self.name}: expected epochs to be a whole number of 0 or more, got {epochs!r}.")
        feed = self._feed(x, y, sample_weight, batch_size, steps_per_epoch, shuffle, class_weight)
        validation = None
        if validation_data is not None:
            validation = self._validation_feed(validation_data, validation_batch_size or batch_size, validation_steps)
        elif validation_split:
            feed, validation = feed.split(validation_split, validation_batch_size, validation_steps)
        # Who listens for NaN wants to be told, not stopped.
        given = getattr(callbacks, "callbacks", callbacks) or []
        watches = any(isinstance(c, callbacks_module.TerminateOnNaN) for c in given)
        for part in (feed, validation):
            if part is not None and not watches:
                part.check_data(self)
        listeners = callbacks
        if not isinstance(callbacks, callbacks_module.CallbackList):
            listeners = callbacks_module.CallbackList(
                callbacks, add_history=True, add_progbar=verbose not in (0, False), model=self, verbose=verbose,
                epochs=epochs, steps=feed.steps,
            )
        self.stop_training = False
        self._initial_epoch = initial_epoch
        listeners.on_train_begin()
        logs = {}
        # BackupAndRestore may have set the epoch to go on from.
        for epoch in range(self._initial_epoch, epochs):
            self.reset_metrics()
            listeners.on_epoch_begin(epoch)
            done = run_feed(self, feed, "train", listeners)
            if not done and epoch == self._initial_epoch:
                raise ValueError(f"{self.name}: expected at least one batch to train on, got none.")
            logs = self.get_metrics_result()
            if validation is not None and self._validates(epoch, validation_freq):
                logs.update(self._validate(validation, listeners))
            listeners.on_epoch_end(epoch, logs)
            self._warn_if_diverged(epoch, logs)
            if self.stop_training or not done:
                break
        if self.optimizer is not None and epochs > 0 and self.optimizer.built:
            self.optimizer.finalize_variable_values(self.trainable_weights)
        listeners.on_train_end(logs)
        return self.history

    @staticmethod
    def _validates(epoch, frequency):
        return (epoch + 1) in frequency if isinstance(frequency, (list, tuple, set)) else (epoch + 1) % frequency == 0

    def _validate(self, feed, listeners):
        logs = self._evaluate(feed, listeners)
        return {f"val_{name}": value for name, value in logs.items()}

    def _evaluate(self, feed, listeners):
        self.stop_evaluating = False
        self.reset_metrics()
        listeners.on_test_begin()
        if not run_feed(self, feed, "test", listeners):
            raise ValueError(f"{self.name}: expected at least one batch to evaluate, got none.")
        logs = self.get_metrics_result()
        listeners.on_test_end(logs)
        return logs

    def _warn_if_diverged(self, epoch, logs):
        loss = logs.get("loss")
        before = self.history.history.get("loss", [])[:-1] if self.history is not None else []
        known = bool(before) and not np.isfinite(before[-1])
        if loss is not None and not np.isfinite(loss) and not self.stop_training and not known:
            warnings.warn(
                f"{self.name}: the loss of epoch {epoch + 1} is {loss}: training diverged. Lower the learning rate, "
                "clip gradients, or stop early with callbacks.TerminateOnNaN().",
                stacklevel=3,
            )

    def _feed(self, x, y, sample_weight, batch_size, steps, shuffle=False, class_weight=None):
        if isinstance(x, (list, tuple)) and not x:
            raise ValueError(f"{self.name}: expected at least one sample, got none.")
        if data_module.is_arrays(x) and data_module.is_stored((x, y, sample_weight)):
            if class_weight is None:
                from genodl.data import Dataset

                x = Dataset(x, y, sample_weight, batch_size or DEFAULT_BATCH, shuffle)
                y = None
        if data_module.is_arrays(x):
            batch = Batch(self, x, y, sample_weight, class_weight)
            if batch.rows == 0:
                raise ValueError(f"{self.name}: expected at least one sample, got none.")
            return ArrayFeed(batch, batch_size, shuffle, steps)
        if y is not None:
            raise ValueError(f"{self.name}: y comes with the batches of an iterable x, got y= as well.")
        if not hasattr(x, "__iter__") and not hasattr(x, "__next__"):
            raise ValueError(f"{self.name}: expected arrays or an iterable of batches, got {type(x).__name__}.")
        return IteratorFeed(self, x, steps, class_weight)

    def _validation_feed(self, validation_data, batch_size, steps):
        if isinstance(validation_data, (tuple, list)) and data_module.is_arrays(validation_data[0]):
            x, y, w = data_module.unpack_x_y_sample_weight(validation_data)
            return self._feed(x, y, w, batch_size, steps)
        return self._feed(validation_data, None, None, batch_size, steps)

    # ---- evaluate and predict ---------------------------------------------------------------

    def evaluate(self, x=None, y=None, batch_size=None, verbose="auto", sample_weight=None, steps=None,
                 callbacks=None, return_dict=False, **unused):
        """Loss and metrics on data.

        Returns
        -------
        float, list of float or dict
        """
        from genodl import callbacks as callbacks_module

        self._need_compiled("evaluate")
        feed = self._feed(x, y, sample_weight, batch_size, steps)
        feed.check_data(self)
        listeners = callbacks_module.CallbackList(
            callbacks, add_history=False, add_progbar=verbose not in (0, False), model=self, verbose=verbose, epochs=1,
            steps=feed.steps,
        )
        logs = self._evaluate(feed, listeners)
        return logs if return_dict else _as_list(logs)

    def predict(self, x, batch_size=None, verbose="auto", steps=None, callbacks=None):
        """Outputs for data, as NumPy arrays in the nest of the model's outputs.

        Parameters
        ----------
        x : array, DNA, strings, nest of arrays, or an iterable of batches
        batch_size : int, default 32
        """
        from genodl import callbacks as callbacks_module

        feed = self._feed(x, None, None, batch_size, steps)
        quiet = verbose in (0, False) or (verbose == "auto" and feed.steps is not None and feed.steps < 64)
        listeners = callbacks_module.CallbackList(
            callbacks, add_history=False, add_progbar=not quiet, model=self, verbose=verbose, epochs=1,
            steps=feed.steps,
        )
        self.stop_predicting = False
        listeners.on_predict_begin()
        results = run_feed(self, feed, "predict", listeners)
        listeners.on_predict_end()
        return results

    # ---- single batches ---------------------------------------------------------------------

    def train_on_batch(self, x, y=None, sample_weight=None, class_weight=None, return_dict=False):
        """One step of training; loss and metrics on this batch."""
        self._need_compiled("train_on_batch")
        batch = Batch(self, x, y, sample_weight, class_weight)
        self._check_data(batch)
        self.reset_metrics()
        self._run_batch("train", batch)
        logs = self.get_metrics_result()
        return logs if return_dict else _as_list(logs)

    def test_on_batch(self, x, y=None, sample_weight=None, return_dict=False):
        """Loss and metrics on one batch."""
        self._need_compiled("test_on_batch")
        batch = Batch(self, x, y, sample_weight)
        self._check_data(batch)
        self.reset_metrics()
        self._run_batch("test", batch)
        logs = self.get_metrics_result()
        return logs if return_dict else _as_list(logs)

    def predict_on_batch(self, x):
        """Outputs for one batch."""
        return self._run_batch("predict", Batch(self, x))

    def _run_batch(self, mode, batch):
        step = self._steps.get(mode, batch, batch.rows)
        arrays = [c.whole() for c in batch.columns]
        outputs = step.run(arrays, self._run_number(mode))
        if mode in ("train", "test") and self._wants_predictions():
            self._compile_metrics.update_from_numpy(
                batch.y_arrays(), outputs, batch.w_arrays()
            )
        return outputs

    def _run_number(self, mode, count=1):
        """The number of the next run. Predictions all have number 0: random layers then answer alike."""
        if mode == "predict":
            return 0
        first = self._runs
        self._runs += count
        return first

    # ---- a look inside ----------------------------------------------------------------------

    def plan_summary(self, batch_size=32, training=False, print_fn=None):
        """Prints the steps of the compiled plan: fused ops, shapes, work and memory."""
        from genodl.training.plan_summary import print_plan

        print_plan(self, batch_size, training, print_fn)


def _call_live(model, x, training):
    """The model on live inputs; structure as the user's call wants it."""
    return model(x, training=training) if _calling.signature_of(model).takes("training") else model(x)


def _as_list(logs):
    values = list(logs.values())
    return values[0] if len(values) == 1 else values
