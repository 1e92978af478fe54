"""Progress on the screen or in a log file."""

from __future__ import annotations

import sys
import time

from genodl.callbacks import _console
from genodl.callbacks.callback import Callback

_SECONDS_BETWEEN_UPDATES = 0.1
_BAR = 20


class ProgbarLogger(Callback):
    """A bar with the loss, the metrics and the time left.

    On a terminal and in a notebook the bar moves; elsewhere each epoch is one line. ``verbose=2`` asks for
    one line everywhere, ``verbose=0`` for silence.

    Examples
    --------
    >>> import genodl as gd
    >>> bar = gd.callbacks.ProgbarLogger()
    >>> bar.set_params({"verbose": 2, "epochs": 3, "steps": 10})
    >>> bar.is_watching()
    False
    """

    samples_batches = True

    def __init__(self):
        super().__init__()
        self.verbose = 1
        self.epochs = 1
        self.target = None
        self.seen = 0
        self._is_live = False
        self._in_fit = False
        self._in_validation = False
        self._started = self._drawn = 0.0
        self._title = ""

    def set_params(self, params):
        super().set_params(params)
        verbose = params.get("verbose", 1)
        self.verbose = 1 if verbose in ("auto", True) else int(verbose or 0)
        self.epochs = params.get("epochs") or 1
        self.target = params.get("steps")
        self._is_live = self.verbose == 1 and _console.is_live()

    def is_watching(self, mode="train"):
        """Whether calls for batches have any effect."""
        return self._is_live and not (mode == "test" and self._in_fit)

    def on_train_begin(self, logs=None):
        self._in_fit = True

    def on_train_end(self, logs=None):
        self._in_fit = False

    def on_epoch_begin(self, epoch, logs=None):
        self._begin(f"Epoch {epoch + 1}/{self.epochs}" if self.epochs > 1 else "")
        if self._is_live and self._title:
            _console.say(self._title)

    def on_train_batch_end(self, batch, logs=None):
        self._update(batch, logs)

    def on_epoch_end(self, epoch, logs=None):
        self._end(logs)

    def on_test_begin(self, logs=None):
        if not self._in_fit:
            self._begin("")

    def on_test_batch_end(self, batch, logs=None):
        if not self._in_fit:
            self._update(batch, logs)

    def on_test_end(self, logs=None):
        if not self._in_fit:
            self._end(logs)

    def on_predict_begin(self, logs=None):
        self._begin("")

    def on_predict_batch_end(self, batch, logs=None):
        self._update(batch, None)

    def on_predict_end(self, logs=None):
        self._end(None)

    def _begin(self, title):
        self._title = title
        self.seen = 0
        self._started = self._drawn = time.perf_counter()

    def _update(self, batch, logs):
        self.seen = batch + 1
        if not self._is_live:
            return
        now = time.perf_counter()
        if now - self._drawn < _SECONDS_BETWEEN_UPDATES:
            return
        self._drawn = now
        self._draw(self._moving_line(now - self._started, logs))

    def _end(self, logs):
        self.target = self.target or self.seen or None
        if not self.verbose:
            return
        line = self._final_line(time.perf_counter() - self._started, logs)
        if self._is_live:
            self._draw(line, is_final=True)
        else:
            _console.say(line)

    def _draw(self, line, is_final=False):
        room = _console.width() - 1
        if not is_final:
            line = line[:room]
        sys.stdout.write("\r" + line.ljust(room) + ("\n" if is_final else ""))
        sys.stdout.flush()

    def _moving_line(self, seconds, logs):
        each = seconds / self.seen
        if self.target:
            done = min(self.seen / self.target, 1.0)
            filled = int(done * _BAR)
            count = f"{self.seen:>{len(str(self.target))}}/{self.target}"
            bar = "━" * filled + "─" * (_BAR - filled)
            left = f"{_clock(each * (self.target - self.seen))} left"
            parts = [f"{count} {bar} {left}", f"{_short(each)}/step"]
        else:
            parts = [f"{self.seen}/unknown", f"{_clock(seconds)}", f"{_short(each)}/step"]
        return " - ".join(parts + _numbers(logs))

    def _final_line(self, seconds, logs):
        steps = self.seen or self.target or 1
        count = f"{self.target or steps}/{self.target or steps}"
        if self._is_live:
            count += " " + "━" * _BAR
        elif self._title:
            count = f"{self._title} - {count}"
        return " - ".join([f"{count} - {_short(seconds)}", f"{_short(seconds / steps)}/step", *_numbers(logs)])


def _numbers(logs):
    def text(value):
        if not isinstance(value, float):
            return str(value)
        return f"{value:.4f}" if abs(value) > 1e-3 or value == 0 else f"{value:.4e}"

    # The loss comes first: on a narrow terminal the end of the line is cut off.
    names = sorted(logs or {}, key=lambda name: (name != "loss", name))
    return [f"{name}: {text(logs[name])}" for name in names if name not in ("batch", "size", "outputs")]


def _clock(seconds):
    minutes, seconds = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def _short(seconds):
    if seconds >= 100:
        return _clock(seconds)
    if seconds >= 1:
        return f"{seconds:.1f} s"
    if seconds >= 1e-3:
        return f"{seconds * 1e3:.0f} ms"
    return f"{seconds * 1e6:.0f} µs"
