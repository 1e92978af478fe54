"""Symbolic tensors: *outlines*, from which models are drawn, and *live* tensors of a running trace."""

from __future__ import annotations

from genodl import _names
from genodl._dtypes import standardize
from genodl._errors import ConfigError


class KerasTensor:
    """A tensor without values.

    Parameters
    ----------
    shape : tuple
        Sizes; ``None`` where unknown, ``()`` for a scalar.
    dtype : str
    name : str, optional

    Examples
    --------
    >>> import genodl as gd
    >>> gd.KerasTensor((None, 4)).shape
    (None, 4)
    """

    # NumPy must leave `array * tensor` to us.
    __array_priority__ = 1000
    __array_ufunc__ = None

    def __init__(self, shape, dtype="float32", name=None, *, value=None):
        self.shape = tuple(None if d is None else int(d) for d in shape)
        self.dtype = standardize(dtype)
        self.name = name or _names.unique("keras_tensor")
        self._value = value  # node of the engine's graph; None for outlines
        self._history = None  # the recorded call that made this outline
        self._keras_mask = None
        self._any_size = False  # an input whose sizes were only seen, not asked for

    @property
    def is_live(self):
        return self._value is not None

    @property
    def ndim(self):
        return len(self.shape)

    rank = ndim

    @property
    def size(self):
        n = 1
        for d in self.shape:
            if d is None:
                return None
            n *= d
        return n

    def __repr__(self):
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"

    def __len__(self):
        if not self.shape or self.shape[0] is None:
            raise TypeError("KerasTensor: the first size is unknown until the model runs.")
        return self.shape[0]

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __bool__(self):
        raise ConfigError(
            "KerasTensor: a symbolic tensor has no truth value. Use gd.ops.where to choose by a condition."
        )

    def __array__(self, dtype=None, copy=None):
        raise ConfigError(
            f"KerasTensor: {self.name} is symbolic and has no values. Use gd.ops functions instead of NumPy's."
        )

    __hash__ = object.__hash__


def _operator(name, reflected=False):
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
    "matmul": "matmul", "floordiv": "floor_divide", "mod": "mod", "and": "logical_and", "or": "logical_or",
    "xor": "logical_xor",
}.items():
    setattr(KerasTensor, f"__{_symbol}__", _operator(_name))
    setattr(KerasTensor, f"__r{_symbol}__", _operator(_name, reflected=True))
for _symbol, _name in {
    "eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal",
}.items():
    setattr(KerasTensor, f"__{_symbol}__", _operator(_name))
for _symbol, _name in {"neg": "negative", "abs": "absolute", "invert": "logical_not"}.items():
    setattr(KerasTensor, f"__{_symbol}__", _unary(_name))


def _getitem(self, key):
    from genodl import ops

    return ops.get_item(self, key)


KerasTensor.__getitem__ = _getitem  # type: ignore[misc]
# Defining == takes the hash away; tensors are compared by identity in dicts and sets.
KerasTensor.__hash__ = object.__hash__  # type: ignore


def is_symbolic(x):
    return isinstance(x, KerasTensor)


def is_outline(x):
    return isinstance(x, KerasTensor) and x._value is None
