"""First values of weights."""

from __future__ import annotations

import numpy as np

from genodl._errors import ShapeError
from genodl._lookup import Catalogue
from genodl._variable import Variable
from genodl.initializers.constant import STFT, Constant, Identity, Ones, Zeros
from genodl.initializers.initializer import Initializer, engine_dtype
from genodl.initializers.random import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    VarianceScaling,
)

# Keras's second names.
constant = Constant
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
he_normal = HeNormal
he_uniform = HeUniform
identity = IdentityInitializer = Identity
lecun_normal = LecunNormal
lecun_uniform = LecunUniform
ones = Ones
orthogonal = OrthogonalInitializer = Orthogonal
random_normal = RandomNormal
random_uniform = RandomUniform
stft = STFTInitializer = STFT
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
zeros = Zeros

_CATALOGUE = Catalogue(
    "initializer",
    [Constant, GlorotNormal, GlorotUniform, HeNormal, HeUniform, Identity, LecunNormal, LecunUniform, Ones,
     Orthogonal, RandomNormal, RandomUniform, STFT, TruncatedNormal, VarianceScaling, Zeros],
    {"IdentityInitializer": Identity, "OrthogonalInitializer": Orthogonal, "STFTInitializer": STFT,
     "normal": RandomNormal, "one": Ones, "uniform": RandomUniform, "zero": Zeros},
)  # fmt: skip


def get(identifier):
    """An initializer from its name, config, class, a callable ``(shape, dtype)`` or the values themselves.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.initializers.get("zeros")((2,))
    array([0., 0.], dtype=float32)
    """
    if isinstance(identifier, (np.ndarray, np.generic, Variable)):
        return _given(np.array(identifier))
    return _CATALOGUE.get(identifier)


def _given(values):
    def initializer(shape, dtype=None):
        if tuple(shape) != values.shape:
            raise ShapeError(f"initializer: expected the shape of the values {values.shape}, got {tuple(shape)}.")
        return values.astype(engine_dtype(dtype))

    return initializer


def serialize(initializer):
    """The config of an initializer: names and numbers that can be written as JSON."""
    return _CATALOGUE.serialize(initializer)


def deserialize(config, custom_objects=None):
    """The initializer of a config made by :func:`serialize`."""
    return _CATALOGUE.deserialize(config, custom_objects)
