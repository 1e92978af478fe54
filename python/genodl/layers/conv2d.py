"""2-D convolution."""

from __future__ import annotations

from genodl.layers.conv import Conv


class Conv2D(Conv):
    """Convolution over two axes, as in images and replicate tracks.

    Takes ``(batch, height, width, channels)``, gives ``(batch, new height, new width, filters)``.

    Parameters
    ----------
    filters : int
        Size of the output's last axis.
    kernel_size : int or tuple of two
    strides, dilation_rate : int or tuple of two
        At most one of them above 1.
    padding : {"valid", "same"}
    groups : int
        Channels and filters are divided in so many independent groups.
    activation : str or callable, optional
    use_bias : bool

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Conv2D(4, 3)(np.ones((2, 8, 8, 3))).shape
    (2, 6, 6, 4)
    """

    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1),
                 groups=1, activation=None, use_bias=True, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):
        super().__init__(2, filters, kernel_size, strides, padding, data_format, dilation_rate, groups, activation,
                         use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                         activity_regularizer, kernel_constraint, bias_constraint, **kwargs)
