import numpy as np

from cases._case import Array, Case, W

SEQ = (3, 7, W)
OTHER = Array(SEQ, -1.9, 2.1)  # the same shape, other numbers
THIRD = Array(SEQ, -2.2, 1.7)


def cosine(x, y):
    lengths = np.sqrt((x**2).sum(1) * (y**2).sum(1))
    return ((x * y).sum(1) / lengths)[:, None]


cases = [
    Case("add", "Add", [SEQ, OTHER, THIRD], lambda x, y, z: x + y + z),
    Case("add-ranks", "Add", [SEQ, (3, W)], lambda x, y: x + y[:, None]),
    Case("subtract", "Subtract", [SEQ, OTHER], np.subtract),
    Case("multiply", "Multiply", [SEQ, (3, 1, W)], np.multiply),
    Case("average", "Average", [SEQ, OTHER], lambda x, y: (x + y) / 2),
    Case("maximum", "Maximum", [SEQ, OTHER], np.maximum),
    Case("minimum", "Minimum", [SEQ, OTHER, THIRD], lambda x, y, z: np.minimum(np.minimum(x, y), z)),
    Case("concatenate", "Concatenate", [SEQ, (3, 7, 2)], lambda x, y: np.concatenate([x, y], -1)),
    Case("concatenate-length", "Concatenate", [SEQ, (3, 2, W)], lambda x, y: np.concatenate([x, y], 1), {"axis": 1}),
    Case("dot", "Dot", [(4, W), Array((4, W), -1.9, 2.1)], lambda x, y: (x * y).sum(1, keepdims=True), {"axes": 1}),
    Case("dot-cosine", "Dot", [(4, W), Array((4, W), -1.9, 2.1)], cosine, {"axes": 1, "normalize": True},
         widths=(3, 7, 8, 9, 16, 17, 33)),
    Case("dot-matrices", "Dot", [SEQ, (3, W, 5)], np.matmul, {"axes": (2, 1)}, rtol=2e-5, atol=1e-5),
    Case("dot-axes", "Dot", [SEQ, (3, 2, 7)], lambda x, y: np.einsum("blc,bkl->bck", x, y), {"axes": (1, -1)},
         rtol=2e-5, atol=1e-5),
]
