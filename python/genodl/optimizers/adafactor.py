"""Adafactor (Shazeer and Stern, 2018)."""

from __future__ import annotations

from genodl import ops
from genodl._variable import Variable
from genodl.optimizers.optimizer import Optimizer


class Adafactor(Optimizer):
    """Second moments kept as row and column means, and steps relative to the size of the variable.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
    beta_2_decay : float
        The second moments keep ``1 - step ** beta_2_decay``.
    epsilon_1 : float
        Added to squared gradients.
    epsilon_2 : float
        Smallest size of a variable that counts.
    clip_threshold : float
        Largest root mean square of a step.
    relative_step : bool
        Whether a constant rate also falls as ``1 / sqrt(step)``.
    **options
        As in :class:`Optimizer`.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> w = gd.Variable([1.0, 2.0])
    >>> _ = gd.optimizers.Adafactor(0.5).apply_gradients([(np.array([1.0, 6.0]), w)])
    >>> w.numpy().round(3)
    array([0.209, 1.209], dtype=float32)
    """

    def __init__(
        self,
        learning_rate=0.001,
        beta_2_decay=-0.8,
        epsilon_1=1e-30,
        epsilon_2=1e-3,
        clip_threshold=1.0,
        relative_step=True,
        *shared,
        **options,
    ):
        super().__init__(learning_rate, *shared, **options)
        self.beta_2_decay = beta_2_decay
        self.epsilon_1 = epsilon_1
        self.epsilon_2 = epsilon_2
        self.clip_threshold = clip_threshold
        self.relative_step = relative_step

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self._r, self._c, self._v = [], [], []
        for variable in variables:
            shape = variable.shape
            is_factored = len(shape) >= 2
            self._r.append(self._slot(variable, shape[:-1], "r") if is_factored else None)
            self._c.append(self._slot(variable, shape[:-2] + shape[-1:], "c") if is_factored else None)
            # Rebuilt from rows and columns where factored, so it is state only for vectors.
            self._v.append(None if is_factored else self._slot(variable, shape, "velocity"))

    def _slot(self, variable, shape, name):
        return self.add_variable(shape, dtype=variable.dtype, name=f"{variable.path.replace('/', '_')}_{name}")

    def prepare_step(self, learning_rate):
        step = ops.cast(self.iterations + 1, "float32")
        falling = 1 / ops.sqrt(step)
        if isinstance(self._learning_rate, Variable) and self.relative_step:
            learning_rate = ops.minimum(learning_rate, falling)
        return ops.minimum(learning_rate, falling), 1 - ops.power(step, self.beta_2_decay)

    def update_step(self, gradient, variable, learning_rate):
        rate, kept = self.shared
        index = self._get_variable_index(variable)
        square = ops.square(gradient) + self.epsilon_1
        if len(variable.shape) >= 2:
            r_slot, c_slot = self._r[index], self._c[index]
            r = kept * r_slot + (1 - kept) * ops.mean(square, axis=-1)
            c = kept * c_slot + (1 - kept) * ops.mean(square, axis=-2)
            r_slot.assign(r)
            c_slot.assign(c)
            rows = ops.expand_dims(r / ops.mean(r, axis=-1, keepdims=True), -1)
            v = rows * ops.expand_dims(c, -2)
        else:
            v_slot = self._v[index]
            v = kept * v_slot + (1 - kept) * square
            v_slot.assign(v)
        step = gradient / ops.sqrt(v)
        size = rate * ops.maximum(_root_mean_square(variable), self.epsilon_2)
        limit = ops.maximum(_root_mean_square(step) / self.clip_threshold, 1.0)
        variable.assign(variable - step * (size / limit))

    def get_config(self):
        return {
            **super().get_config(),
            "beta_2_decay": self.beta_2_decay,
            "epsilon_1": self.epsilon_1,
            "epsilon_2": self.epsilon_2,
            "clip_threshold": self.clip_threshold,
            "relative_step": self.relative_step,
        }


def _root_mean_square(x):
    return ops.sqrt(ops.mean(ops.square(x)))
