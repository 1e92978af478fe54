"""Nadam: Adam with Nesterov momentum (Dozat, 2015)."""

from __future__ import annotations

from genodl import ops
from genodl.optimizers.optimizer import Optimizer

# How fast the momentum rises to beta_1; the constant of Dozat's schedule.
_RISE = 0.96


class Nadam(Optimizer):
    """:class:`Adam` whose momentum looks one step ahead.

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
    >>> w = gd.Variable([10.0])
    >>> _ = gd.optimizers.Nadam(0.1).apply_gradients([(np.array([10.0]), w)])
    >>> round(float(w.numpy()[0]), 2)
    9.89
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
        self._u_product = self.add_variable((), "ones", name="u_product")

    def prepare_step(self, learning_rate):
        step = ops.cast(self.iterations + 1, "float32")
        now = self.beta_1 * (1 - 0.5 * ops.power(_RISE, step))
        ahead = self.beta_1 * (1 - 0.5 * ops.power(_RISE, step + 1))
        product = self._u_product * now
        self._u_product.assign(product)
        of_mean = learning_rate * ahead / (1 - product * ahead)
        of_gradient = learning_rate * (1 - now) / (1 - product)
        of_square = 1 / (1 - ops.power(self.beta_2, step))
        return of_mean, of_gradient, of_square

    def update_step(self, gradient, variable, learning_rate):
        of_mean, of_gradient, of_square = self.shared
        index = self._get_variable_index(variable)
        m_slot, v_slot = self._momentums[index], self._velocities[index]
        m = m_slot + (gradient - m_slot) * (1 - self.beta_1)
        v = v_slot + (ops.square(gradient) - v_slot) * (1 - self.beta_2)
        m_slot.assign(m)
        v_slot.assign(v)
        step = (m * of_mean + gradient * of_gradient) / (ops.sqrt(v * of_square) + self.epsilon)
        variable.assign(variable - step)

    def get_config(self):
        return {**super().get_config(), "beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
