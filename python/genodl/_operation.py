"""How functions of ``gd.ops`` work on NumPy arrays, live tensors and outlines alike.

``@operation`` marks a public function. On outlines the call is recorded and its result inferred; else
the body runs. Bodies are written with :func:`emit`, which makes a node of the engine's graph in a trace
and computes at once on NumPy arrays.
"""

from __future__ import annotations

import contextlib
import functools
import itertools

import numpy as np

from genodl import _core, _trace, _tree
from genodl._dtypes import standardize, to_array
from genodl._errors import ShapeError
from genodl._tensor import KerasTensor, is_outline
from genodl._variable import Variable

# Two stand-ins for unknown sizes: what differs between them is unknown. Highly divisible, so that
# reshapes and strides that fit some real size fit these too.
UNKNOWN_SIZES = (10080, 20160)
# Combinations of known sizes that are tried where the stand-ins fit nowhere.
MOST_TRIES = 100


def operation(function):
    """Lets ``function`` take outlines; it is then recorded as one call of the model's graph."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        if has_outline(args) or (kwargs and has_outline(kwargs)):
            return record(wrapper, args, kwargs)
        return function(*args, **kwargs)

    wrapper.is_operation = True
    wrapper.body = function
    return wrapper


def has_outline(structure):
    if isinstance(structure, dict):
        return any(has_outline(v) for v in structure.values())
    if isinstance(structure, (list, tuple)):
        return any(has_outline(v) for v in structure)
    return is_outline(structure)


def has_symbolic(structure):
    return any(isinstance(x, KerasTensor) for x in _tree.flatten(structure))


def live(x, dtype=None):
    """``x`` as an op sees it: a live tensor or an array of an engine dtype."""
    if isinstance(x, KerasTensor):
        return x
    if isinstance(x, Variable):
        trace = _trace.current()
        return trace.read(x) if trace is not None else x._handle.array
    return to_array(x, dtype)


def emit(op, *inputs, **attrs):
    """One node of the engine: live tensors in a trace, arrays outside; a tuple for several outputs."""
    inputs = [live(x) for x in inputs]
    random = op.startswith("random_") and _trace.current() is not None
    if random or any(isinstance(x, KerasTensor) for x in inputs):
        values = [x._value if isinstance(x, KerasTensor) else _core.constant(x) for x in inputs]
        made = _core.node(op, values, attrs, _trace.current_layer_name())
        results = tuple(_trace.live_tensor(v) for v in made)
    else:
        results = tuple(_core.eager(op, inputs, attrs))
    return results[0] if len(results) == 1 else results


def weak(x, like):
    """A Python number takes the dtype of the tensor it meets: ``x * 2`` stays float32."""
    if isinstance(x, (bool, int, float)) and not isinstance(x, np.generic):
        dtype = standardize(like.dtype)
        if isinstance(x, float) and not dtype.startswith("float"):
            dtype = "float32"
        return np.asarray(x, dtype)
    return x


class Call:
    """One recorded call: what was called, with what, and the outlines that came out."""

    def __init__(self, target, args, kwargs, outputs):
        self.target = target  # a layer or an @operation
        self.args = args
        self.kwargs = kwargs
        self.outputs = _tree.flatten(outputs)
        self.inputs = [x for x in _tree.flatten([args, kwargs]) if isinstance(x, KerasTensor)]


def record(target, args, kwargs, body=None):
    """Outlines of ``target(*args, **kwargs)``, with the call kept in their history."""
    outputs = infer(body or target.body, args, kwargs, lenient=body is None)
    call = Call(target, args, kwargs, outputs)
    for position, tensor in enumerate(call.outputs):
        if isinstance(tensor, KerasTensor):
            tensor._history = (call, position)
    return outputs


def infer(body, args, kwargs, training=False, lenient=False):
    """Outlines of what ``body`` returns, found by tracing it with stand-ins for unknown sizes.

    Where they fit nowhere and ``lenient``, unknown sizes may also be sizes in sight.
    """
    unknown = any(None in x.shape for x in _tree.flatten([args, kwargs]) if isinstance(x, KerasTensor))
    sizes = UNKNOWN_SIZES if unknown else UNKNOWN_SIZES[:1]
    try:
        results = [_trace_with(body, args, kwargs, size, training) for size in sizes]
    except ShapeError as error:
        results = _with_known_sizes(body, args, kwargs, training) if lenient else None
        if results is None:
            raise error from None

    def outline(first, *others):
        if not isinstance(first, KerasTensor):
            if not hasattr(first, "shape") or not hasattr(first, "dtype"):
                return first
        shape = first.shape
        for other in others:
            shape = tuple(a if a == b else None for a, b in zip(shape, other.shape, strict=True))
        made = KerasTensor(shape, standardize(first.dtype))
        mask = getattr(first, "_keras_mask", None)
        if mask is not None:
            made._keras_mask = outline(mask, *(other._keras_mask for other in others))
        return made

    return _tree.map_structure(outline, *results)


def _with_known_sizes(body, args, kwargs, training):
    """Traces in which some unknown sizes are sizes in sight: ``(None, 3) + (2, None)`` can only be ``(2, 3)``."""
    leaves = _tree.flatten([args, kwargs])
    tensors = {id(x): x for x in leaves if isinstance(x, KerasTensor)}.values()
    unknown = [(id(x), axis) for x in tensors for axis, d in enumerate(x.shape) if d is None]
    known = {d for x in tensors for d in x.shape if d is not None} | {x for x in leaves if type(x) is int and x > 0}
    tries = (
        dict(zip(places, sizes, strict=True))
        for count in range(1, len(unknown) + 1)
        for places in itertools.combinations(unknown, count)
        for sizes in itertools.product(sorted({1} | known), repeat=count)
    )
    for chosen in itertools.islice(tries, MOST_TRIES):
        with contextlib.suppress(ShapeError):
            return [_trace_with(body, args, kwargs, size, training, chosen) for size in UNKNOWN_SIZES]
    return None


def _trace_with(body, args, kwargs, size, training, chosen=None):
    made = {}

    def stand_in(x):
        if not isinstance(x, KerasTensor):
            return x
        if id(x) not in made:
            known = chosen or {}
            shape = tuple(known.get((id(x), axis), size) if d is None else d for axis, d in enumerate(x.shape))
            made[id(x)] = tensor = _trace.live_tensor(_core.placeholder(shape, x.dtype, x.name), x.name)
            if x._keras_mask is not None:
                tensor._keras_mask = stand_in(x._keras_mask)
        return made[id(x)]

    args, kwargs = _tree.map_structure(stand_in, (args, kwargs))
    try:
        with _trace.Trace(training) as trace:
            trace.stand_in = size
            return body(*args, **kwargs)
    except Exception as error:
        raise _with_unknown_sizes(error, size) from None


def _with_unknown_sizes(error, size):
    """The same error, speaking of None where a stand-in was used."""
    if error.args and isinstance(error.args[0], str) and str(size) in error.args[0]:
        error.args = (error.args[0].replace(str(size), "None"), *error.args[1:])
    return error
