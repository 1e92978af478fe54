"""Keras on TensorFlow or JAX; options: backend, xla (TensorFlow), fit (the loop of ``fit``, not of batches)."""

from __future__ import annotations

import os

from benchmarks.workers.bench import Bench, split

THREADS = 2


def prepare(options):
    os.environ["KERAS_BACKEND"] = options["backend"]
    if options["backend"] == "jax":
        os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen=true intra_op_parallelism_threads={THREADS}"
        return
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def versions():
    import keras

    backend = keras.backend.backend()
    return {"Keras": keras.__version__, _NAMES[backend]: __import__(backend).__version__}


_NAMES = {"tensorflow": "TensorFlow", "jax": "JAX"}


def make(task):
    import keras

    keras.utils.set_random_seed(1)
    x, y = task.data()
    model = task.network.keras_model(keras)
    if task.options["backend"] == "tensorflow":
        model.jit_compile = task.options["xla"]
    count = model.count_params()
    if task.action == "predict":
        return Bench(lambda: model.predict(x, verbose=0), 1, count)
    if task.action == "predict_batch":
        inputs = _tensors(x)
        return Bench(lambda: model.predict_on_batch(inputs), 1, count)
    if task.options.get("fit"):

        def epoch():
            model.fit(x, y, batch_size=task.samples, epochs=1, shuffle=False, verbose=0)

        return Bench(epoch, task.network.BATCHES, count)
    batches = [(_tensors(a), _tensors(b)) for a, b in zip(split(x, task.samples), split(y, task.samples))]

    def steps():
        for inputs, targets in batches:
            model.train_on_batch(inputs, targets)

    return Bench(steps, len(batches), count)


def _tensors(nest):
    import keras

    return [_tensors(a) for a in nest] if isinstance(nest, list) else keras.ops.convert_to_tensor(nest)
