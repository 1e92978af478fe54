"""The functions of neural networks, as ``keras.ops.nn`` names them."""

from genodl.ops.activation import *  # noqa: F403
from genodl.ops.convolution import conv, conv_transpose, depthwise_conv, separable_conv
from genodl.ops.crossentropy import (
    binary_crossentropy,
    categorical_crossentropy,
    sparse_categorical_crossentropy,
)
from genodl.ops.encoding import multi_hot, one_hot
from genodl.ops.exponential import log_sigmoid, sigmoid, softplus
from genodl.ops.normalization import batch_normalization, layer_normalization, rms_normalization
from genodl.ops.pooling import average_pool, max_pool
from genodl.ops.reduction import moments, normalize
