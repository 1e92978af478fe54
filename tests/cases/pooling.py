from cases._case import Case, W
from cases._numpy import average_pool, max_pool

SEQ, IMG = (2, 9, W), (2, 5, 6, W)


def pool(kind, name, shape, options, reference, **more):
    return Case(f"{kind}-{name}", kind, [shape], reference, options, **more)


cases = [
    pool("MaxPooling1D", "valid", SEQ, {"pool_size": 3}, max_pool((3,))),
    pool("MaxPooling1D", "rest", SEQ, {"pool_size": 2}, max_pool((2,))),
    pool("MaxPooling1D", "same", SEQ, {"pool_size": 3, "strides": 2, "padding": "same"}, max_pool((3,), (2,), "same")),
    pool("MaxPooling1D", "overlapping", SEQ, {"pool_size": 4, "strides": 1}, max_pool((4,), (1,))),
    pool("MaxPooling1D", "gaps", SEQ, {"pool_size": 2, "strides": 3}, max_pool((2,), (3,))),
    pool("MaxPooling2D", "valid", IMG, {"pool_size": 2}, max_pool((2, 2))),
    pool("MaxPooling2D", "same", IMG, {"pool_size": (2, 3), "strides": (1, 2), "padding": "same"},
         max_pool((2, 3), (1, 2), "same")),
    pool("AveragePooling1D", "valid", SEQ, {"pool_size": 2}, average_pool((2,))),
    pool("AveragePooling1D", "same", SEQ, {"pool_size": 4, "strides": 3, "padding": "same"},
         average_pool((4,), (3,), "same"), keras=False),  # Keras on PyTorch counts the last position twice there
    pool("AveragePooling2D", "valid", IMG, {"pool_size": 2, "strides": 1}, average_pool((2, 2), (1, 1))),
    pool("AveragePooling2D", "same", IMG, {"pool_size": (2, 3), "padding": "same"},
         average_pool((2, 3), None, "same")),
    pool("GlobalMaxPooling1D", "plain", SEQ, {}, lambda x: x.max(1)),
    pool("GlobalMaxPooling1D", "keepdims", SEQ, {"keepdims": True}, lambda x: x.max(1, keepdims=True)),
    pool("GlobalMaxPooling2D", "plain", IMG, {}, lambda x: x.max((1, 2))),
    pool("GlobalMaxPooling2D", "keepdims", IMG, {"keepdims": True}, lambda x: x.max((1, 2), keepdims=True)),
    pool("GlobalAveragePooling1D", "plain", SEQ, {}, lambda x: x.mean(1)),
    pool("GlobalAveragePooling1D", "keepdims", SEQ, {"keepdims": True}, lambda x: x.mean(1, keepdims=True)),
    pool("GlobalAveragePooling2D", "plain", IMG, {}, lambda x: x.mean((1, 2))),
    pool("GlobalAveragePooling2D", "keepdims", IMG, {"keepdims": True}, lambda x: x.mean((1, 2), keepdims=True)),
]
