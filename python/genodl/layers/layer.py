"""The base class of layers: weights, sub-layers, calls, configuration."""

from __future__ import annotations

import inspect

import numpy as np

from genodl import _names, _operation, _tree
from genodl._dtypes import is_float, standardize, to_array
from genodl._errors import NotBuiltError, ShapeError
from genodl._suggest import nearest
from genodl._tensor import KerasTensor, is_outline
from genodl._variable import Variable
from genodl.layers import _calling
from genodl.layers._config import Configured
from genodl.layers._tracking import Tracked


class Layer(Configured, Tracked):
    """A piece of a network: state made in ``build``, computation in ``call``.

    Parameters
    ----------
    activity_regularizer : str or Regularizer, optional
        Penalty on the outputs, added to the training loss.
    trainable : bool
    dtype : str, optional
        Type of weights and computation, ``"float32"`` by default.
    name : str, optional
        Made from the class name where absent.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> class Scale(gd.layers.Layer):
    ...     def build(self, input_shape):
    ...         self.factor = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="factor")
    ...     def call(self, x):
    ...         return x * self.factor
    >>> Scale()(np.ones((2, 3))).shape
    (2, 3)
    """

    supports_masking = False
    _is_layer = True
    _is_input_layer = False

    def __init__(self, *, activity_regularizer=None, trainable=True, dtype=None, autocast=True, name=None, **kwargs):
        self._init_tracking()
        self.name = name if name is not None else _names.auto_name(type(self).__name__)
        if not isinstance(self.name, str) or "/" in self.name:
            raise ValueError(f"{type(self).__name__}: expected a name without '/', got {self.name!r}.")
        if not isinstance(trainable, bool):
            raise ValueError(f"{self.name}: expected trainable to be True or False, got {trainable!r}.")
        self.built = False
        self._trainable = trainable
        self.dtype = standardize(getattr(dtype, "name", dtype))
        self.autocast = autocast
        self._losses = []
        self._added_metrics = {}
        self._inbound = []  # recorded calls of this layer on outlines
        self._batch_input_shape = _declared_input_shape(kwargs)
        self._build_shapes = None
        self.activity_regularizer = None
        if activity_regularizer is not None:
            from genodl import regularizers

            self.activity_regularizer = regularizers.get(activity_regularizer)
        if kwargs:
            unknown = sorted(kwargs)[0]
            known = list(inspect.signature(type(self).__init__).parameters)
            raise ValueError(f"{type(self).__name__}: unknown argument {unknown!r}{nearest(unknown, known)}")
        # A layer without a build method of its own has nothing to wait for.
        if type(self).build.__wrapped__ is Layer.build.__wrapped__ and not self._builds_by_running():
            self.built = True

    def _builds_by_running(self):
        """Whether sub-layers get their weights from a first symbolic run."""
        return False

    # ---- state ------------------------------------------------------------------------------

    def add_weight(self, shape=None, initializer=None, dtype=None, trainable=True, autocast=True, regularizer=None,
                   constraint=None, aggregation="none", overwrite_with_gradient=False, name=None):
        """A new variable of this layer.

        Parameters
        ----------
        shape : tuple
        initializer : str, callable or Initializer, optional
            Glorot uniform for floats, zeros for the rest.
        """
        from genodl import constraints, initializers, regularizers

        shape = () if shape is None else tuple(shape)
        if any(d is None for d in shape):
            raise ShapeError(
                f"{self.name}: expected known sizes for weight {name!r}, got {shape}. "
                "Give the size in the Input, or call the layer on data first."
            )
        dtype = standardize(dtype or self.dtype)
        if initializer is None:
            initializer = "glorot_uniform" if is_float(dtype) else "zeros"
        variable = Variable(initializers.get(initializer), shape, dtype, trainable, name or "variable")
        variable.path = "/".join([*_calling.scope_names(self), variable.name])
        variable._handle.name = variable.path
        variable.regularizer = regularizers.get(regularizer)
        variable.constraint = constraints.get(constraint)
        self._track_variable(variable)
        return variable

    def build(self, input_shape):
        """Makes the weights; ``input_shape`` has None where a size is unknown."""

    @property
    def trainable(self):
        return self._trainable

    @trainable.setter
    def trainable(self, value):
        value = bool(value)
        self._trainable = value
        for variable in self._variables:
            if getattr(variable, "_may_train", True):
                variable.trainable = value
        for layer in self._sublayers():
            layer.trainable = value
        _calling.bump_version()

    @property
    def variable_dtype(self):
        return self.dtype

    compute_dtype = variable_dtype

    # ---- losses -----------------------------------------------------------------------------

    def add_loss(self, loss):
        """Adds a scalar (or several) to what training minimises; call it inside ``call``."""
        for x in _tree.flatten(loss):
            if isinstance(x, KerasTensor) and x.shape != ():
                from genodl import ops

                x = ops.sum(x)
            self._losses.append(x)

    def add_metric(self, value, name):
        """Logs the mean of a tensor over each epoch under ``name``; call it inside ``call``."""
        from genodl import metrics

        if name not in self._added_metrics:
            self._added_metrics[name] = metrics.Mean(name=name)
        if isinstance(value, KerasTensor):
            self._added_metrics[name].update_state(value)

    @property
    def losses(self):
        """Scalars added by the last call, then the penalties on weights."""
        found = []
        for layer in self._flatten_layers():
            found += layer._losses
        return found + self._weight_penalties()

    def _weight_penalties(self):
        return [v.regularizer(v) for v in self.trainable_weights if v.regularizer is not None]

    def _clear_losses(self):
        for layer in self._flatten_layers():
            layer._losses = []

    # ---- masks and shapes -------------------------------------------------------------------

    def compute_mask(self, inputs, previous_mask=None):
        """The mask of the outputs; the inputs' mask where the layer passes masks on."""
        return previous_mask if self.supports_masking else None

    def compute_output_shape(self, *args, **kwargs):
        """Shape of the output for an input shape, with None for unknown sizes."""
        shapes = list(args) or list(kwargs.values())
        outlines = [_calling.map_shapes(lambda s: KerasTensor(s, self._input_dtype()), s) for s in shapes]
        if kwargs and not args:
            outlines = []
            kwargs = {
                k.removesuffix("_shape"): _calling.map_shapes(lambda s: KerasTensor(s, self._input_dtype()), s)
                for k, s in kwargs.items()
            }
        else:
            kwargs = {}
        if not self.built:
            self._maybe_build(_calling.bind(self, outlines, kwargs))
        out = _operation.infer(lambda *a, **k: _calling.run(self, a, k), outlines, kwargs)
        return _tree.map_structure(lambda t: t.shape, out)

    def _input_dtype(self):
        return self.dtype

    # ---- calling ----------------------------------------------------------------------------

    def call(self, *args, **kwargs):
        raise NotImplementedError(f"{type(self).__name__}: expected a method call(), got none.")

    def __call__(self, *args, **kwargs):
        args, kwargs = _tree.map_structure(self._standardize_input, (args, kwargs))
        self._maybe_build(_calling.bind(self, args, kwargs))
        if _operation.has_outline(args) or _operation.has_outline(kwargs):
            return self._call_on_outlines(args, kwargs)
        if _operation.has_symbolic((args, kwargs)):
            return _calling.run(self, args, kwargs)
        return _calling.run_on_arrays(self, args, kwargs)

    def _standardize_input(self, x):
        if isinstance(x, np.ndarray) or (np.isscalar(x) and isinstance(x, np.generic)):
            array = to_array(x)
            wanted = self.dtype
            return array.astype(wanted) if self.autocast and is_float(array.dtype) and array.dtype != wanted else array
        return x

    def _call_on_outlines(self, args, kwargs):
        self._clear_losses()
        outputs = _operation.record(self, args, kwargs, body=lambda *a, **k: _calling.run(self, a, k))
        self._clear_losses()
        first = next((t for t in _tree.flatten(outputs) if isinstance(t, KerasTensor)), None)
        if first is not None:
            self._inbound.append(first._history[0])
        return outputs

    def _maybe_build(self, bound):
        if self.built:
            return
        with _calling.in_scope(self):
            _calling.build_from(self, bound)
        self.built = True

    # ---- the recorded graph -----------------------------------------------------------------

    def _last_call(self):
        if not self._inbound:
            raise AttributeError(f"{self.name}: expected a layer called on symbolic tensors, got one never called.")
        return self._inbound[-1]

    @property
    def input(self):
        """The symbolic input of the last recorded call."""
        inputs = self._last_call().inputs
        return inputs[0] if len(inputs) == 1 else inputs

    @property
    def output(self):
        """The symbolic output of the last recorded call."""
        outputs = self._last_call().outputs
        return outputs[0] if len(outputs) == 1 else outputs

    # ---- weights as arrays ------------------------------------------------------------------

    def get_weights(self):
        return [v.numpy() for v in self.weights]

    def set_weights(self, weights):
        variables = self.weights
        if len(weights) != len(variables):
            raise ValueError(f"{self.name}: expected {len(variables)} weights, got {len(weights)}.")
        for variable, value in zip(variables, weights, strict=True):
            if tuple(np.shape(value)) != variable.shape:
                raise ShapeError(f"{variable.path}: expected shape {variable.shape}, got {tuple(np.shape(value))}.")
        for variable, value in zip(variables, weights, strict=True):
            variable.assign(value)

    def count_params(self):
        """Number of weights."""
        if not self.built:
            raise NotBuiltError(f"{self.name}: expected a built layer, got one without weights. Call it on data first.")
        return sum(int(np.prod(v.shape)) for v in self.weights)

    def __repr__(self):
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _declared_input_shape(kwargs):
    """The old arguments ``input_shape=`` and ``input_dim=`` of a first layer."""
    if "batch_input_shape" in kwargs:
        return tuple(kwargs.pop("batch_input_shape"))
    if "input_shape" in kwargs:
        shape = kwargs.pop("input_shape")
        return (None, *shape) if isinstance(shape, (tuple, list)) else (None, shape)
    if "input_dim" in kwargs:
        return (None, kwargs.pop("input_dim"))
    return None


def any_outline(structure):
    return any(is_outline(x) for x in _tree.flatten(structure))
