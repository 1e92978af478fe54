"""Counting batches across epochs."""

from __future__ import annotations


class BatchCount:
    """Tells when ``frequency`` batches have passed since it last said so.

    Batch numbers start at 0 in each epoch and may leave some out.
    """

    def __init__(self, frequency):
        self.frequency = frequency
        self.last = None
        self._seen = 0

    def is_due(self, batch):
        if self.frequency == "epoch":
            return False
        is_new_epoch = self.last is None or batch <= self.last
        self._seen += batch + 1 if is_new_epoch else batch - self.last
        self.last = batch
        if self._seen < self.frequency:
            return False
        self._seen = 0
        return True
