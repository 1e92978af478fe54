"""FTRL-Proximal (McMahan and others, 2013)."""

from __future__ import annotations

import numpy as np

from genodl import ops
from genodl.optimizers.optimizer import Optimizer


class Ftrl(Optimizer):
    """Follow the regularized leader: sparse weights for large, shallow models.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
    learning_rate_power : float
        0 or less; 0 keeps the rate of each weight constant.
    initial_accumulator_value : float
        0 or more.
    l1_regularization_strength, l2_regularization_strength : float
        0 or more.
    l2_shrinkage_regularization_strength : float
        0 or more; penalises the size of the weights instead of the steps.
    beta : float
    **options
        As in :class:`Optimizer`.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> w = gd.Variable([0.0])
    >>> _ = gd.optimizers.Ftrl(0.1).apply_gradients([(np.array([1.0]), w)])
    >>> round(float(w.numpy()[0]), 4)
    -0.0953
    """

    def __init__(
        self,
        learning_rate=0.001,
        learning_rate_power=-0.5,
        initial_accumulator_value=0.1,
        l1_regularization_strength=0.0,
        l2_regularization_strength=0.0,
        l2_shrinkage_regularization_strength=0.0,
        beta=0.0,
        *shared,
        **options,
    ):
        super().__init__(learning_rate, *shared, **options)
        for name, value in {
            "initial_accumulator_value": initial_accumulator_value,
            "l1_regularization_strength": l1_regularization_strength,
            "l2_regularization_strength": l2_regularization_strength,
            "l2_shrinkage_regularization_strength": l2_shrinkage_regularization_strength,
        }.items():
            if value < 0:
                raise ValueError(f"Ftrl: expected {name} of 0 or more, got {value}.")
        if learning_rate_power > 0:
            raise ValueError(f"Ftrl: expected learning_rate_power of 0 or less, got {learning_rate_power}.")
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta

    def build(self, variables):
        if self.built:
            return
        super().build(variables)

        def start(shape, dtype):
            return np.full(shape, self.initial_accumulator_value, dtype)

        self._accumulators, self._linears = self.add_optimizer_variables(
            variables, ["accumulator", "linear"], [start, "zeros"]
        )

    def prepare_step(self, learning_rate):
        return 1 / learning_rate, 2 * self.l2_regularization_strength + self.beta / learning_rate

    def update_step(self, gradient, variable, learning_rate):
        inverse_rate, l2 = self.shared
        index = self._get_variable_index(variable)
        n_slot, z_slot = self._accumulators[index], self._linears[index]
        n = n_slot + ops.square(gradient)
        root = self._power(n)
        shrunk = gradient
        if self.l2_shrinkage_regularization_strength:
            shrunk = gradient + 2 * self.l2_shrinkage_regularization_strength * variable
        z = z_slot + shrunk - (root - self._power(n_slot)) * inverse_rate * variable
        n_slot.assign(n)
        z_slot.assign(z)
        l1 = self.l1_regularization_strength
        variable.assign((ops.clip(z, -l1, l1) - z) / (root * inverse_rate + l2))

    def _power(self, x):
        if self.learning_rate_power == -0.5:
            return ops.sqrt(x)
        return ops.power(x, -self.learning_rate_power)

    def get_config(self):
        return {
            **super().get_config(),
            "learning_rate_power": self.learning_rate_power,
            "initial_accumulator_value": self.initial_accumulator_value,
            "l1_regularization_strength": self.l1_regularization_strength,
            "l2_regularization_strength": self.l2_regularization_strength,
            "l2_shrinkage_regularization_strength": self.l2_shrinkage_regularization_strength,
            "beta": self.beta,
        }
