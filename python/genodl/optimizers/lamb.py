"""LAMB (You and others, 2019)."""

from __future__ import annotations

from genodl import ops
from genodl.optimizers.optimizer import Optimizer


class Lamb(Optimizer):
    """Adam whose step on each variable is as long, relative to the variable, as the learning rate.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
    beta_1, beta_2 : float
    epsilon : float
    **options
        As in :class:`Optimizer`.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> w = gd.Variable([3.0, 4.0])
    >>> _ = gd.optimizers.Lamb(0.1).apply_gradients([(np.array([1.0, 1.0]), w)])
    >>> w.numpy().round(3)
    array([2.646, 3.646], dtype=float32)
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
        self._momentums, self._velocities = self.add_optimizer_variables(variables, ["momentum", "velocity"])

    def prepare_step(self, learning_rate):
        step = ops.cast(self.iterations + 1, "float32")
        return 1 / (1 - ops.power(self.beta_1, step)), 1 / (1 - ops.power(self.beta_2, step))

    def update_step(self, gradient, variable, learning_rate):
        of_mean, of_square = self.shared
        index = self._get_variable_index(variable)
        m_slot, v_slot = self._momentums[index], self._velocities[index]
        m = m_slot + (gradient - m_slot) * (1 - self.beta_1)
        v = v_slot + (ops.square(gradient) - v_slot) * (1 - self.beta_2)
        m_slot.assign(m)
        v_slot.assign(v)
        step = m * of_mean / (ops.sqrt(v * of_square) + self.epsilon)
        length = ops.sqrt(ops.sum(ops.square(variable)))
        step_length = ops.sqrt(ops.sum(ops.square(step)))
        has_both = ops.logical_and(ops.greater(length, 0), ops.greater(step_length, 0))
        # The inner choice keeps the division defined where its result is not used.
        ratio = ops.where(has_both, length / ops.where(has_both, step_length, 1.0), 1.0)
        variable.assign(variable - step * (ratio * learning_rate))

    def get_config(self):
        return {**super().get_config(), "beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
