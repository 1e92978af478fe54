"""Any function as a layer."""

from __future__ import annotations

import inspect

from genodl._errors import ConfigError
from genodl.layers import _calling
from genodl.layers.layer import Layer


class Lambda(Layer):
    """Applies a function written with ``gd.ops``.

    Only functions known by name can be saved: mark them with ``@gd.register("name")``. A function holds no
    weights; write a Layer for these.

    Parameters
    ----------
    function : callable
        Takes the inputs, and ``mask`` and ``training`` if it has such arguments.
    output_shape : tuple or callable, optional
        Shape without the batch, or a function of the input shape; found by itself where absent.
    mask : array or callable, optional
        The mask of the outputs, or a function of inputs and their mask.
    arguments : dict, optional
        More arguments for ``function``.

    Shapes
    ------
    What the function takes and gives.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> gd.layers.Lambda(gd.ops.square)(np.array([3.0]))
    array([9.], dtype=float32)
    """

    def __init__(self, function, output_shape=None, mask=None, arguments=None, **kwargs):
        super().__init__(**kwargs)
        if not callable(function):
            raise TypeError(f"Lambda: expected a function, got {function!r}.")
        self.function = function
        self.arguments = dict(arguments or {})
        self.mask = mask
        self.supports_masking = mask is not None
        self._output_shape = output_shape
        names = inspect.signature(function).parameters
        self._takes = [name for name in ("mask", "training") if name in names]

    def call(self, inputs, mask=None, training=None):
        context = {"mask": mask, "training": training}
        return self.function(inputs, **self.arguments, **{name: context[name] for name in self._takes})

    def compute_mask(self, inputs, previous_mask=None):
        return self.mask(inputs, previous_mask) if callable(self.mask) else self.mask

    def compute_output_shape(self, input_shape):
        if self._output_shape is None:
            return super().compute_output_shape(input_shape)
        if callable(self._output_shape):
            return self._output_shape(input_shape)
        first = input_shape
        while not _calling.is_shape(first):
            first = next(iter(first.values() if isinstance(first, dict) else first))
        return _calling.map_shapes(lambda shape: (first[0], *shape), self._output_shape)

    def get_config(self):
        config = super().get_config()
        for name in ("function", "output_shape", "mask"):
            value = self._init_arguments[name]
            if getattr(value, "__name__", None) == "<lambda>":
                # The function itself: it can be handed on in memory, and no file can hold it.
                config[name] = value
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None, safe_mode=None):
        """Makes the layer again.

        Parameters
        ----------
        config : dict
        custom_objects : dict, optional
        safe_mode : bool, optional
            Only with False are nameless functions accepted, which come from a config made in this process.
        """
        from genodl.saving.registration import custom_object_scope, deserialize_object

        nameless = [k for k in ("function", "output_shape", "mask") if callable(config.get(k))]
        if nameless and safe_mode is not False:
            raise ConfigError(
                f"Lambda: expected {nameless[0]} to be known by name, got a nameless function. Mark it with "
                "@gd.register(name), or pass safe_mode=False if the config was made in this process."
            )
        with custom_object_scope(custom_objects or {}):
            named = ("function", "output_shape", "mask", "arguments")
            made = {k: deserialize_object(v) if k in named and k not in nameless else v for k, v in config.items()}
        if made.get("output_shape") is not None and not callable(made["output_shape"]):
            made["output_shape"] = _calling.map_shapes(tuple, made["output_shape"])
        return cls(**made)
