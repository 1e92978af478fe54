"""Gradient descent with momentum."""

from __future__ import annotations

from genodl.optimizers.optimizer import Optimizer


class SGD(Optimizer):
    """``w -= rate * g``; with momentum, ``v = momentum * v - rate * g`` and ``w += v``.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
    momentum : float
        Between 0 and 1.
    nesterov : bool
        Looks ahead: ``w += momentum * v - rate * g``.
    **options
        As in :class:`Optimizer`.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> w = gd.Variable([1.0, 2.0])
    >>> _ = gd.optimizers.SGD(0.1).apply_gradients([(np.array([1.0, -1.0]), w)])
    >>> w.numpy()
    array([0.9, 2.1], dtype=float32)
    """

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False, *shared, **options):
        super().__init__(learning_rate, *shared, **options)
        if not isinstance(momentum, (int, float)) or not 0 <= momentum <= 1:
            raise ValueError(f"SGD: expected momentum between 0 and 1, got {momentum!r}.")
        self.momentum = float(momentum)
        self.nesterov = nesterov

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.momentums = self.add_optimizer_variables(variables, "momentum") if self.momentum else []

    def update_step(self, gradient, variable, learning_rate):
        step = learning_rate * gradient
        if not self.momentum:
            variable.assign(variable - step)
            return
        slot = self.momentums[self._get_variable_index(variable)]
        velocity = self.momentum * slot - step
        slot.assign(velocity)
        variable.assign(variable + (self.momentum * velocity - step if self.nesterov else velocity))

    def get_config(self):
        return {**super().get_config(), "momentum": self.momentum, "nesterov": self.nesterov}
