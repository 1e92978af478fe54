"""The loops over batches. Whole arrays are looped over in C++; batches of an iterable one by one."""

from __future__ import annotations

import numpy as np

from genodl import _core, _seeds, _tree
from genodl._tensor import KerasTensor
from genodl.data import Dataset, prefetch
from genodl.training.data import Batch, split_off, unpack_x_y_sample_weight

DEFAULT_BATCH = 32


class ArrayFeed:
    """Batches of whole arrays, shuffled or in order."""

    def __init__(self, batch, batch_size=None, shuffle=False, steps=None):
        size = DEFAULT_BATCH if batch_size is None else batch_size
        if not isinstance(size, (int, np.integer)) or size < 1:
            raise ValueError(f"batch_size: expected a positive whole number, got {size!r}.")
        _check_steps(steps)
        self.batch = batch
        self.size = min(int(size), batch.rows)
        self.shuffle = bool(shuffle)
        total = -(-batch.rows // self.size)
        self.steps = total if steps is None else min(steps, total)

    def split(self, fraction, batch_size=None, steps=None):
        """This feed without its last rows, and a feed of those."""
        train, held = split_off(self.batch, fraction)
        wanted = None if self.steps == -(-self.batch.rows // self.size) else self.steps
        return ArrayFeed(train, self.size, self.shuffle, wanted), ArrayFeed(held, batch_size or self.size, False, steps)

    def check_data(self, model):
        """Fails on numbers no model can learn from."""
        model._check_data(self.batch)

    def order(self):
        """Row numbers of an epoch; None where the rows are used as they lie."""
        return np.random.default_rng(_seeds.next_seed()).permutation(self.batch.rows) if self.shuffle else None

    def pieces(self):
        """``(first row, number of batches, batch size)``: the full batches, then the short last one."""
        full = min(self.steps, self.batch.rows // self.size)
        found = [(0, full, self.size)] if full else []
        rest = self.batch.rows - full * self.size
        if self.steps > full and rest:
            found.append((full * self.size, 1, rest))
        return found


class IteratorFeed:
    """Batches from a generator or iterable; an endless one needs ``steps``."""

    def __init__(self, model, source, steps=None, class_weight=None):
        _check_steps(steps)
        self.model = model
        self.source = source
        self.steps = len(source) if steps is None and hasattr(source, "__len__") else steps
        self.class_weight = class_weight
        self._iterator = None
        self.checks_data = False

    def check_data(self, model):
        """Has every batch checked when it comes."""
        self.checks_data = True

    def split(self, fraction, batch_size=None, steps=None):
        """Two feeds, where the source knows its rows."""
        if not isinstance(self.source, Dataset):
            raise ValueError("validation_split: expected arrays, got an iterable. Use validation_data.")
        train, held = self.source.split(fraction)
        wanted = None if self.steps == len(self.source) else self.steps
        return IteratorFeed(self.model, train, wanted, self.class_weight), IteratorFeed(self.model, held, steps)

    def batches(self):
        restarted = self._iterator is None
        if restarted:
            self._iterator = self._start()
        done = 0
        while self.steps is None or done < self.steps:
            try:
                item = next(self._iterator)
            except StopIteration:
                self._iterator = None
                if self.steps is None or restarted or self._iterator_is_spent():
                    return
                self._iterator = self._start()
                restarted = True
                continue
            restarted = False
            done += 1
            x, y, w = unpack_x_y_sample_weight(item)
            yield Batch(self.model, x, y, w, self.class_weight)

    def _start(self):
        # Reading from a file overlaps with computing; a user's generator stays on the user's thread.
        return iter(prefetch(self.source)) if isinstance(self.source, Dataset) else iter(self.source)

    def _iterator_is_spent(self):
        # A generator cannot start again.
        return iter(self.source) is self.source


def _check_steps(steps):
    if steps is not None and (isinstance(steps, bool) or not isinstance(steps, (int, np.integer)) or steps < 1):
        raise ValueError(f"steps: expected a positive whole number or None, got {steps!r}.")


def run_feed(model, feed, mode, listeners):
    """Runs all batches; the outputs for ``predict``, else whether any batch ran."""
    if isinstance(feed, ArrayFeed):
        return _run_arrays(model, feed, mode, listeners)
    return _run_iterator(model, feed, mode, listeners)


def _run_arrays(model, feed, mode, listeners):
    order = feed.order() if mode == "train" else None
    loop = _ArrayLoop(model, feed, mode, listeners, order)
    if loop.wants_outputs and loop.results is None:
        return _run_slices(model, feed, mode, listeners, order)
    done = loop.run()
    if mode == "predict":
        return _pack(loop.outputs, loop.results)
    if loop.wants_outputs:
        taken = feed.batch.take(order[: loop.rows] if order is not None else slice(0, loop.rows))
        outputs = _pack(loop.outputs, loop.results)
        model._compile_metrics.update_from_numpy(taken.y_arrays(), outputs, taken.w_arrays())
    return done > 0


class _ArrayLoop:
    """All batches of whole arrays, in C++ unless a callback must hear of each."""

    def __init__(self, model, feed, mode, listeners, order):
        self.model, self.feed, self.mode, self.listeners, self.order = model, feed, mode, listeners, order
        self.arrays = [c.whole() for c in feed.batch.columns]
        self.rows = sum(count * size for _, count, size in feed.pieces())
        self.wants_outputs = mode == "predict" or model._wants_predictions()
        first = model._steps.get(mode, feed.batch, feed.pieces()[0][2])
        self.outputs = first.outputs
        self.results = first.result_arrays(self.rows) if self.wants_outputs else []

    def run(self):
        """Number of batches that ran."""
        done = 0
        run_piece = self._run_each if self.listeners.wants_batches(self.mode) else self._run_all
        for first, count, size in self.feed.pieces():
            step = self.model._steps.get(self.mode, self.feed.batch, size)
            ran = run_piece(step, first, count, size, done)
            done += ran
            if ran < count:
                break
        return done

    def _batches(self, step, first, count, poll=None):
        number = self.model._run_number(self.mode, count)
        same = self.mode == "predict"
        return _core.run_batches(step.session, self.arrays, self.results, self.order, first, count, number, poll, same)

    def _run_each(self, step, first, count, size, before):
        for i in range(count):
            row = first + i * size
            _announce(self.model, self.listeners, self.mode, "begin", before + i, None)
            self._batches(step, row, 1)
            if self.mode == "predict":
                logs = {"outputs": _pack(self.outputs, [r[row : row + size] for r in self.results])}
            else:
                logs = self.model.get_metrics_result()
            _announce(self.model, self.listeners, self.mode, "end", before + i, logs)
            if _stops(self.model, self.mode):
                return i + 1
        return count

    def _run_all(self, step, first, count, size, before):
        if not self.listeners.wants_progress(self.mode):
            return self._batches(step, first, count)

        def tell(done):
            logs = None if self.mode == "predict" else self.model.get_metrics_result()
            _announce(self.model, self.listeners, self.mode, "end", before + done - 1, logs)
            return not _stops(self.model, self.mode)

        done = self._batches(step, first, count, tell)
        tell(done)
        return done


def _run_slices(model, feed, mode, listeners, order):
    """Batch by batch from Python, for outputs that do not have one row per sample."""
    collected = []
    for first, count, size in feed.pieces():
        for i in range(count):
            rows = slice(first + i * size, first + (i + 1) * size)
            part = feed.batch.take(rows if order is None else order[rows])
            collected.append(_one_batch(model, part, mode, listeners, len(collected)))
            if _stops(model, mode):
                break
    return _concatenate(collected) if mode == "predict" else bool(collected)


def _run_iterator(model, feed, mode, listeners):
    collected = []
    number = 0
    for batch in feed.batches():
        if feed.checks_data:
            model._check_data(batch)
        result = _one_batch(model, batch, mode, listeners, number)
        if mode == "predict":
            collected.append(result)
        number += 1
        if _stops(model, mode):
            break
    if mode != "predict":
        return number > 0
    if not collected:
        raise ValueError(f"{model.name}: expected at least one batch, got none.")
    return _concatenate(collected)


def _one_batch(model, batch, mode, listeners, number):
    each = listeners.wants_batches(mode) or listeners.wants_progress(mode)
    if each:
        _announce(model, listeners, mode, "begin", number, None)
    result = model._run_batch(mode, batch)
    if each:
        logs = {"outputs": result} if mode == "predict" else model.get_metrics_result()
        _announce(model, listeners, mode, "end", number, logs)
    return result


def _announce(model, listeners, mode, edge, number, logs):
    getattr(listeners, f"on_{mode}_batch_{edge}")(number, logs)


def _stops(model, mode):
    return {"train": model.stop_training, "test": model.stop_evaluating, "predict": model.stop_predicting}[mode]


def _pack(outputs, arrays):
    found = iter(arrays)
    leaves = [next(found) if isinstance(t, KerasTensor) else t for t in _tree.flatten(outputs)]
    return _tree.pack_like(outputs, leaves)


def _concatenate(collected):
    def join(*parts):
        return np.concatenate(parts) if np.ndim(parts[0]) else np.stack(parts)

    return _tree.map_structure(join, *collected)
