"""Logs for TensorBoard."""

from __future__ import annotations

import os
import time

import numpy as np

from genodl._errors import NotSupportedError
from genodl.callbacks.callback import Callback


class TensorBoard(Callback):
    """Writes losses, metrics and histograms of weights for TensorBoard; needs the package tensorboard.

    Parameters
    ----------
    log_dir : str or path
        Gets the folders ``train`` and ``validation``.
    histogram_freq : int
        Every so many epochs the weights are written as histograms; 0 for never.
    write_graph : bool
        Whether the summary of the model is written as text.
    write_images : bool
        Only False: weights are not written as pictures.
    write_steps_per_second : bool
    update_freq : "epoch", "batch" or int
        A number counts batches.
    profile_batch : int
        Only 0: profiling is not available.
    embeddings_freq : int
        Only 0: the embedding projector is not available.
    embeddings_metadata : optional
        Only None.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.callbacks.TensorBoard("logs", histogram_freq=1)  # doctest: +SKIP
    """

    def __init__(
        self,
        log_dir="logs",
        histogram_freq=0,
        write_graph=True,
        write_images=False,
        write_steps_per_second=False,
        update_freq="epoch",
        profile_batch=0,
        embeddings_freq=0,
        embeddings_metadata=None,
    ):
        super().__init__()
        self._tensorboard = _Writers.package()
        for name, value in {
            "write_images": write_images,
            "profile_batch": profile_batch,
            "embeddings_freq": embeddings_freq,
            "embeddings_metadata": embeddings_metadata,
        }.items():
            if value:
                raise NotSupportedError(f"TensorBoard: {name}={value!r} is not supported. Leave it out.")
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = 1 if update_freq == "batch" else update_freq
        self._writers = None
        self._steps = 0
        self._epoch_start = (0.0, 0)

    def wants_batches(self, mode="train"):
        return mode == "train" and self.update_freq != "epoch"

    def set_model(self, model):
        super().set_model(model)
        self._writers = _Writers(self._tensorboard, self.log_dir)
        if self.write_graph and model.built:
            lines = []
            model.summary(print_fn=lambda line, **_: lines.append(str(line)))
            text = "\n".join("    " + line for line in "\n".join(lines).splitlines())
            self._writers.text("train", "model", text, 0)

    def on_train_begin(self, logs=None):
        self._steps = 0

    def on_train_batch_end(self, batch, logs=None):
        self._steps += 1
        if self.update_freq != "epoch" and self._steps % self.update_freq == 0:
            for name, value in (logs or {}).items():
                self._writers.scalar("train", f"batch_{name}", value, self._steps)

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch_start = (time.perf_counter(), int(self.model.optimizer.iterations))

    def on_epoch_end(self, epoch, logs=None):
        for name, value in (logs or {}).items():
            part = "validation" if name.startswith("val_") else "train"
            self._writers.scalar(part, f"epoch_{name.removeprefix('val_')}", value, epoch)
        self._writers.scalar("train", "epoch_learning_rate", float(self.model.optimizer.learning_rate), epoch)
        if self.write_steps_per_second:
            began, steps = self._epoch_start
            done = int(self.model.optimizer.iterations) - steps
            rate = done / (time.perf_counter() - began)
            self._writers.scalar("train", "epoch_steps_per_second", rate, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            for weight in self.model.weights:
                self._writers.histogram("train", f"{weight.path}/histogram", weight.numpy(), epoch)

    def on_test_end(self, logs=None):
        steps = int(self.model.optimizer.iterations) if self.model.optimizer is not None else 0
        for name, value in (logs or {}).items():
            self._writers.scalar("validation", f"evaluation_{name}_vs_iterations", value, steps)

    def on_train_end(self, logs=None):
        self._writers.close()


class _Writers:
    """Event files, one folder each for training and validation."""

    @staticmethod
    def package():
        try:
            from tensorboard.compat.proto import event_pb2, summary_pb2
            from tensorboard.plugins.histogram import summary_v2 as histogram
            from tensorboard.plugins.text import metadata as text
            from tensorboard.summary.writer import event_file_writer
        except ImportError:
            raise ImportError(
                "TensorBoard: the package tensorboard is not installed. Install it with: pip install tensorboard"
            ) from None
        return event_pb2, summary_pb2, histogram, text, event_file_writer

    def __init__(self, package, log_dir):
        self._events, self._summaries, self._histogram, self._text, self._file_writer = package
        self._log_dir = log_dir
        self._open = {}

    def _write(self, part, summary, step):
        if part not in self._open:
            self._open[part] = self._file_writer.EventFileWriter(os.path.join(self._log_dir, part))
        event = self._events.Event(summary=summary, step=step, wall_time=time.time())
        self._open[part].add_event(event)

    def scalar(self, part, tag, value, step):
        value = self._summaries.Summary.Value(tag=tag, simple_value=float(value))
        self._write(part, self._summaries.Summary(value=[value]), step)

    def histogram(self, part, tag, values, step):
        self._write(part, self._histogram.histogram_pb(tag, np.asarray(values, np.float64)), step)

    def text(self, part, tag, text, step):
        from tensorboard.util import tensor_util

        metadata = self._text.create_summary_metadata(display_name=tag, description="")
        tensor = tensor_util.make_tensor_proto(text)
        value = self._summaries.Summary.Value(tag=tag, metadata=metadata, tensor=tensor)
        self._write(part, self._summaries.Summary(value=[value]), step)

    def close(self):
        for writer in self._open.values():
            writer.close()
        self._open = {}
