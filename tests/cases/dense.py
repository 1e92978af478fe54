from cases._case import Case, W
from cases._numpy import sigmoid

SUMS = "products of up to 64 numbers, summed in another order"


def dense(x, kernel, bias=0.0):
    return x @ kernel + bias


cases = [
    Case("dense", "Dense", [(5, W)], dense, {"units": 6}, why=SUMS),
    Case("dense-sequence", "Dense", [(2, 7, W)], lambda x, k, b: sigmoid(dense(x, k, b)),
         {"units": 5, "activation": "sigmoid"}, why=SUMS),
    Case("dense-no-bias", "Dense", [(5, W)], dense, {"units": 1, "use_bias": False}, why=SUMS),
    Case("dense-relu", "Dense", [(3, W)], lambda x, k, b: np_relu(dense(x, k, b)), {"units": 17, "activation": "relu"},
         why=SUMS),
    Case("dense-wide", "Dense", [(4, 70)], dense, {"units": 65}, why=SUMS, rtol=2e-5, atol=2e-5),
]


def np_relu(x):
    return x * (x > 0)
