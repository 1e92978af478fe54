"""State that models share: weights, counters, metric totals."""

from __future__ import annotations

import numpy as np

from genodl import _budget, _core, _names, _trace
from genodl._dtypes import standardize, to_array
from genodl._errors import ShapeError


class Variable:
    """An array that models read and training changes.

    Parameters
    ----------
    initializer : array-like or callable
        The first value, or a function ``(shape, dtype) -> array``.
    shape : tuple, optional
        Needed with a callable.
    dtype : str, optional
    trainable : bool
    name : str, optional

    Examples
    --------
    >>> import genodl as gd
    >>> v = gd.Variable([1.0, 2.0], name="scale")
    >>> v.assign([3.0, 4.0]).numpy()
    array([3., 4.], dtype=float32)
    """

    __array_priority__ = 100

    def __init__(self, initializer, shape=None, dtype=None, trainable=True, name=None, **unused):
        if isinstance(initializer, str):
            from genodl import initializers

            initializer = initializers.get(initializer)
        if callable(initializer):
            if shape is None:
                raise ValueError("Variable: expected a shape beside an initializer, got none.")
            dtype = standardize(dtype)
            budget = _budget.current()
            if budget is not None:
                budget.spend(shape, dtype, name or "variable")
            with _trace.NoTrace():
                blank = budget is not None and budget.blank
                value = np.zeros(tuple(shape), dtype) if blank else initializer(tuple(shape), dtype=dtype)
        else:
            value = initializer
        value = to_array(value, dtype)
        if shape is not None and tuple(shape) != value.shape:
            raise ShapeError(f"Variable: expected a value of shape {tuple(shape)}, got {value.shape}.")
        self.name = name or _names.unique("variable")
        self.path = self.name
        self.trainable = trainable
        self.constraint = None
        self.regularizer = None
        self._handle = _core.Variable(np.array(value, copy=True), self.name)

    @property
    def shape(self):
        return self._handle.array.shape

    @property
    def dtype(self):
        return self._handle.array.dtype.name

    @property
    def ndim(self):
        return len(self.shape)

    @property
    def size(self):
        return self._handle.array.size

    @property
    def value(self):
        """A copy of the array; the live tensor inside a trace."""
        trace = _trace.current()
        return trace.read(self) if trace is not None else self.numpy()

    def numpy(self):
        return self._handle.array.copy()

    def assign(self, value):
        """Sets the value; inside a trace, when the step ends."""
        from genodl._operation import live
        from genodl._tensor import KerasTensor

        trace = _trace.current()
        new = live(value, None if isinstance(value, (KerasTensor, Variable)) else self.dtype)
        if tuple(new.shape) != self.shape:
            raise ShapeError(f"{self.path}: expected a value of shape {self.shape}, got {tuple(new.shape)}.")
        if trace is None:
            np.copyto(self._handle.array, new, casting="unsafe")
            return self
        if not isinstance(new, KerasTensor):
            new = _trace.live_tensor(_core.constant(to_array(new, self.dtype)))
        if new.dtype != self.dtype:
            from genodl import ops

            new = ops.cast(new, self.dtype)
        trace.assign(self, new)
        return new

    def assign_add(self, value):
        return self.assign(self + value)

    def assign_sub(self, value):
        return self.assign(self - value)

    def __array__(self, dtype=None, copy=None):
        return self.numpy() if dtype is None else self.numpy().astype(dtype)

    def __repr__(self):
        return f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}>"

    def __len__(self):
        return self.shape[0]

    def __float__(self):
        return float(self._handle.array)

    def __int__(self):
        return int(self._handle.array)

    def __bool__(self):
        return bool(self._handle.array)

    def __getitem__(self, key):
        trace = _trace.current()
        return (trace.read(self) if trace is not None else self.numpy())[key]

    __hash__ = object.__hash__


def _binary(name, reflected):
    def method(self, other):
        from genodl import ops

        function = getattr(ops, name)
        return function(other, self) if reflected else function(self, other)

    return method


def _unary(name):
    def method(self):
        from genodl import ops

        return getattr(ops, name)(self)

    return method


for _symbol, _name in {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "true_divide", "pow": "power",
    "matmul": "matmul", "floordiv": "floor_divide", "mod": "mod",
}.items():
    setattr(Variable, f"__{_symbol}__", _binary(_name, False))
    setattr(Variable, f"__r{_symbol}__", _binary(_name, True))
for _symbol, _name in {
    "eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal",
}.items():
    setattr(Variable, f"__{_symbol}__", _binary(_name, False))
for _symbol, _name in {"neg": "negative", "abs": "absolute"}.items():
    setattr(Variable, f"__{_symbol}__", _unary(_name))
Variable.__hash__ = object.__hash__  # type: ignore
