"""Layers, by their names in Keras."""

from genodl.layers.activation import Activation
from genodl.layers.activity_regularization import ActivityRegularization
from genodl.layers.add import Add, add
from genodl.layers.alpha_dropout import AlphaDropout
from genodl.layers.attention_pooling1d import AttentionPooling1D
from genodl.layers.average import Average, average
from genodl.layers.average_pooling1d import AveragePooling1D
from genodl.layers.average_pooling2d import AveragePooling2D
from genodl.layers.batch_normalization import BatchNormalization
from genodl.layers.concatenate import Concatenate, concatenate
from genodl.layers.conv1d import Conv1D
from genodl.layers.conv2d import Conv2D
from genodl.layers.cropping1d import Cropping1D
from genodl.layers.cropping2d import Cropping2D
from genodl.layers.dense import Dense
from genodl.layers.dot import Dot, dot
from genodl.layers.dropout import Dropout
from genodl.layers.elu import ELU
from genodl.layers.embedding import Embedding
from genodl.layers.flatten import Flatten
from genodl.layers.gaussian_dropout import GaussianDropout
from genodl.layers.gaussian_noise import GaussianNoise
from genodl.layers.global_average_pooling1d import GlobalAveragePooling1D
from genodl.layers.global_average_pooling2d import GlobalAveragePooling2D
from genodl.layers.global_max_pooling1d import GlobalMaxPooling1D
from genodl.layers.global_max_pooling2d import GlobalMaxPooling2D
from genodl.layers.group_normalization import GroupNormalization
from genodl.layers.identity import Identity
from genodl.layers.input_layer import DNAInput, DNAInputLayer, Input, InputLayer
from genodl.layers.lambda_layer import Lambda
from genodl.layers.layer import Layer
from genodl.layers.layer_normalization import LayerNormalization
from genodl.layers.leaky_relu import LeakyReLU
from genodl.layers.masking import Masking
from genodl.layers.max_pooling1d import MaxPooling1D
from genodl.layers.max_pooling2d import MaxPooling2D
from genodl.layers.maximum import Maximum, maximum
from genodl.layers.maxout import Maxout
from genodl.layers.minimum import Minimum, minimum
from genodl.layers.motif_conv1d import MotifConv1D
from genodl.layers.multiply import Multiply, multiply
from genodl.layers.normalization import Normalization
from genodl.layers.permute import Permute
from genodl.layers.prelu import PReLU
from genodl.layers.relu import ReLU
from genodl.layers.repeat_vector import RepeatVector
from genodl.layers.rescaling import Rescaling
from genodl.layers.reshape import Reshape
from genodl.layers.rev_comp_conv1d import RevCompConv1D
from genodl.layers.rms_normalization import RMSNormalization
from genodl.layers.softmax import Softmax
from genodl.layers.softplus import Softplus
from genodl.layers.spatial_dropout import SpatialDropout1D, SpatialDropout2D
from genodl.layers.strand_merge import StrandMerge
from genodl.layers.subtract import Subtract, subtract
from genodl.layers.unit_normalization import UnitNormalization
from genodl.layers.up_sampling1d import UpSampling1D
from genodl.layers.up_sampling2d import UpSampling2D
from genodl.layers.zero_padding1d import ZeroPadding1D
from genodl.layers.zero_padding2d import ZeroPadding2D

AvgPool1D = AveragePooling1D
AvgPool2D = AveragePooling2D
Convolution1D = Conv1D
Convolution2D = Conv2D
GlobalAvgPool1D = GlobalAveragePooling1D
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalMaxPool1D = GlobalMaxPooling1D
GlobalMaxPool2D = GlobalMaxPooling2D
MaxPool1D = MaxPooling1D
MaxPool2D = MaxPooling2D

_FUNCTIONS = ["add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract"]
__all__ = [name for name in dir() if name[0].isupper()] + _FUNCTIONS
