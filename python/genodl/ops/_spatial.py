"""Windows along spatial axes: sizes for each axis and padding."""

from __future__ import annotations

from genodl._errors import ConfigError, NotSupportedError
from genodl.ops._common import ints


def refuse_channels_first(data_format, who):
    if data_format not in (None, "channels_last"):
        raise NotSupportedError(f"{who}: data_format={data_format!r} is not supported. Use 'channels_last'.")


def per_axis(value, axes, who, what):
    """One positive int for each spatial axis."""
    values = ints(value, who, what)
    values = values * axes if len(values) == 1 else values
    if len(values) != axes or min(values) < 1:
        raise ConfigError(f"{who}: expected {what} of {axes} positive integers, got {value!r}.")
    return values


def same_padding(size, window, stride, dilation=1):
    """Padding before and after, so that the output has ``ceil(size / stride)`` positions."""
    reach = (window - 1) * dilation + 1
    missing = max(0, (-(-size // stride) - 1) * stride + reach - size)
    return missing // 2, missing - missing // 2
