"""How a layer's ``call`` is run: arguments, training flag, masks, losses, arrays."""

from __future__ import annotations

import contextlib
import inspect

import numpy as np

from genodl import _core, _trace, _tree
from genodl._tensor import KerasTensor

_signatures: dict = {}
_version = 0


def bump_version():
    """Says that something changed which traces have frozen: compiled functions are made anew."""
    global _version
    _version += 1


def version():
    return _version


class CallSignature:
    """Names of a ``call`` method's arguments."""

    def __init__(self, function):
        parameters = list(inspect.signature(function).parameters.values())
        if parameters and parameters[0].name == "self":
            parameters = parameters[1:]
        kinds = inspect.Parameter
        self.names = [p.name for p in parameters if p.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD)]
        self.required = [
            p.name for p in parameters
            if p.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD) and p.default is kinds.empty
        ]
        self.keywords = [p.name for p in parameters if p.kind is kinds.KEYWORD_ONLY]
        self.any_keyword = any(p.kind is kinds.VAR_KEYWORD for p in parameters)
        self.training_default = next((p.default for p in parameters if p.name == "training"), None)

    def takes(self, name):
        return name in self.names or name in self.keywords


def signature_of(layer):
    cls = type(layer)
    own = vars(layer).get("call")
    if own is not None:
        return CallSignature(own)
    if cls not in _signatures:
        _signatures[cls] = CallSignature(cls.call)
    return _signatures[cls]


def bind(layer, args, kwargs):
    """Arguments by name, in order of the call method."""
    names = signature_of(layer).names
    bound = {}
    for i, value in enumerate(args):
        bound[names[i] if i < len(names) else f"*{i}"] = value
    bound.update(kwargs)
    return bound


# ---- scopes -----------------------------------------------------------------------------------


@contextlib.contextmanager
def in_scope(layer):
    with _trace.LayerScope(layer):
        yield


def scope_names(layer):
    """Names of the layers around and of this one: the path of its variables."""
    names = []
    for outer in [*_trace.layer_stack(), layer]:
        if not names or names[-1] != outer.name:
            names.append(outer.name)
    return names


# ---- building ---------------------------------------------------------------------------------


def is_tensor(x):
    return isinstance(x, (KerasTensor, np.ndarray)) or hasattr(x, "_handle")


def shape_of(x):
    return tuple(x.shape)


def shapes_of(structure):
    return _tree.map_structure(lambda x: shape_of(x) if is_tensor(x) else None, structure)


def holds_tensors(structure):
    leaves = _tree.flatten(structure)
    return bool(leaves) and any(is_tensor(x) for x in leaves)


def is_shape(x):
    return isinstance(x, (tuple, list)) and all(d is None or isinstance(d, (int, np.integer)) for d in x)


def map_shapes(function, shapes):
    """Like map_structure, where the leaves are shapes."""
    if is_shape(shapes):
        return function(tuple(shapes))
    if isinstance(shapes, dict):
        return {k: map_shapes(function, s) for k, s in shapes.items()}
    if shapes is None:
        return None
    return type(shapes)(map_shapes(function, s) for s in shapes)


def build_from(layer, bound):
    """Calls ``build`` with the shapes it asks for."""
    tensors = {k: v for k, v in bound.items() if holds_tensors(v) and k not in ("mask", "training")}
    parameters = [
        p for p in inspect.signature(layer.build).parameters.values()
        if p.kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    ]
    names = [p.name for p in parameters]
    shapes = {f"{k}_shape": shapes_of(v) for k, v in tensors.items()}
    if len(names) > 1 or (names and names[0] in shapes and names[0] != "inputs_shape"):
        chosen = {n: shapes[n] for n in names if n in shapes}
        if chosen:
            layer.build(**chosen)
            return
    if names and tensors:
        layer.build(next(iter(shapes.values())))
    elif not names:
        layer.build()


# ---- running ----------------------------------------------------------------------------------


