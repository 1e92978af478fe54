"""A plain stack of layers."""

from __future__ import annotations

from genodl._tensor import KerasTensor
from genodl.layers import _calling
from genodl.layers.input_layer import InputLayer
from genodl.layers.layer import Layer
from genodl.models.graph import LayerGraph
from genodl.models.model import Model


class Sequential(Model):
    """Layers one after another.

    Parameters
    ----------
    layers : list of Layer, optional
        The first may be an ``Input``; without one the model builds itself at its first call.
    name : str, optional

    Examples
    --------
    >>> import genodl as gd
    >>> model = gd.Sequential([gd.Input((3,)), gd.layers.Dense(4, activation="relu"), gd.layers.Dense(1)])
    >>> model.count_params()
    21
    """

    def __init__(self, layers=None, trainable=True, name=None):
        super().__init__(name=name)
        self._stack = []
        for layer in layers or []:
            self.add(layer, rebuild=False)
        self._maybe_rebuild()
        if not trainable:
            self.trainable = False

    def add(self, layer, rebuild=True):
        """Puts a layer on top."""
        if isinstance(layer, KerasTensor) and layer._history is not None:
            layer = layer._history[0].target
        if not isinstance(layer, Layer):
            raise ValueError(f"{self.name}: expected a layer, got {type(layer).__name__}.")
        if any(x.name == layer.name for x in self._stack):
            raise ValueError(f"{self.name}: expected layers of different names, got {layer.name!r} twice.")
        if isinstance(layer, InputLayer) and self._stack:
            raise ValueError(f"{self.name}: expected an Input in the first place only, got one after other layers.")
        if not self._stack and not isinstance(layer, InputLayer) and layer._batch_input_shape is not None:
            self._stack.append(InputLayer(batch_shape=layer._batch_input_shape))
        if not self._stack and isinstance(layer, Model) and layer._graph is not None:
            shape = layer.input_shape
            if isinstance(shape, tuple) and len(layer.inputs) == 1:
                self._stack.append(InputLayer(batch_shape=layer.inputs[0].shape, dtype=layer.inputs[0].dtype))
        self._stack.append(layer)
        if rebuild:
            self._maybe_rebuild()

    def pop(self, rebuild=True):
        """Takes the last layer away and returns it."""
        if not self._stack:
            raise ValueError(f"{self.name}: expected a layer to pop, got an empty model.")
        layer = self._stack.pop()
        self._graph = None
        self.built = False
        if rebuild:
            self._maybe_rebuild()
        return layer

    def _maybe_rebuild(self):
        self._graph = None
        self.built = False
        if self._stack and isinstance(self._stack[0], InputLayer):
            self._connect(self._stack[0].output, self._stack[1:])

    def _connect(self, x, layers):
        start = x
        for layer in layers:
            x = layer(x)
        self._set_graph(LayerGraph(start, x))

    def build(self, input_shape=None):
        if self._graph is not None:
            declared = self._graph.input_tensors[0].shape
            if input_shape is not None and not _fits(tuple(input_shape), declared):
                raise ValueError(f"{self.name}: expected the shape of its Input, {declared}, got {tuple(input_shape)}.")
            return
        if input_shape is None:
            raise ValueError(f"{self.name}: expected an input shape, got none.")
        if not self._stack:
            raise ValueError(f"{self.name}: expected at least one layer, got none.")
        for layer in self._stack:
            extra = _calling.signature_of(layer).required[1:]
            if extra:
                raise ValueError(
                    f"{self.name}: expected layers that take one tensor, got {layer.name}, which needs {extra}."
                )
        source = InputLayer(batch_shape=tuple(input_shape), dtype=self._first_dtype)
        self._connect(source.output, self._stack)

    _first_dtype = None

    def _maybe_build(self, bound):
        if self._graph is not None:
            return
        if not self._stack:
            raise ValueError(f"{self.name}: expected at least one layer, got none.")
        tensor = next(iter(bound.values()), None)
        shape = getattr(tensor, "shape", None)
        if shape is None:
            # Nests of tensors go from layer to layer without a graph of single tensors.
            self.built = True
            return
        self._first_dtype = str(tensor.dtype)
        self.build((None, *tuple(shape)[1:]))
        self._graph.input_tensors[0]._any_size = True

    def call(self, inputs, training=None, mask=None):
        if self._graph is not None:
            return super().call(inputs, training=training, mask=mask)
        for layer in self._stack:
            inputs = layer(inputs, training=training)
        return inputs

    @property  # type: ignore[misc]
    def layers(self):
        return [x for x in self._stack if not isinstance(x, InputLayer)]

    def _sublayers(self):
        # Sequential keeps its own order, whatever the graph says.
        return list(self._stack)

    def compute_output_shape(self, input_shape):
        if self._graph is not None:
            return super().compute_output_shape(input_shape)
        shape = input_shape
        for layer in self.layers:
            shape = layer.compute_output_shape(shape)
        return shape

    def get_config(self):
        from genodl.saving.registration import serialize_object

        layers = [serialize_object(x) for x in self._stack]
        config = {"name": self.name, "trainable": self.trainable, "dtype": self.dtype, "layers": layers}
        if self._graph is not None and not isinstance(self._stack[0], InputLayer):
            config["build_input_shape"] = list(self._graph.input_tensors[0].shape)
            config["build_input_dtype"] = self._graph.input_tensors[0].dtype
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None):
        from genodl.saving.registration import custom_object_scope, deserialize_object

        with custom_object_scope(custom_objects or {}):
            model = cls(layers=[deserialize_object(c) for c in config["layers"]], name=config.get("name"))
        if config.get("build_input_shape") and model._graph is None:
            model._first_dtype = config.get("build_input_dtype")
            model.build(tuple(config["build_input_shape"]))
        if not config.get("trainable", True):
            model.trainable = False
        return model


def _fits(shape, declared):
    return len(shape) == len(declared) and all(a is None or b is None or a == b for a, b in zip(shape, declared))
