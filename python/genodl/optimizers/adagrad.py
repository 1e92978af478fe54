"""Adagrad (Duchi, Hazan and Singer, 2011)."""

from __future__ import annotations

import numpy as np

from genodl import ops
from genodl.optimizers.optimizer import Optimizer


class Adagrad(Optimizer):
    """Divides the gradient by the root of the sum of all its squares so far.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
    initial_accumulator_value : float
        Where each sum starts.
    epsilon : float
        Added under the root.
    **options
        As in :class:`Optimizer`.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> w = gd.Variable([10.0])
    >>> _ = gd.optimizers.Adagrad(0.1).apply_gradients([(np.array([10.0]), w)])
    >>> round(float(w.numpy()[0]), 3)
    9.9
    """

    def __init__(self, learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7, *shared, **options):
        super().__init__(learning_rate, *shared, **options)
        self.initial_accumulator_value = initial_accumulator_value
        self.epsilon = epsilon

    def build(self, variables):
        if self.built:
            return
        super().build(variables)

        def start(shape, dtype):
            return np.full(shape, self.initial_accumulator_value, dtype)

        self._accumulators = self.add_optimizer_variables(variables, "accumulator", start)

    def update_step(self, gradient, variable, learning_rate):
        slot = self._accumulators[self._get_variable_index(variable)]
        total = slot + ops.square(gradient)
        slot.assign(total)
        variable.assign(variable - learning_rate * gradient / ops.sqrt(total + self.epsilon))

    def get_config(self):
        return {
            **super().get_config(),
            "initial_accumulator_value": self.initial_accumulator_value,
            "epsilon": self.epsilon,
        }
