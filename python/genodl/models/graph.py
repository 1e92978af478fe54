"""The layer-level graph between symbolic inputs and outputs: order of calls, replay."""

from __future__ import annotations

from genodl import _tree
from genodl._tensor import KerasTensor


class LayerGraph:
    """Calls between input and output outlines, in an order in which they can run.

    Parameters
    ----------
    inputs, outputs : nest of KerasTensor
    """

    def __init__(self, inputs, outputs):
        for what, nest in (("inputs", inputs), ("outputs", outputs)):
            for x in _tree.flatten(nest):
                if not isinstance(x, KerasTensor):
                    raise ValueError(f"Model: expected {what} to be symbolic tensors, got {type(x).__name__}.")
        self.inputs = inputs
        self.outputs = outputs
        self.input_tensors = _tree.flatten(inputs)
        self.output_tensors = _tree.flatten(outputs)
        if len({id(t) for t in self.input_tensors}) != len(self.input_tensors):
            raise ValueError("Model: expected different inputs, got the same tensor twice.")
        self.calls = self._collect()
        self.layers = self._ordered_layers()

    def _collect(self):
        """Calls needed for the outputs, deepest last; stops at the inputs."""
        stops = {id(t) for t in self.input_tensors}
        order, state = [], {}
        for output in self.output_tensors:
            stack = [(output, False)]
            while stack:
                tensor, done = stack.pop()
                if id(tensor) in stops:
                    continue
                if tensor._history is None or _is_source(tensor._history[0]):
                    raise ValueError(
                        f"Model: output {output.name} depends on {tensor.name}, which is not among the inputs. "
                        "Add it to inputs=."
                    )
                call = tensor._history[0]
                if done:
                    if state.get(id(call)) != "done":
                        state[id(call)] = "done"
                        order.append(call)
                    continue
                if id(call) in state:
                    continue
                state[id(call)] = "open"
                stack.append((tensor, True))
                stack.extend((t, False) for t in reversed(call.inputs))
        return order

    def _ordered_layers(self):
        """Layers by depth from the outputs, then by first use: Keras's order of weights."""
        from genodl.layers.layer import Layer

        sources = {id(t): _source_layer(t) for t in self.input_tensors}
        inputs = list(sources.values())
        first_use = {id(layer): -1 for layer in inputs}
        for position, call in enumerate(self.calls):
            first_use.setdefault(id(call.target), position)
        maker = {id(t): call for call in self.calls for t in call.outputs if isinstance(t, KerasTensor)}
        call_depth, target_depth = {}, {}
        for call in reversed(self.calls):
            depth = max(call_depth.get(id(call), 0), target_depth.get(id(call.target), 0))
            target_depth[id(call.target)] = max(target_depth.get(id(call.target), 0), depth)
            call_depth[id(call)] = depth
            for tensor in call.inputs:
                if id(tensor) in maker:
                    before = id(maker[id(tensor)])
                    call_depth[before] = max(call_depth.get(before, 0), depth + 1)
                elif id(tensor) in sources:
                    source = id(sources[id(tensor)])
                    target_depth[source] = max(target_depth.get(source, 0), depth + 1)
        unique = {id(x): x for x in [*inputs, *(call.target for call in self.calls)] if isinstance(x, Layer)}
        return sorted(unique.values(), key=lambda x: (-target_depth.get(id(x), 0), first_use[id(x)]))

    def run(self, values, training=None):
        """Outputs for live inputs given in flatten order."""
        made = dict(zip((id(t) for t in self.input_tensors), values, strict=True))

        def replace(x):
            return made[id(x)] if isinstance(x, KerasTensor) else x

        for call in self.calls:
            args, kwargs = _tree.map_structure(replace, (call.args, call.kwargs))
            if training is not None and kwargs.get("training") is None and getattr(call.target, "_is_layer", False):
                kwargs = {**kwargs, "training": training}
            results = _tree.flatten(call.target(*args, **kwargs))
            for outline, result in zip(call.outputs, results, strict=True):
                if isinstance(outline, KerasTensor):
                    made[id(outline)] = result
        return _tree.pack_like(self.outputs, [made[id(t)] for t in self.output_tensors])


def _source_layer(tensor):
    """The input layer of a tensor; a new one for a tensor inside another model."""
    if tensor._history is not None and _is_source(tensor._history[0]):
        return tensor._history[0].target
    from genodl.layers.input_layer import InputLayer

    return InputLayer(batch_shape=tensor.shape, dtype=tensor.dtype)


def _is_source(call):
    return getattr(call.target, "_is_input_layer", False)


def standardize_inputs(graph, given, who):
    """Inputs in flatten order from a tensor, list, tuple or dict (by key or by input name)."""
    tensors = graph.input_tensors
    if isinstance(given, dict):
        if isinstance(graph.inputs, dict):
            missing = [k for k in graph.inputs if k not in given]
            if missing:
                raise ValueError(f"{who}: expected inputs {list(graph.inputs)}, got {list(given)}.")
            return _tree.flatten([given[k] for k in sorted(graph.inputs)])
        names = [t.name for t in tensors]
        missing = [n for n in names if n not in given]
        if missing:
            raise ValueError(f"{who}: expected inputs {names}, got {sorted(given)}. Missing: {missing[0]!r}.")
        return [given[n] for n in names]
    found = _tree.flatten(given)
    if len(found) != len(tensors):
        raise ValueError(f"{who}: expected {len(tensors)} inputs, got {len(found)}.")
    return found


def fit_rank(x, outline, who):
    """Adds or drops a last axis of one where the caller's rank is one off; checks the sizes."""
    from genodl import ops

    shape, want = tuple(x.shape), outline.shape
    if len(shape) == len(want) + 1 and shape[-1] == 1:
        x = ops.squeeze(x, axis=-1)
    elif len(shape) == len(want) - 1 and want and want[-1] == 1:
        x = ops.expand_dims(x, axis=-1)
    shape = tuple(x.shape)
    if outline._any_size and len(shape) == len(want):
        return x
    agree = len(shape) == len(want) and all(w is None or s is None or s == w for s, w in zip(shape, want))
    if not agree:
        raise ValueError(f"{who}: expected input {outline.name!r} of shape {want}, got {shape}.")
    return x


__all__ = ["LayerGraph", "fit_rank", "standardize_inputs"]
