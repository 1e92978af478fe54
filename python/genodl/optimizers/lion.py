"""Lion (Chen and others, 2023)."""

from __future__ import annotations

from genodl import ops
from genodl.optimizers.optimizer import Optimizer


class Lion(Optimizer):
    """Steps of equal size: only the sign of the momentum counts. Wants a smaller rate than Adam.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
    beta_1 : float
        Share of the momentum, beside the gradient, in the direction of a step; above 0.
    beta_2 : float
        Share of the momentum that is kept at each step.
    **options
        As in :class:`Optimizer`.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> w = gd.Variable([1.0, 2.0])
    >>> _ = gd.optimizers.Lion(0.1).apply_gradients([(np.array([9.0, -0.1]), w)])
    >>> w.numpy()
    array([0.9, 2.1], dtype=float32)
    """

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.99, *shared, **options):
        super().__init__(learning_rate, *shared, **options)
        if not 0 < beta_1 <= 1:
            raise ValueError(f"Lion: expected beta_1 above 0 and at most 1, got {beta_1}.")
        self.beta_1 = beta_1
        self.beta_2 = beta_2

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self._momentums = self.add_optimizer_variables(variables, "momentum")

    def update_step(self, gradient, variable, learning_rate):
        slot = self._momentums[self._get_variable_index(variable)]
        direction = ops.sign(slot * self.beta_1 + gradient * (1 - self.beta_1))
        slot_value = slot * self.beta_2 + gradient * (1 - self.beta_2)
        variable.assign(variable - learning_rate * direction)
        slot.assign(slot_value)

    def get_config(self):
        return {**super().get_config(), "beta_1": self.beta_1, "beta_2": self.beta_2}
