"""Adam (Kingma and Ba, 2014)."""

from __future__ import annotations

from genodl import ops
from genodl.optimizers.optimizer import Optimizer


class Adam(Optimizer):
    """Running means of the gradient and of its square, corrected for their start at zero.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
    beta_1, beta_2 : float
        Share of each running mean that is kept at each step.
    epsilon : float
    amsgrad : bool
        Divides by the largest second moment so far.
    **options
        As in :class:`Optimizer`.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> w = gd.Variable([10.0])
    >>> _ = gd.optimizers.Adam(0.1).apply_gradients([(np.array([10.0]), w)])
    >>> round(float(w.numpy()[0]), 3)
    9.9
    """

    def __init__(
        self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, *shared, **options
    ):
        super().__init__(learning_rate, *shared, **options)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.amsgrad = amsgrad

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self._momentums, self._velocities = self.add_optimizer_variables(variables, ["momentum", "velocity"])
        if self.amsgrad:
            self._velocity_hats = self.add_optimizer_variables(variables, "velocity_hat")

    def prepare_step(self, learning_rate):
        step = ops.cast(self.iterations + 1, "float32")
        return learning_rate * ops.sqrt(1 - ops.power(self.beta_2, step)) / (1 - ops.power(self.beta_1, step))

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        m_slot, v_slot = self._momentums[index], self._velocities[index]
        m = m_slot + (gradient - m_slot) * (1 - self.beta_1)
        v = v_slot + (ops.square(gradient) - v_slot) * (1 - self.beta_2)
        m_slot.assign(m)
        v_slot.assign(v)
        if self.amsgrad:
            largest = self._velocity_hats[index]
            v = ops.maximum(largest, v)
            largest.assign(v)
        variable.assign(variable - m * self.shared / (ops.sqrt(v) + self.epsilon))

    def get_config(self):
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "amsgrad": self.amsgrad,
        }
