"""Adam with decoupled weight decay (Loshchilov and Hutter, 2017)."""

from __future__ import annotations

from genodl.optimizers.adam import Adam


class AdamW(Adam):
    """:class:`Adam` that also takes ``rate * weight_decay`` of each variable off at every step.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
    weight_decay : float
    beta_1, beta_2, epsilon, amsgrad
        As in :class:`Adam`.
    **options
        As in :class:`Optimizer`.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> w = gd.Variable([10.0])
    >>> _ = gd.optimizers.AdamW(0.1, weight_decay=0.1).apply_gradients([(np.array([10.0]), w)])
    >>> round(float(w.numpy()[0]), 3)
    9.8
    """

    def __init__(
        self,
        learning_rate=0.001,
        weight_decay=0.004,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        amsgrad=False,
        *shared,
        **options,
    ):
        if weight_decay is None:
            raise ValueError("AdamW: expected weight_decay to be a number, got None. Use Adam instead.")
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay, *shared, **options)
