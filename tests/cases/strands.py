import numpy as np

from cases._case import Case, W
from cases._numpy import convolve
from genodl.sequence import Motif

SUMS = "sums of up to 5 x 33 products, in another order"
MOTIFS = [Motif([[9, 1, 0, 0], [0, 5, 5, 0], [1, 1, 1, 7]]), Motif([[2, 2, 4, 2], [0, 0, 0, 8], [3, 0, 3, 0], [0, 9, 0, 1]])]


def both_strands(x, kernel, bias=0.0, **options):
    bias = np.broadcast_to(bias, kernel.shape[-1])
    return convolve(x, np.concatenate([kernel, kernel[::-1, ::-1, ::-1]], -1), np.concatenate([bias, bias[::-1]]), **options)


def merged(x, merge):
    half = x.shape[-1] // 2
    return merge(x[..., :half], x[..., : half - 1 : -1])


cases = [
    Case("revcomp-conv1d", "RevCompConv1D", [(2, 11, W)], both_strands, {"filters": 3, "kernel_size": 4}, rtol=2e-5,
         atol=1e-5, why=SUMS, keras=False),
    Case("revcomp-conv1d-same", "RevCompConv1D", [(2, 9, W)], lambda x, k: both_strands(x, k, padding="same"),
         {"filters": 5, "kernel_size": 5, "padding": "same", "use_bias": False}, rtol=2e-5, atol=1e-5, why=SUMS, keras=False),
    Case("strand-merge-max", "StrandMerge", [(3, 5, 8)], lambda x: merged(x, np.maximum), keras=False),
    Case("strand-merge-mean", "StrandMerge", [(4, 6)], lambda x: merged(x, lambda a, b: (a + b) / 2), {"mode": "mean"},
         keras=False),
    Case("motif-conv1d", "MotifConv1D", [(2, 12, 4)], lambda x, k: convolve(x, k), {"motifs": MOTIFS, "trainable": True},
         rtol=2e-5, atol=1e-5, why=SUMS, keras=False),
]
