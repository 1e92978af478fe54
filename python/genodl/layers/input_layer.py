"""Symbolic inputs: ``Input`` and ``DNAInput``."""

from __future__ import annotations

from genodl import _names
from genodl._dtypes import standardize
from genodl._operation import Call
from genodl._tensor import KerasTensor
from genodl.layers.layer import Layer


class InputLayer(Layer):
    """Where data enters a model.

    Parameters
    ----------
    shape : tuple, optional
        Sizes of one sample, None where unknown.
    batch_size : int, optional
    dtype : str, optional
    batch_shape : tuple, optional
        ``(batch_size, *shape)``, instead of the two.
    input_tensor : KerasTensor, optional
    """

    _is_input_layer = True

    def __init__(self, shape=None, batch_size=None, dtype=None, sparse=None, ragged=None, batch_shape=None,
                 input_tensor=None, optional=False, name=None, **kwargs):
        from genodl._errors import NotSupportedError

        for what, value in (("sparse", sparse), ("ragged", ragged), ("optional", optional)):
            if value:
                raise NotSupportedError(f"Input: {what}=True is not supported. Use dense arrays.")
        super().__init__(name=name or _names.unique("input_layer"), dtype=None, **kwargs)
        if input_tensor is not None:
            if not isinstance(input_tensor, KerasTensor):
                raise ValueError(f"Input: expected input_tensor to be symbolic, got {type(input_tensor).__name__}.")
            dtype = dtype or input_tensor.dtype
            if standardize(dtype) != input_tensor.dtype:
                raise ValueError(f"Input: expected dtype {input_tensor.dtype} of input_tensor, got {dtype}.")
            batch_shape = batch_shape or input_tensor.shape
        if batch_shape is not None:
            for what, value in (("shape", shape), ("batch_size", batch_size)):
                if value is not None:
                    raise ValueError(f"Input: expected {what}= or batch_shape=, got both.")
        if shape is None and batch_shape is None:
            raise ValueError("Input: expected shape= or batch_shape=, got none.")
        if shape is not None:
            batch_shape = (batch_size, *_as_shape(shape))
        self.batch_shape = tuple(batch_shape)
        if any(d is not None and int(d) < 0 for d in self.batch_shape):
            raise ValueError(f"Input: expected sizes that are not negative, got {self.batch_shape}.")
        self.dtype = standardize(dtype)
        self.built = True
        tensor = input_tensor if input_tensor is not None else KerasTensor(self.batch_shape, self.dtype, self.name)
        call = Call(self, (), {}, tensor)
        tensor._history = (call, 0)
        self._inbound.append(call)

    @property
    def batch_size(self):
        return self.batch_shape[0] if self.batch_shape else None

    def call(self):
        """Nothing: an input is fed."""

    def get_config(self):
        return {"batch_shape": list(self.batch_shape), "dtype": self.dtype, "sparse": False, "ragged": False,
                "name": self.name}


class DNAInputLayer(InputLayer):
    """Where DNA enters: one byte a base, seen by layers as one-hot (length, 4) in A, C, G, T order."""

    def __init__(self, length=None, name=None, batch_shape=None, dtype=None):
        batch_shape = tuple(batch_shape) if batch_shape is not None else (None, length, 4)
        super().__init__(batch_shape=batch_shape, name=name or _names.unique("dna"))

    def get_config(self):
        return {"length": self.batch_shape[1], "name": self.name}


def _as_shape(shape):
    if isinstance(shape, int):
        raise ValueError(f"Input: expected shape to be a tuple such as ({shape},), got {shape}.")
    return tuple(shape)


def Input(shape=None, batch_size=None, dtype=None, sparse=None, ragged=None, batch_shape=None, name=None,
          tensor=None, optional=False):
    """A symbolic tensor to start a model from.

    Parameters
    ----------
    shape : tuple
        Sizes of one sample, without the batch; None where unknown.
    batch_size : int, optional
    dtype : str
    name : str, optional

    Examples
    --------
    >>> import genodl as gd
    >>> gd.Input((28, 28, 1)).shape
    (None, 28, 28, 1)
    """
    layer = InputLayer(shape=shape, batch_size=batch_size, dtype=dtype, sparse=sparse, ragged=ragged,
                       batch_shape=batch_shape, input_tensor=tensor, optional=optional, name=name)
    return layer.output


def DNAInput(length=None, name=None):
    """A symbolic DNA sequence; behaves as one-hot of shape (length, 4) and is never materialised.

    The model then accepts ``gd.sequence.DNA``, lists of strings, uint8 codes or one-hot arrays.

    Parameters
    ----------
    length : int, optional
        Bases of one sequence; None for any length.
    name : str, optional

    Examples
    --------
    >>> import genodl as gd
    >>> gd.DNAInput(101).shape
    (None, 101, 4)
    """
    return DNAInputLayer(length, name=name).output
