"""1-D convolution."""

from __future__ import annotations

from genodl.layers.conv import Conv


class Conv1D(Conv):
    """Motif detectors over sequences: each filter slides along the length.

    Takes ``(batch, length, channels)``, gives ``(batch, new length, filters)``.

    Parameters
    ----------
    filters : int
        Size of the output's last axis.
    kernel_size : int
    strides, dilation_rate : int
        At most one of them above 1.
    padding : {"valid", "same", "causal"}
    groups : int
        Channels and filters are divided in so many independent groups.
    activation : str or callable, optional
    use_bias : bool

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Conv1D(8, 5)(np.ones((2, 20, 4))).shape
    (2, 16, 8)
    """

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1,
                 groups=1, activation=None, use_bias=True, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):
        super().__init__(1, filters, kernel_size, strides, padding, data_format, dilation_rate, groups, activation,
                         use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                         activity_regularizer, kernel_constraint, bias_constraint, **kwargs)
