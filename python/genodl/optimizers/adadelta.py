"""Adadelta (Zeiler, 2012)."""

from __future__ import annotations

from genodl import ops
from genodl.optimizers.optimizer import Optimizer


class Adadelta(Optimizer):
    """Scales the gradient by the running size of past steps over that of past gradients.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
        Zeiler's paper has 1.0.
    rho : float
        Share of both running means that is kept at each step.
    epsilon : float
    **options
        As in :class:`Optimizer`.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> w = gd.Variable([10.0])
    >>> _ = gd.optimizers.Adadelta(1.0).apply_gradients([(np.array([10.0]), w)])
    >>> round(float(w.numpy()[0]), 4)
    9.9986
    """

    def __init__(self, learning_rate=0.001, rho=0.95, epsilon=1e-7, *shared, **options):
        super().__init__(learning_rate, *shared, **options)
        self.rho = rho
        self.epsilon = epsilon

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self._accumulated_grads, self._accumulated_delta_vars = self.add_optimizer_variables(
            variables, ["accumulated_grad", "accumulated_delta_var"]
        )

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        g_slot, d_slot = self._accumulated_grads[index], self._accumulated_delta_vars[index]
        g = self.rho * g_slot + (1 - self.rho) * ops.square(gradient)
        delta = ops.sqrt(d_slot + self.epsilon) * gradient / ops.sqrt(g + self.epsilon)
        g_slot.assign(g)
        d_slot.assign(self.rho * d_slot + (1 - self.rho) * ops.square(delta))
        variable.assign(variable - learning_rate * delta)

    def get_config(self):
        return {**super().get_config(), "rho": self.rho, "epsilon": self.epsilon}
