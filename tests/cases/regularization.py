"""Dropout and its kin: at rest they pass their input on, in training their gradient is what the mask kept."""

from cases._case import Case, W

SEQ, IMG = (3, 7, W), (2, 4, 5, W)


def same(x):
    return x


def drawn(kind, shape, options):
    """In training: no reference, the draw is the layer's own; gradients and threads are still checked."""
    return Case(f"{kind}-training", kind, [shape], None, options, training=True, per_sample=False, keras=False)


LAYERS = {
    "Dropout": (SEQ, {"rate": 0.4, "seed": 3}),
    "SpatialDropout1D": (SEQ, {"rate": 0.4, "seed": 3}),
    "SpatialDropout2D": (IMG, {"rate": 0.4, "seed": 3}),
    "GaussianNoise": (SEQ, {"stddev": 0.5, "seed": 3}),
    "GaussianDropout": (SEQ, {"rate": 0.4, "seed": 3}),
    "AlphaDropout": (SEQ, {"rate": 0.4, "seed": 3}),
}

cases = [
    *(Case(kind, kind, [shape], same, options) for kind, (shape, options) in LAYERS.items()),
    *(drawn(kind, shape, options) for kind, (shape, options) in LAYERS.items()),
    Case("activity-regularization", "ActivityRegularization", [SEQ], same, {"l1": 0.1, "l2": 0.2}),
]