def run(layer, args, kwargs):
    """The layer's call on live tensors (and arrays beside them)."""
    signature = signature_of(layer)
    trace = _trace.current()
    kwargs = dict(kwargs)
    bound = bind(layer, args, kwargs)
    outer_training = trace.training
    training = bound.get("training")
    if training is None:
        training = outer_training
        if training is None and signature.training_default is not None:
            training = signature.training_default
    if signature.takes("training"):
        if "training" in signature.names[: len(args)]:
            args = list(args)
            args[signature.names.index("training")] = training
        else:
            kwargs["training"] = training
    elif not signature.any_keyword:
        kwargs.pop("training", None)
    _fill_masks(signature, bound, kwargs, args)
    trace.training = training
    try:
        with in_scope(layer):
            outputs = layer.call(*args, **kwargs)
            if layer.activity_regularizer is not None:
                _add_activity_penalty(layer, outputs)
            if bound:
                _pass_masks(layer, next(iter(bound.values())), outputs, kwargs.get("mask"))
    finally:
        trace.training = outer_training
    if isinstance(outputs, KerasTensor):
        trace.layer_outputs[layer.name] = outputs
    return outputs


def _fill_masks(signature, bound, kwargs, args):
    for position, (name, value) in enumerate(bound.items()):
        wanted = "mask" if position == 0 and signature.takes("mask") else f"{name}_mask"
        if not signature.takes(wanted) or bound.get(wanted) is not None:
            continue
        if wanted in signature.names[: len(args)]:
            continue
        masks = masks_of(value)
        if masks is not None:
            kwargs[wanted] = masks


def masks_of(structure):
    """Masks of the tensors in a nest, in the same nest; None where there is none at all."""
    leaves = _tree.flatten(structure)
    masks = [getattr(x, "_keras_mask", None) for x in leaves]
    if all(m is None for m in masks):
        return None
    return _tree.pack_like(structure, masks)


def _pass_masks(layer, inputs, outputs, given):
    overridden = _overrides_compute_mask(layer)
    if not (layer.supports_masking or overridden):
        return
    previous = given if given is not None else masks_of(inputs)
    if previous is None and not overridden:
        return
    masks = layer.compute_mask(inputs, previous)
    if masks is None:
        return
    tensors = _tree.flatten(outputs)
    flat = [masks] if len(tensors) == 1 and not isinstance(masks, (list, tuple, dict)) else _tree.flatten(masks)
    for tensor, mask in zip(tensors, flat):
        if isinstance(tensor, KerasTensor) and mask is not None and tensor._keras_mask is None:
            tensor._keras_mask = mask if isinstance(mask, KerasTensor) else _as_live(mask)


def _as_live(mask):
    return _trace.live_tensor(_core.constant(np.asarray(mask)))


def _overrides_compute_mask(layer):
    from genodl.layers.layer import Layer

    return type(layer).compute_mask is not Layer.compute_mask


def _add_activity_penalty(layer, outputs):
    from genodl import ops

    for tensor in _tree.flatten(outputs):
        penalty = layer.activity_regularizer(tensor)
        # Per sample, so that the penalty does not grow with the batch; an empty one has none.
        layer.add_loss(ops.divide(penalty, float(max(tensor.shape[0], 1)) if tensor.shape else 1.0))


_eager_step = 0


def next_eager_step():
    """A run number for random ops called outside training; each call differs."""
    global _eager_step
    _eager_step += 1
    return _eager_step


def reset_eager_steps():
    global _eager_step
    _eager_step = 0


def run_on_arrays(layer, args, kwargs):
    """Traces the call, compiles and runs it once."""
    layer._clear_losses()
    placeholders, arrays = [], []

    def enter(x):
        if not isinstance(x, np.ndarray):
            return x
        value = _core.placeholder(x.shape, x.dtype.name, "input")
        placeholders.append(value)
        arrays.append(x)
        return _trace.live_tensor(value)

    with _trace.Trace(training=None if not _trace.layer_stack() else False) as trace:
        live_args, live_kwargs = _tree.map_structure(enter, (tuple(args), dict(kwargs)))
        outputs = run(layer, live_args, live_kwargs)
        lossy = [inner for inner in layer._flatten_layers() if inner._losses]
        fetched = [x for x in _tree.flatten(outputs) if isinstance(x, KerasTensor)]
        losses = [x for inner in lossy for x in inner._losses if isinstance(x, KerasTensor)]
        updates = trace.updates()
    plan = _core.Plan(
        placeholders,
        [x._value for x in fetched + losses],
        [(variable._handle, tensor._value) for variable, tensor in updates],
    )
    results = iter(_core.Session(plan).run(arrays, next_eager_step()))
    leaves = [next(results) if isinstance(x, KerasTensor) else x for x in _tree.flatten(outputs)]
    outputs = _tree.pack_like(outputs, leaves)
    for inner in lossy:
        inner._losses = [next(results) if isinstance(x, KerasTensor) else x for x in inner._losses]
    return outputs


