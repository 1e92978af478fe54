"""What Conv1D and Conv2D share."""

from __future__ import annotations

from genodl import _operation, activations, constraints, initializers, regularizers
from genodl._errors import ShapeError
from genodl.layers import _arguments
from genodl.layers.layer import Layer


class Conv(Layer):
    """Convolution over ``rank`` axes, channels last."""

    def __init__(self, rank, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1,
                 groups=1, activation=None, use_bias=True, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        who = type(self).__name__
        for name, value in (("filters", filters), ("groups", groups)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{who}: expected {name} to be a positive whole number, got {value!r}.")
        if filters % groups:
            raise ValueError(f"{who}: expected filters to be a multiple of groups, got {filters} and {groups}.")
        self.rank = rank
        self.filters = filters
        self.groups = groups
        self.kernel_size = _arguments.sizes(who, "kernel_size", kernel_size, rank)
        self.strides = _arguments.sizes(who, "strides", strides, rank)
        self.dilation_rate = _arguments.sizes(who, "dilation_rate", dilation_rate, rank)
        self.data_format = _arguments.channels_last(who, data_format)
        self.padding = padding.lower() if isinstance(padding, str) else padding
        allowed = ("valid", "same", "causal") if rank == 1 else ("valid", "same")
        if self.padding not in allowed:
            raise ValueError(f"{who}: expected padding to be one of {allowed}, got {padding!r}.")
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"{who}: expected strides or dilation_rate of 1, got strides={self.strides} and "
                f"dilation_rate={self.dilation_rate}."
            )
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def build(self, input_shape):
        if len(input_shape) != self.rank + 2:
            raise ShapeError(f"{self.name}: expected inputs with {self.rank + 2} axes, got shape {tuple(input_shape)}.")
        channels = input_shape[-1]
        if channels is None:
            raise ShapeError(f"{self.name}: expected a known number of channels, got shape {tuple(input_shape)}.")
        if channels % self.groups:
            raise ShapeError(
                f"{self.name}: expected channels to be a multiple of groups={self.groups}, got {channels}."
            )
        self._channels = channels
        self.kernel = self.add_weight((*self.kernel_size, channels // self.groups, self.filters),
                                      self.kernel_initializer, name="kernel", regularizer=self.kernel_regularizer,
                                      constraint=self.kernel_constraint)
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight((self.filters,), self.bias_initializer, name="bias",
                                        regularizer=self.bias_regularizer, constraint=self.bias_constraint)
        self._check_fits(input_shape)

    def _check_fits(self, input_shape):
        """Says at once, and in the user's numbers, that a kernel is longer than its input."""
        if self.padding != "valid":
            return
        for size, kernel, dilation in zip(input_shape[1:-1], self.kernel_size, self.dilation_rate):
            reach = (kernel - 1) * dilation + 1
            if size is not None and size < reach:
                raise ShapeError(
                    f"{self.name}: expected inputs of at least {reach} positions for a kernel of {kernel} with "
                    f"dilation {dilation}, got shape {tuple(input_shape)}. Use padding='same' or longer inputs."
                )

    def _check_inputs(self, inputs):
        if len(inputs.shape) != self.rank + 2 or inputs.shape[-1] != self._channels:
            raise ShapeError(
                f"{self.name}: expected inputs with {self.rank + 2} axes and {self._channels} channels, got shape "
                f"{tuple(inputs.shape)}."
            )
        self._check_fits(tuple(inputs.shape))

    def call(self, inputs):
        self._check_inputs(inputs)
        x = self._convolve(inputs, self.kernel)
        if self.bias is not None:
            x = x + self.bias
        return x if self.activation is None else self.activation(x)

    def _convolve(self, inputs, kernel):
        pads = [
            padding_of(self.padding, size, kernel, stride, dilation)
            for size, kernel, stride, dilation in zip(
                inputs.shape[1:-1], self.kernel_size, self.strides, self.dilation_rate
            )
        ]
        return _operation.emit(
            "conv", inputs, kernel, strides=list(self.strides), dilation=list(self.dilation_rate),
            groups=self.groups, before=[b for b, _ in pads], after=[a for _, a in pads],
        )

    def compute_output_shape(self, input_shape):
        sizes = [
            output_size(self.padding, size, kernel, stride, dilation)
            for size, kernel, stride, dilation in zip(
                input_shape[1:-1], self.kernel_size, self.strides, self.dilation_rate
            )
        ]
        return (input_shape[0], *sizes, self.filters)


def padding_of(mode, size, kernel, stride, dilation):
    """Zeros before and after an axis."""
    reach = (kernel - 1) * dilation
    if mode == "valid":
        return 0, 0
    if mode == "causal":
        return reach, 0
    outputs = -(-size // stride)
    total = max((outputs - 1) * stride + reach + 1 - size, 0)
    return total // 2, total - total // 2


def output_size(mode, size, kernel, stride, dilation):
    """Positions of the output along an axis; None where the input's are unknown."""
    if size is None:
        return None
    if mode in ("same", "causal"):
        return -(-size // stride)
    return (size - (kernel - 1) * dilation - 1) // stride + 1


