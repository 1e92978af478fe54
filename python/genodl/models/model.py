"""Models: functional graphs and subclasses, as in Keras."""

from __future__ import annotations

import json

import numpy as np

from genodl import _operation, _tree
from genodl._errors import NotBuiltError
from genodl._tensor import KerasTensor
from genodl.layers import _calling
from genodl.layers.layer import Layer
from genodl.models import _inputs, graph_config
from genodl.models.graph import LayerGraph, fit_rank, standardize_inputs
from genodl.models.summary import print_summary
from genodl.training.trainer import Trainer


class Model(Trainer, Layer):
    """Layers between inputs and outputs, with training and prediction.

    Either ``Model(inputs, outputs)`` from symbolic tensors (lists and dicts of them too), or a subclass
    with ``__init__`` and ``call``.

    Parameters
    ----------
    inputs, outputs : KerasTensor or nest of them
    name : str, optional

    Examples
    --------
    >>> import genodl as gd
    >>> x = gd.Input((4,))
    >>> model = gd.Model(x, gd.layers.Dense(2)(x))
    >>> model.count_params()
    10
    """

    def __init__(self, *args, inputs=None, outputs=None, name=None, trainable=True, **kwargs):
        names = ["inputs", "outputs", "name"]
        given = dict(zip(names, args)) | {
            k: v for k, v in (("inputs", inputs), ("outputs", outputs), ("name", name)) if v is not None
        }
        self._graph = None
        self._seen_inputs = None
        Layer.__init__(self, name=given.get("name"), trainable=True, **kwargs)
        Trainer.__init__(self)
        if ("inputs" in given) != ("outputs" in given):
            raise ValueError("Model: expected both inputs and outputs, got only one of them.")
        if "inputs" in given:
            self._set_graph(LayerGraph(_inputs.as_nest(given["inputs"]), _inputs.as_nest(given["outputs"])))
        if not trainable:
            self.trainable = False

    def _builds_by_running(self):
        return True

    def _set_graph(self, graph):
        self._graph = graph
        self.built = True
        self._supports_named_inputs()

    def _supports_named_inputs(self):
        names = [t.name for t in self._graph.input_tensors]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.name}: expected inputs of different names, got {names}.")

    # ---- structure --------------------------------------------------------------------------

    @property
    def is_functional(self):
        return self._graph is not None

    @property
    def layers(self):
        """Layers in order, inputs included; of a subclass those in its attributes."""
        if self._graph is not None:
            return list(self._graph.layers)
        return list(super()._sublayers())

    @layers.setter
    def layers(self, value):
        raise AttributeError("Model: `layers` is made by the model and cannot be set.")

    def _sublayers(self):
        if self._graph is None:
            return super()._sublayers()
        inner = list(self._graph.layers)
        return inner + [x for x in super()._sublayers() if not any(x is y for y in inner)]

    @property
    def inputs(self):
        return self._need_graph("inputs").input_tensors

    @property
    def outputs(self):
        return self._need_graph("outputs").output_tensors

    @property
    def input(self):
        return self._need_graph("input").inputs if not self._inbound else self._need_graph("input").inputs

    @property
    def output(self):
        return self._need_graph("output").outputs

    @property
    def input_shape(self):
        return _tree.map_structure(lambda t: t.shape, self._need_graph("input_shape").inputs)

    @property
    def output_shape(self):
        return _tree.map_structure(lambda t: t.shape, self._need_graph("output_shape").outputs)

    @property
    def input_names(self):
        return [t.name for t in self._need_graph("input_names").input_tensors]

    @property
    def output_names(self):
        """Names of the layers that make the outputs, as in the training log."""
        return [t._history[0].target.name if getattr(t._history[0].target, "_is_layer", False) else t.name
                for t in self._need_graph("output_names").output_tensors]

    def _need_graph(self, what):
        if self._graph is None:
            raise AttributeError(f"{self.name}: `{what}` is known for functional and built Sequential models only.")
        return self._graph

    def get_layer(self, name=None, index=None):
        """A layer by name or by position in ``layers``."""
        if index is not None and name is not None:
            raise ValueError("get_layer: expected name or index, got both.")
        if index is not None:
            if index >= len(self.layers):
                raise ValueError(f"get_layer: expected an index below {len(self.layers)}, got {index}.")
            return self.layers[index]
        if name is None:
            raise ValueError("get_layer: expected name or index, got none.")
        for layer in self.layers:
            if layer.name == name:
                return layer
        from genodl._suggest import nearest

        raise ValueError(f"get_layer: no layer is called {name!r}{nearest(name, [x.name for x in self.layers])}")

    # ---- calling ----------------------------------------------------------------------------

    def call(self, inputs, training=None, mask=None):
        if self._graph is None:
            raise NotImplementedError(f"{type(self).__name__}: expected a method call(), got none.")
        values = standardize_inputs(self._graph, inputs, self.name)
        values = [
            _inputs.cast_like(fit_rank(x, t, self.name), t) for x, t in zip(values, self._graph.input_tensors)
        ]
        if mask is not None:
            for x, m in zip(values, _tree.flatten(mask)):
                if isinstance(x, KerasTensor) and m is not None:
                    x._keras_mask = m
        return self._graph.run(values, training)

    def __call__(self, *args, **kwargs):
        if args and not _operation.has_symbolic((args, kwargs)):
            args = (_inputs.from_user(self, args[0]), *args[1:])
        return super().__call__(*args, **kwargs)

    def build(self, input_shape=None):
        """Makes the weights of a subclassed model by a symbolic run on inputs of this shape."""
        if self._graph is not None or input_shape is None:
            return
        if type(self).call is Model.call:
            return
        outlines = _calling.map_shapes(lambda s: KerasTensor(s, self.dtype), input_shape)
        args = (outlines,)
        _operation.infer(lambda *a, **k: _calling.run(self, a, k), args, {})
        self.built = True

    def _maybe_build(self, bound):
        # A subclass builds its layers while its call runs; a file must say on what.
        if self._graph is None and bound:
            self._seen_inputs = _tree.map_structure(_described, next(iter(bound.values())))
        if not self.built and type(self).build is not Model.build:
            super()._maybe_build(bound)
        self.built = True

    def build_on(self, described):
        """Makes the weights as if called on inputs like those described in a file."""
        outlines = _tree.map_structure(_outline_of, described)
        _operation.infer(lambda x: _calling.run(self, (x,), {}), (outlines,), {})
        self.built = True

    def compute_output_shape(self, input_shape):
        if self._graph is None:
            return super().compute_output_shape(input_shape)
        outlines = _calling.map_shapes(lambda s: KerasTensor(s, self.dtype), input_shape)
        out = _operation.infer(lambda x: _calling.run(self, (x,), {}), (outlines,), {})
        return _tree.map_structure(lambda t: t.shape, out)

    # ---- reports ----------------------------------------------------------------------------

    def count_params(self):
        if not self.built:
            raise NotBuiltError(f"{self.name}: expected a built model, got one without weights. Call it on data first.")
        return sum(int(np.prod(v.shape)) for v in self.weights)

    def summary(self, line_length=None, positions=None, print_fn=None, expand_nested=False, show_trainable=False,
                layer_range=None):
        """Prints layers, output shapes and numbers of parameters."""
        print_summary(self, line_length, print_fn, expand_nested, show_trainable)

    # ---- configuration and files ------------------------------------------------------------

    def get_config(self):
        if self._graph is not None and graph_config.takes_graph(type(self)):
            return graph_config.config_of(self)
        config = super().get_config()
        for name in ("inputs", "outputs", "args"):
            config.pop(name, None)
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None):
        if graph_config.is_graph_config(config):
            return graph_config.model_from(cls, config, custom_objects)
        return super().from_config(config, custom_objects)

    def save(self, filepath, overwrite=True, **unused):
        """Writes architecture, weights and training state to one file."""
        from genodl.saving import save_model

        save_model(self, filepath, overwrite=overwrite)

    def save_weights(self, filepath, overwrite=True):
        from genodl.saving import save_weights

        save_weights(self, filepath, overwrite=overwrite)

    def load_weights(self, filepath, **unused):
        from genodl.saving import load_weights

        load_weights(self, filepath)

    def __setattr__(self, name, value):
        if name not in ("_graph", "_variables") and "_variables" not in self.__dict__ and _holds_state(value):
            raise RuntimeError(f"{type(self).__name__}: call super().__init__() before setting attribute {name!r}.")
        super().__setattr__(name, value)


def _described(x):
    """Dtype and shape of an input as text, a leaf that nests and files can hold."""
    if not hasattr(x, "shape"):
        return None
    return f"{x.dtype} {json.dumps([None, *x.shape[1:]] if x.shape else [])}"


def _outline_of(description):
    if description is None:
        return None
    dtype, _, shape = description.partition(" ")
    return KerasTensor(json.loads(shape), dtype)


def _holds_state(value):
    return isinstance(value, Layer) or hasattr(value, "_handle")


