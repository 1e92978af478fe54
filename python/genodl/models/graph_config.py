"""A functional model as data: its layers, its calls, and which tensor goes where."""

from __future__ import annotations

import inspect

from genodl import _tree
from genodl._tensor import KerasTensor
from genodl.saving.registration import custom_object_scope, deserialize_object, find, serialize_object

_KEYS = {"name", "trainable", "inputs", "layers", "calls", "input_nest", "output_nest"}


def is_graph_config(config):
    return isinstance(config, dict) and "calls" in config and "layers" in config


def takes_graph(cls):
    """Whether the constructor takes ``inputs`` and ``outputs``, its own or passed on."""
    parameters = inspect.signature(cls.__init__).parameters
    kinds = {p.kind for p in parameters.values()}
    passes_on = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD} <= kinds
    return passes_on or {"inputs", "outputs"} <= set(parameters)


def config_of(model):
    graph = model._graph
    names = {}  # id(tensor) -> [call number, position]; inputs have call number -1
    for position, tensor in enumerate(graph.input_tensors):
        names[id(tensor)] = [-1, position]

    def data(x):
        if isinstance(x, KerasTensor):
            return {"tensor": names[id(x)]}
        if isinstance(x, (list, tuple)):
            return {"list": [data(item) for item in x], "tuple": isinstance(x, tuple)}
        if isinstance(x, dict):
            return {"dict": {k: data(v) for k, v in x.items()}}
        return {"value": serialize_object(x)}

    calls = []
    for number, call in enumerate(graph.calls):
        entry = {"args": data(list(call.args)), "kwargs": data(dict(call.kwargs))}
        if getattr(call.target, "_is_layer", False):
            entry["layer"] = call.target.name
        else:
            entry["op"] = call.target.__name__
        calls.append(entry)
        for position, tensor in enumerate(call.outputs):
            names[id(tensor)] = [number, position]
    inputs = [_input_config(t) for t in graph.input_tensors]
    called = [x for x in graph.layers if not x._is_input_layer]
    return {
        "name": model.name,
        "trainable": model.trainable,
        "inputs": inputs,
        "layers": [serialize_object(x) for x in called],
        "calls": calls,
        "input_nest": data(graph.inputs),
        "output_nest": data(graph.outputs),
    }


def _input_config(tensor):
    call = tensor._history[0] if tensor._history else None
    if call is not None and call.target._is_input_layer:
        return serialize_object(call.target)
    from genodl.layers.input_layer import InputLayer

    return serialize_object(InputLayer(batch_shape=tensor.shape, dtype=tensor.dtype))


def model_from(cls, config, custom_objects=None):
    """The model that ``config_of`` described."""
    with custom_object_scope(custom_objects or {}):
        sources = [deserialize_object(c) for c in config["inputs"]]
        layers = {}
        for entry in config["layers"]:
            layer = deserialize_object(entry)
            layers[layer.name] = layer
        made = {(-1, i): source.output for i, source in enumerate(sources)}

        def value(x):
            if "tensor" in x:
                return made[tuple(x["tensor"])]
            if "list" in x:
                items = [value(item) for item in x["list"]]
                return tuple(items) if x.get("tuple") else items
            if "dict" in x:
                return {k: value(v) for k, v in x["dict"].items()}
            return deserialize_object(x["value"])

        for number, entry in enumerate(config["calls"]):
            if "layer" in entry:
                if entry["layer"] not in layers:
                    raise ValueError(f"load: call {number} names layer {entry['layer']!r}, which is not in the file.")
                target = layers[entry["layer"]]
            else:
                target = find(entry["op"], "ops")
                # What grows a graph; other functions of gd.ops loop and allocate as their arguments say.
                if not getattr(target, "is_operation", False):
                    raise ValueError(f"load: call {number} names {entry['op']!r}, which is no operation on tensors.")
            results = target(*value(entry["args"]), **value(entry["kwargs"]))
            for position, tensor in enumerate(_tree.flatten(results)):
                made[number, position] = tensor
        inputs, outputs = value(config["input_nest"]), value(config["output_nest"])
    from genodl.models.model import Model

    base = cls if cls is not None and issubclass(cls, Model) else Model
    own = {k: deserialize_object(v) for k, v in config.items() if k not in _KEYS}
    model = base(inputs=inputs, outputs=outputs, name=config.get("name"), **own)
    if not config.get("trainable", True):
        model.trainable = False
    return model


__all__ = ["config_of", "is_graph_config", "model_from"]
