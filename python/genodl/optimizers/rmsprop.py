"""RMSprop (Tieleman and Hinton, 2012)."""

from __future__ import annotations

from genodl import ops
from genodl.optimizers.optimizer import Optimizer


class RMSprop(Optimizer):
    """Divides the gradient by a running root mean square of itself.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
    rho : float
        Share of the running mean that is kept at each step.
    momentum : float
    epsilon : float
        Added under the root.
    centered : bool
        Divides by the running standard deviation instead.
    **options
        As in :class:`Optimizer`.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> w = gd.Variable([10.0])
    >>> _ = gd.optimizers.RMSprop(0.1).apply_gradients([(np.array([10.0]), w)])
    >>> round(float(w.numpy()[0]), 3)
    9.684
    """

    def __init__(
        self, learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False, *shared, **options
    ):
        super().__init__(learning_rate, *shared, **options)
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self._velocities = self.add_optimizer_variables(variables, "velocity")
        self._momentums = self.add_optimizer_variables(variables, "momentum") if self.momentum > 0 else []
        self._average_gradients = (
            self.add_optimizer_variables(variables, "average_gradient") if self.centered else []
        )

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        slot = self._velocities[index]
        velocity = self.rho * slot + (1 - self.rho) * ops.square(gradient)
        slot.assign(velocity)
        variance = velocity
        if self.centered:
            mean_slot = self._average_gradients[index]
            mean = self.rho * mean_slot + (1 - self.rho) * gradient
            mean_slot.assign(mean)
            variance = velocity - ops.square(mean)
        step = learning_rate * gradient / ops.sqrt(variance + self.epsilon)
        if self.momentum > 0:
            momentum_slot = self._momentums[index]
            step = self.momentum * momentum_slot + step
            momentum_slot.assign(step)
        variable.assign(variable - step)

    def get_config(self):
        return {
            **super().get_config(),
            "rho": self.rho,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "centered": self.centered,
        }
