"""Convolution that sees both strands alike."""

from __future__ import annotations

from genodl import ops
from genodl._errors import NotSupportedError
from genodl.layers.conv1d import Conv1D


class RevCompConv1D(Conv1D):
    """Each filter is used in both directions; the two share their weights.

    The reverse complement of the input gives the same output read backwards: positions and channels in
    reverse order. Channel ``i`` and channel ``-1 - i`` belong together, as A and T, C and G do in one-hot
    DNA, so layers of this kind can follow each other. :class:`StrandMerge` makes a result that does not depend
    on the strand.

    Takes ``(batch, length, channels)``, gives ``(batch, new length, 2 * filters)``.

    Parameters
    ----------
    filters : int
        Pairs of filters.
    kernel_size : int
        Odd for ``padding="same"``.
    padding : {"valid", "same"}
    activation : str or callable, optional
    use_bias : bool

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> layer = gd.layers.RevCompConv1D(3, 5)
    >>> x = gd.sequence.encode(["ACGTTGCATTAG"])
    >>> y, z = layer(x.one_hot()), layer(gd.sequence.reverse_complement(x).one_hot())
    >>> bool(np.allclose(y, z[:, ::-1, ::-1], atol=1e-6))
    True
    """

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1, groups=1,
                 activation=None, use_bias=True, kernel_initializer="glorot_uniform", bias_initializer="zeros",
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, **kwargs):
        super().__init__(filters, kernel_size, strides, padding, data_format, dilation_rate, groups, activation,
                         use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                         activity_regularizer, kernel_constraint, bias_constraint, **kwargs)
        if self.strides != (1,) or groups != 1:
            raise NotSupportedError("RevCompConv1D: strides and groups above 1 are not supported. Pool afterwards.")
        if self.padding == "causal":
            raise NotSupportedError("RevCompConv1D: padding='causal' is not supported. It has a direction.")
        if self.padding == "same" and self.kernel_size[0] % 2 == 0:
            raise ValueError(
                f"RevCompConv1D: expected an odd kernel_size with padding='same', got {self.kernel_size[0]}. "
                "An even one cannot be centred."
            )

    def call(self, inputs):
        self._check_inputs(inputs)
        both = ops.concatenate([self.kernel, ops.flip(self.kernel, axis=(0, 1, 2))], axis=-1)
        x = self._convolve(inputs, both)
        if self.bias is not None:
            x = x + ops.concatenate([self.bias, ops.flip(self.bias, axis=0)], axis=0)
        return x if self.activation is None else self.activation(x)

    def compute_output_shape(self, input_shape):
        return (*super().compute_output_shape(input_shape)[:-1], 2 * self.filters)
