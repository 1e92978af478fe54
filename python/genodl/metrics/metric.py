"""The base class of metrics."""

from __future__ import annotations

import numpy as np

from genodl import _names, ops
from genodl._dtypes import standardize
from genodl._errors import NotBuiltError
from genodl._variable import Variable
from genodl.losses._missing import split_missing
from genodl.losses._tensors import same_rank, tensor


class Metric:
    """Base of metrics: override ``update_state`` and ``result``.

    State lives in Variables made by :meth:`add_variable`. ``update_state`` is written with ``gd.ops``, so that
    during training it runs inside the compiled plan.

    Parameters
    ----------
    dtype : str, optional
    name : str, optional

    Examples
    --------
    >>> import genodl as gd
    >>> class Largest(gd.metrics.Metric):
    ...     def __init__(self, name="largest", **kwargs):
    ...         super().__init__(name=name, **kwargs)
    ...         self.value = self.add_variable(shape=(), initializer="zeros", name="value")
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.value.assign(gd.ops.maximum(self.value, gd.ops.max(y_pred)))
    ...     def result(self):
    ...         return self.value.numpy()
    >>> float(Largest()([[0.0]], [[3.0]]))
    3.0
    """

    # True where a metric must see all predictions as NumPy: the loop then calls update_from_numpy.
    needs_predictions = False

    def __init__(self, dtype=None, name=None):
        self.name = name or _names.auto_name(type(self).__name__)
        self._dtype = standardize(dtype)
        self._own_variables = []

    @property
    def dtype(self):
        return self._dtype

    def add_variable(self, shape, initializer=None, dtype=None, aggregation="sum", name=None):
        """A state variable; zeros unless an initializer says otherwise."""
        self._check_init()
        if initializer is None or initializer == "zeros":
            initializer = _zeros
        variable = Variable(initializer, tuple(shape), dtype, trainable=False, name=name)
        variable.path = f"{self.name}/{variable.name}"
        self._own_variables.append(variable)
        return variable

    def add_weight(self, shape=(), initializer=None, dtype=None, name=None):
        """Another name of :meth:`add_variable`."""
        return self.add_variable(shape=shape, initializer=initializer, dtype=dtype, name=name)

    def update_state(self, *args, **kwargs):
        """Counts a batch."""
        raise NotImplementedError(f"{type(self).__name__}: expected a method update_state, got none.")

    def result(self):
        """The value so far: a scalar or a dict of scalars."""
        raise NotImplementedError(f"{type(self).__name__}: expected a method result, got none.")

    def reset_state(self):
        """Forgets all batches."""
        for variable in self.variables:
            variable.assign(ops.zeros(variable.shape, dtype=variable.dtype))

    def __call__(self, *args, **kwargs):
        self._check_init()
        self.update_state(*args, **kwargs)
        return self.result()

    @property
    def variables(self):
        """Own state variables, then those of metrics and variables in attributes, lists and dicts."""
        self._check_init()
        found = {id(v): v for v in self._own_variables}
        nested = []
        for value in vars(self).values():
            _collect(value, found, nested)
        for metric in nested:
            found.update((id(v), v) for v in metric.variables)
        return list(found.values())

    def get_config(self):
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def _check_init(self):
        if "_own_variables" not in self.__dict__:
            raise NotBuiltError(
                f"{type(self).__name__}: expected super().__init__() to have run, it has not. "
                "Call it first in __init__()."
            )

    def __repr__(self):
        return f"<{type(self).__name__} name={self.name}>"


def _zeros(shape, dtype=None):
    return np.zeros(shape, dtype)


def _collect(value, variables, metrics):
    if isinstance(value, Variable):
        variables.setdefault(id(value), value)
    elif isinstance(value, Metric):
        metrics.append(value)
    elif isinstance(value, dict):
        for item in value.values():
            _collect(item, variables, metrics)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _collect(item, variables, metrics)


def without_missing(y_true, sample_weight, dtype):
    """Targets with 0 for NaN, and weights of single entries that are 0 there."""
    y_true, present = split_missing(y_true)
    return y_true, present_weights(present, sample_weight, dtype)


def present_weights(present, sample_weight, dtype):
    """Weights of single entries: those of their samples where the target is present, else 0."""
    weights = ops.cast(present, dtype)
    if sample_weight is None:
        return weights
    weights, sample_weight = same_rank(weights, tensor(sample_weight, dtype))
    trailing = (1,) * (len(weights.shape) - len(sample_weight.shape))
    return weights * ops.reshape(sample_weight, tuple(sample_weight.shape) + trailing)
