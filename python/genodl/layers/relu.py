"""Rectified linear units."""

from __future__ import annotations

from genodl import activations
from genodl.layers.layer import Layer


class ReLU(Layer):
    """``max(x, 0)``, or a slope, a ceiling and a threshold.

    Parameters
    ----------
    max_value : float, optional
        Largest output.
    negative_slope : float
        Slope below the threshold.
    threshold : float
        Where the output begins to follow the input.

    Shapes
    ------
    Any; the output has the shape of the input.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.ReLU(max_value=2.0)(np.array([-1.0, 1.0, 3.0]))
    array([0., 1., 2.], dtype=float32)
    """

    supports_masking = True

    def __init__(self, max_value=None, negative_slope=0.0, threshold=0.0, **kwargs):
        super().__init__(**kwargs)
        if max_value is not None and max_value < 0:
            raise ValueError(f"ReLU: expected max_value of 0 or more, or None, got {max_value}.")
        for name, value in {"negative_slope": negative_slope, "threshold": threshold}.items():
            if value is None or value < 0:
                raise ValueError(f"ReLU: expected {name} of 0 or more, got {value}.")
        self.max_value = max_value
        self.negative_slope = negative_slope
        self.threshold = threshold

    def call(self, inputs):
        return activations.relu(
            inputs, negative_slope=self.negative_slope, max_value=self.max_value, threshold=self.threshold
        )
