"""Pooling over windows, channels last."""

from __future__ import annotations

from genodl._errors import ConfigError, ShapeError
from genodl._operation import operation
from genodl.ops._common import as_float, emit
from genodl.ops._spatial import per_axis, refuse_channels_first, same_padding


@operation
def max_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    """The largest value of each window.

    Parameters
    ----------
    inputs : tensor (batch, length, channels) or (batch, height, width, channels)
    pool_size : int or tuple of int
    strides : int or tuple of int, optional
        The pool size by default.
    padding : {"valid", "same"}
    data_format : str, optional
        Only "channels_last".

    Examples
    --------
    >>> from genodl import ops
    >>> ops.max_pool([[[1.0], [3.0], [2.0], [0.0]]], 2).ravel()
    array([3., 2.], dtype=float32)
    """
    return _pool("max_pool", inputs, pool_size, strides, padding, data_format)


@operation
def average_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    """The mean of each window; padding does not count.

    Parameters
    ----------
    inputs : tensor (batch, length, channels) or (batch, height, width, channels)
    pool_size, strides, padding, data_format
        As in :func:`max_pool`.
    """
    return _pool("average_pool", inputs, pool_size, strides, padding, data_format)


def _pool(op, inputs, pool_size, strides, padding, data_format):
    refuse_channels_first(data_format, op)
    x = as_float(inputs)
    spatial = len(x.shape) - 2
    if spatial not in (1, 2):
        raise ShapeError(
            f"{op}: expected (batch, length, channels) or (batch, height, width, channels), got shape "
            f"{tuple(x.shape)}."
        )
    pool = per_axis(pool_size, spatial, op, "pool_size")
    steps = pool if strides is None else per_axis(strides, spatial, op, "strides")
    if padding == "valid":
        pads = [(0, 0)] * spatial
    elif padding == "same":
        pads = [same_padding(*sizes) for sizes in zip(x.shape[1:-1], pool, steps, strict=True)]
    else:
        raise ConfigError(f"{op}: expected padding 'valid' or 'same', got {padding!r}.")
    before, after = (list(p) for p in zip(*pads, strict=True))
    return emit(op, x, pool=pool, strides=steps, before=before, after=after)
