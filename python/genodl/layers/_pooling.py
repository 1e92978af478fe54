"""What the pooling layers share."""

from __future__ import annotations

from genodl import ops
from genodl.layers._arguments import IMAGE, SEQUENCE, channels_last, expect_rank, padding_mode, sizes
from genodl.layers.layer import Layer


class Pooling(Layer):
    """Windows of ``pool_size`` every ``strides`` positions."""

    _spatial = 1
    _operation = staticmethod(ops.max_pool)

    def __init__(self, pool_size, strides=None, padding="valid", data_format=None, **kwargs):
        super().__init__(**kwargs)
        who = type(self).__name__
        self.pool_size = sizes(who, "pool_size", pool_size, self._spatial)
        self.strides = self.pool_size if strides is None else sizes(who, "strides", strides, self._spatial)
        self.padding = padding_mode(who, padding)
        self.data_format = channels_last(who, data_format)

    def call(self, inputs):
        expect_rank(self, inputs, self._spatial + 2, SEQUENCE if self._spatial == 1 else IMAGE)
        return self._operation(inputs, self.pool_size, self.strides, self.padding)


class GlobalPooling(Layer):
    """One window over all positions."""

    _spatial = 1
    _reduction = staticmethod(ops.max)

    def __init__(self, data_format=None, keepdims=False, **kwargs):
        super().__init__(**kwargs)
        self.data_format = channels_last(type(self).__name__, data_format)
        self.keepdims = keepdims

    def call(self, inputs):
        self._check(inputs)
        return self._reduction(inputs, axis=self._axes(), keepdims=self.keepdims)

    def _check(self, inputs):
        expect_rank(self, inputs, self._spatial + 2, SEQUENCE if self._spatial == 1 else IMAGE)

    def _axes(self):
        return tuple(range(1, self._spatial + 1))
