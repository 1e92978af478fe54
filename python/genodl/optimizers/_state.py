"""The variables of an optimizer."""

from __future__ import annotations

import warnings

import numpy as np

from genodl import ops
from genodl._errors import ShapeError
from genodl._variable import Variable


class OptimizerState:
    """Makes, lists, sets and saves the variables of an optimizer."""

    def add_variable(self, shape, initializer="zeros", dtype=None, name=None, **unused):
        """A new Variable that belongs to the optimizer."""
        value = _initial_value(initializer, shape, dtype or "float32")
        variable = Variable(value, dtype=dtype, trainable=False, name=name)
        variable.path = f"{self.name}/{variable.name}"
        self._variables.append(variable)
        return variable

    def add_variable_from_reference(self, reference_variable, name=None, initializer="zeros"):
        """A new Variable of the shape and dtype of ``reference_variable``."""
        return self.add_variable(
            reference_variable.shape,
            initializer,
            reference_variable.dtype,
            name=f"{reference_variable.path.replace('/', '_')}_{name or 'var'}",
        )

    def add_optimizer_variables(self, trainable_variables, name, initializer="zeros"):
        """One new Variable for each of ``trainable_variables``; a list per name if there are several."""
        names = [name] if isinstance(name, str) else list(name)
        initializers = initializer if isinstance(initializer, (list, tuple)) else [initializer] * len(names)
        if len(initializers) != len(names):
            raise ValueError(
                f"{type(self).__name__}: expected one initializer for each of {names}, got {len(initializers)}."
            )
        made = tuple([] for _ in names)
        for variable in trainable_variables:
            for column, slot, start in zip(made, names, initializers, strict=True):
                column.append(self.add_variable_from_reference(variable, slot, start))
        return made[0] if isinstance(name, str) else made

    def _get_variable_index(self, variable):
        return self._index[id(variable)]

    @property
    def variables(self):
        return list(self._variables)

    @property
    def iterations(self):
        """Number of updates so far."""
        if self.gradient_accumulation_steps:
            return ops.floor_divide(self._iterations, self.gradient_accumulation_steps)
        return self._iterations

    @property
    def trace_key(self):
        """All settings that a compiled step has taken in; when it changes, the step is compiled again."""
        plain = (bool, int, float, str, type(None))
        return tuple(
            (k, v) for k, v in sorted(vars(self).items()) if isinstance(v, plain) and k not in ("built", "name")
        )

    def get_weights(self):
        return [v.numpy() for v in self._variables]

    def set_weights(self, weights):
        if not self.built:
            raise ValueError(f"{self.name}: set_weights needs a built optimizer. Call build(variables) first.")
        for variable, weight in zip(self._variables, weights, strict=False):
            if variable.shape != tuple(np.shape(weight)):
                raise ShapeError(f"{variable.path}: expected shape {variable.shape}, got {tuple(np.shape(weight))}.")
            variable.assign(weight)

    def save_own_variables(self, store):
        for i, variable in enumerate(self._variables):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store):
        if len(store) != len(self._variables):
            warnings.warn(
                f"{self.name}: its state is not loaded, because it has {len(self._variables)} variables and the "
                f"saved optimizer {len(store)}.",
                stacklevel=2,
            )
            return
        for i, variable in enumerate(self._variables):
            variable.assign(store[str(i)])


def _initial_value(initializer, shape, dtype):
    shape = tuple(shape)
    if initializer == "zeros":
        return np.zeros(shape, dtype)
    if not callable(initializer):
        from genodl import initializers

        initializer = initializers.get(initializer)
    return np.asarray(initializer(shape, dtype=dtype))
