"""genodl through its public API."""

from __future__ import annotations

from benchmarks.workers.bench import Bench

THREADS = 2


def prepare(options):
    import genodl as gd

    gd.set_threads(THREADS)


def versions():
    from genodl import _core

    config = _core.config()
    return {"genodl": config["version"], "isa": config["isa"], "compiler": config["compiler"]}


def machine_speed():
    """FMA peak and bandwidth of this moment."""
    from genodl import _core

    return {"fma_peak": _core.measure_fma_peak(0.05), "bandwidth": _core.measure_bandwidth(0.2)}


def make(task):
    import genodl as gd

    gd.set_seed(1)
    x, y = task.data()
    model = task.network.keras_model(gd)
    count = model.count_params()
    if task.action == "predict":
        return Bench(lambda: model.predict(x, verbose=0), 1, count)
    if task.action == "predict_batch":
        return Bench(lambda: model.predict_on_batch(x), 1, count)
    if task.network.BATCHES == 1:
        return Bench(lambda: model.train_on_batch(x, y), 1, count)

    def epoch():
        model.fit(x, y, batch_size=task.samples, epochs=1, shuffle=False, verbose=0)

    return Bench(epoch, task.network.BATCHES, count)
