import numpy as np

from cases._case import Case, W
from cases._numpy import softmax


def attention_pool(size):
    def reference(x, kernel):
        windows = np.stack([x[:, s : s + size] for s in range(0, x.shape[1] - size + 1, size)], 1)
        return (windows * softmax(windows @ kernel, axis=2)).sum(2)

    return reference


def pool(name, shape, **options):
    return Case(f"attention-pooling-{name}", "AttentionPooling1D", [shape], attention_pool(options.get("pool_size", 2)),
                options, keras=False, rtol=2e-5, atol=2e-5, why="exponentials of sums of up to 33 products")


cases = [
    pool("plain", (2, 8, W)),
    pool("rest", (2, 11, W), pool_size=4),
    pool("shared", (2, 9, W), pool_size=3, per_channel=False),
    pool("whole", (3, 5, W), pool_size=5),
]
