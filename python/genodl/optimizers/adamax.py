"""Adamax: Adam with the infinity norm (Kingma and Ba, 2014)."""

from __future__ import annotations

from genodl import ops
from genodl.optimizers.optimizer import Optimizer


class Adamax(Optimizer):
    """Divides the running mean of the gradient by its largest recent size.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
    beta_1, beta_2 : float
        Share of the mean and of the size that is kept at each step.
    epsilon : float
    **options
        As in :class:`Optimizer`.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> w = gd.Variable([10.0])
    >>> _ = gd.optimizers.Adamax(0.1).apply_gradients([(np.array([10.0]), w)])
    >>> round(float(w.numpy()[0]), 3)
    9.9
    """

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, *shared, **options):
        super().__init__(learning_rate, *shared, **options)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self._m, self._u = self.add_optimizer_variables(variables, ["momentum", "norm"])

    def prepare_step(self, learning_rate):
        step = ops.cast(self.iterations + 1, "float32")
        return learning_rate / (1 - ops.power(self.beta_1, step))

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        m_slot, u_slot = self._m[index], self._u[index]
        m = m_slot + (gradient - m_slot) * (1 - self.beta_1)
        u = ops.maximum(self.beta_2 * u_slot, ops.abs(gradient))
        m_slot.assign(m)
        u_slot.assign(u)
        variable.assign(variable - m * self.shared / (u + self.epsilon))

    def get_config(self):
        return {**super().get_config(), "beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
