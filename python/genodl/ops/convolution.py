"""Convolutions over sequences and images, channels last."""

from __future__ import annotations

from genodl._errors import ConfigError, ShapeError
from genodl._operation import operation
from genodl.ops._common import as_float, emit, operands
from genodl.ops._spatial import per_axis, refuse_channels_first, same_padding
from genodl.ops.shaping import reshape


def _taken(inputs, kernel, who):
    x, kernel = (as_float(t) for t in operands(inputs, kernel))
    x, kernel = operands(x, kernel)
    spatial = len(x.shape) - 2
    if spatial not in (1, 2) or len(kernel.shape) != len(x.shape):
        raise ShapeError(
            f"{who}: expected inputs (batch, length, channels) or (batch, height, width, channels) and a kernel of "
            f"as many axes, got shapes {tuple(x.shape)} and {tuple(kernel.shape)}."
        )
    return x, kernel, spatial


def padding_of(padding, sizes, windows, steps, dilation, who):
    """Positions added before and after each spatial axis."""
    if padding == "valid":
        return [0] * len(sizes), [0] * len(sizes)
    if padding == "causal" and len(sizes) == 1:
        return [(windows[0] - 1) * dilation[0]], [0]
    if padding != "same":
        raise ConfigError(f"{who}: expected padding 'valid', 'same' or (in one dimension) 'causal', got {padding!r}.")
    pads = [same_padding(*numbers) for numbers in zip(sizes, windows, steps, dilation, strict=True)]
    return [before for before, _ in pads], [after for _, after in pads]


