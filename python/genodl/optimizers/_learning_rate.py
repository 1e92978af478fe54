"""The learning rate of an optimizer: a variable, a schedule or a callable."""

from __future__ import annotations

import numpy as np

from genodl._variable import Variable
from genodl.optimizers.schedules.learning_rate_schedule import LearningRateSchedule


class HasLearningRate:
    """The property ``learning_rate``; needs ``add_variable`` and ``_variables``."""

    @property
    def learning_rate(self):
        """The rate of the next step: a Variable, or what the schedule answers."""
        if isinstance(self._learning_rate, LearningRateSchedule):
            return self._learning_rate(self._iterations)
        if isinstance(self._learning_rate, Variable):
            return self._learning_rate
        return self._learning_rate()

    @learning_rate.setter
    def learning_rate(self, value):
        if isinstance(self._learning_rate, LearningRateSchedule) and not callable(value):
            raise TypeError(
                f"{self.name}: its learning rate follows a schedule and cannot be set to a number. Make the optimizer "
                "with a float, or set another schedule."
            )
        self._set_learning_rate(value)

    def _set_learning_rate(self, value):
        current = self._learning_rate
        if isinstance(value, Variable) or not callable(value):
            value = _as_rate(type(self).__name__, value)
            if isinstance(current, Variable):
                current.assign(value)
                return
            self._learning_rate = self.add_variable((), _constant(value), "float32", name="learning_rate")
        else:
            if isinstance(current, Variable):
                self._variables = [v for v in self._variables if v is not current]
            self._learning_rate = value
        self._learning_rate_version += 1


def _as_rate(who, value):
    number = value.numpy() if isinstance(value, Variable) else value
    if isinstance(number, np.ndarray) and number.ndim == 0:
        number = number.item()
    if isinstance(number, (bool, str)) or not isinstance(number, (int, float, np.number)):
        raise ValueError(
            f"{who}: expected learning_rate to be a number, a LearningRateSchedule or a callable, got {value!r}."
        )
    return float(number)


def _constant(value):
    return lambda shape, dtype: np.full(shape, value, dtype)
