import numpy as np

from cases._case import Case, W
from cases._numpy import bilinear

SEQ, IMG, ROW = (3, 7, W), (2, 5, 6, W), (4, W)

cases = [
    Case("identity", "Identity", [SEQ], lambda x: x),
    Case("masking", "Masking", [SEQ], lambda x: x),
    Case("flatten", "Flatten", [IMG], lambda x: x.reshape(len(x), -1)),
    Case("reshape", "Reshape", [(3, 6, W)], lambda x: x.reshape(len(x), 2, -1), {"target_shape": (2, -1)}),
    Case("permute", "Permute", [IMG], lambda x: x.transpose(0, 3, 1, 2), {"dims": (3, 1, 2)}),
    Case("permute-sequence", "Permute", [SEQ], lambda x: x.transpose(0, 2, 1), {"dims": (2, 1)}),
    Case("repeat-vector", "RepeatVector", [ROW], lambda x: np.stack([x] * 3, 1), {"n": 3}),
    Case("cropping1d", "Cropping1D", [SEQ], lambda x: x[:, 2:-1], {"cropping": (2, 1)}),
    Case("cropping2d", "Cropping2D", [IMG], lambda x: x[:, 1:, 2:-1], {"cropping": ((1, 0), (2, 1))}),
    Case("zero-padding1d", "ZeroPadding1D", [SEQ], lambda x: np.pad(x, ((0, 0), (0, 2), (0, 0))), {"padding": (0, 2)}),
    Case("zero-padding2d", "ZeroPadding2D", [IMG], lambda x: np.pad(x, ((0, 0), (1, 0), (2, 3), (0, 0))),
         {"padding": ((1, 0), (2, 3))}),
    Case("up-sampling1d", "UpSampling1D", [SEQ], lambda x: x.repeat(3, 1), {"size": 3}),
    Case("up-sampling2d", "UpSampling2D", [IMG], lambda x: x.repeat(2, 1).repeat(3, 2), {"size": (2, 3)}),
    Case("up-sampling2d-bilinear", "UpSampling2D", [IMG], bilinear(3), {"size": 3, "interpolation": "bilinear"}),
    Case("up-sampling2d-flat", "UpSampling2D", [(2, 1, 4, 1)], bilinear(2), {"size": 2, "interpolation": "bilinear"}),
]