@operation
def conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    """Cross-correlation of inputs with a kernel, as neural networks convolve.

    Parameters
    ----------
    inputs : tensor (batch, length, channels) or (batch, height, width, channels)
    kernel : tensor (k, channels / groups, filters) or (k, k, channels / groups, filters)
        The number of groups follows from the channels.
    strides, dilation_rate : int or tuple of int
    padding : {"valid", "same", "causal"}
    data_format : str, optional
        Only "channels_last".

    Examples
    --------
    >>> from genodl import ops
    >>> x = ops.reshape(ops.arange(4, dtype="float32"), (1, 4, 1))
    >>> ops.conv(x, [[[1.0]], [[1.0]]]).ravel()
    array([1., 3., 5.], dtype=float32)
    """
    refuse_channels_first(data_format, "conv")
    x, kernel, spatial = _taken(inputs, kernel, "conv")
    channels, taken = x.shape[-1], kernel.shape[-2]
    if taken < 1 or channels % taken:
        raise ShapeError(
            f"conv: expected a kernel that takes a part of {channels} channels, got kernel shape "
            f"{tuple(kernel.shape)} for inputs {tuple(x.shape)}."
        )
    return _convolve(x, kernel, strides, padding, dilation_rate, channels // taken, "conv", spatial)


def _convolve(x, kernel, strides, padding, dilation_rate, groups, who, spatial):
    steps = per_axis(strides, spatial, who, "strides")
    dilation = per_axis(dilation_rate, spatial, who, "dilation_rate")
    before, after = padding_of(padding, x.shape[1:-1], kernel.shape[:-2], steps, dilation, who)
    return emit("conv", x, kernel, strides=steps, dilation=dilation, before=before, after=after, groups=groups)


@operation
def depthwise_conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    """Convolution of each channel on its own.

    Parameters
    ----------
    inputs : tensor (batch, length, channels) or (batch, height, width, channels)
    kernel : tensor (k, channels, multiplier) or (k, k, channels, multiplier)
    strides, padding, data_format, dilation_rate
        As in :func:`conv`.

    Returns
    -------
    tensor (..., channels * multiplier)
    """
    refuse_channels_first(data_format, "depthwise_conv")
    x, kernel, spatial = _taken(inputs, kernel, "depthwise_conv")
    channels = x.shape[-1]
    if kernel.shape[-2] != channels:
        raise ShapeError(
            f"depthwise_conv: expected a kernel of {channels} channels, got kernel shape {tuple(kernel.shape)}."
        )
    grouped = reshape(kernel, [*kernel.shape[:-2], 1, channels * kernel.shape[-1]])
    return _convolve(x, grouped, strides, padding, dilation_rate, channels, "depthwise_conv", spatial)


@operation
def separable_conv(
    inputs, depthwise_kernel, pointwise_kernel, strides=1, padding="valid", data_format=None, dilation_rate=1
):
    """:func:`depthwise_conv`, then a convolution of width 1 that mixes the channels.

    Parameters
    ----------
    inputs : tensor
    depthwise_kernel : tensor (k, channels, multiplier) or (k, k, channels, multiplier)
    pointwise_kernel : tensor (1, channels * multiplier, filters) or (1, 1, channels * multiplier, filters)
    strides, padding, data_format, dilation_rate
        As in :func:`conv`.
    """
    deep = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(deep, pointwise_kernel)


@operation
def conv_transpose(
    inputs, kernel, strides=1, padding="valid", output_padding=None, data_format=None, dilation_rate=1
):
    """The transpose of a convolution: each input position adds a kernel to the output.

    Parameters
    ----------
    inputs : tensor (batch, length, channels) or (batch, height, width, channels)
    kernel : tensor (k, filters, channels) or (k, k, filters, channels)
    strides, dilation_rate : int or tuple of int
    padding : {"valid", "same"}
    output_padding : int or tuple of int, optional
        Positions added at the end; less than the strides.
    data_format : str, optional
        Only "channels_last".
    """
    who = "conv_transpose"
    refuse_channels_first(data_format, who)
    x, kernel, spatial = _taken(inputs, kernel, who)
    if kernel.shape[-1] != x.shape[-1]:
        raise ShapeError(
            f"{who}: expected a kernel (..., filters, {x.shape[-1]}), got kernel shape {tuple(kernel.shape)}."
        )
    steps = per_axis(strides, spatial, who, "strides")
    dilation = per_axis(dilation_rate, spatial, who, "dilation_rate")
    extra = [None] * spatial
    if output_padding is not None:
        extra = [p - 1 for p in per_axis(_plus_one(output_padding), spatial, who, "output_padding + 1")]
    windows = [(k - 1) * d + 1 for k, d in zip(kernel.shape[:-2], dilation, strict=True)]
    crops = [_crop(padding, *numbers) for numbers in zip(windows, steps, extra, strict=True)]
    sizes = [
        (n - 1) * s + w - before - after
        for n, s, w, (before, after) in zip(x.shape[1:-1], steps, windows, crops, strict=True)
    ]
    if any(-after >= s for (_, after), s in zip(crops, steps, strict=True)):
        raise ConfigError(f"{who}: expected output_padding below strides {steps}, got {output_padding}.")
    # The gradient of the convolution that would make `inputs` from the output.
    return emit(
        "conv_input_grad", x, kernel, strides=steps, dilation=dilation, groups=1,
        before=[before for before, _ in crops], after=[max(0, after) for _, after in crops],
        shape=[x.shape[0], *sizes, kernel.shape[-2]],
    )  # fmt: skip


def _plus_one(value):
    return value + 1 if isinstance(value, int) else [v + 1 for v in value]


def _crop(padding, window, step, extra):
    """What is cut off before and after ``(n - 1) * step + window`` positions; negative means added."""
    if padding == "valid":
        return 0, -(max(window, step) - window if extra is None else extra)
    if padding != "same":
        raise ConfigError(f"conv_transpose: expected padding 'valid' or 'same', got {padding!r}.")
    # Keras asks for n * step positions, or for (n - 1) * step + window % 2 + extra.
    total = window - step if extra is None else window - window % 2 - extra
    before = window - 1 - min((2 * (window - 1) - total + 1) // 2, window - 1)
    return before, total - before
