"""Losses: functions of targets and predictions, and classes that weigh and average their values."""

from genodl._lookup import Catalogue
from genodl.losses.correlation import NegativePearson
from genodl.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
    binary_crossentropy,
    categorical_crossentropy,
    sparse_categorical_crossentropy,
)
from genodl.losses.focal import (
    BinaryFocalCrossentropy,
    CategoricalFocalCrossentropy,
    binary_focal_crossentropy,
    categorical_focal_crossentropy,
)
from genodl.losses.loss import Loss, LossFunctionWrapper
from genodl.losses.margins import (
    CategoricalHinge,
    Hinge,
    SquaredHinge,
    categorical_hinge,
    hinge,
    squared_hinge,
)
from genodl.losses.probabilistic import KLDivergence, Poisson, kl_divergence, poisson
from genodl.losses.profiles import MultinomialNLL, PoissonMultinomial
from genodl.losses.regression import (
    CosineSimilarity,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    cosine_similarity,
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)
from genodl.losses.survival import CoxPH

_CLASSES = [
    BinaryCrossentropy, BinaryFocalCrossentropy, CategoricalCrossentropy, CategoricalFocalCrossentropy,
    CategoricalHinge, CosineSimilarity, CoxPH, Hinge, Huber, KLDivergence, LogCosh, Loss, LossFunctionWrapper,
    MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredError, MeanSquaredLogarithmicError,
    MultinomialNLL, NegativePearson, Poisson, PoissonMultinomial, SparseCategoricalCrossentropy, SquaredHinge,
]  # fmt: skip
_FUNCTIONS = [
    binary_crossentropy, binary_focal_crossentropy, categorical_crossentropy, categorical_focal_crossentropy,
    categorical_hinge, cosine_similarity, hinge, huber, kl_divergence, log_cosh, mean_absolute_error,
    mean_absolute_percentage_error, mean_squared_error, mean_squared_logarithmic_error, poisson,
    sparse_categorical_crossentropy, squared_hinge,
]  # fmt: skip

bce = BCE = binary_crossentropy
kld = KLD = kullback_leibler_divergence = kl_divergence
logcosh = log_cosh
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
mse = MSE = mean_squared_error
msle = MSLE = mean_squared_logarithmic_error

# Functions first: a snake_case name that both have means the function.
_CATALOGUE = Catalogue(
    "loss",
    [*_FUNCTIONS, *_CLASSES],
    {
        name: globals()[name]
        for name in (
            "bce", "BCE", "kld", "KLD", "kullback_leibler_divergence", "logcosh", "mae", "MAE", "mape", "MAPE",
            "mse", "MSE", "msle", "MSLE",
        )
    },
)


def get(identifier):
    """A loss from its name, config, class or a callable.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.losses.get("mse") is gd.losses.mean_squared_error
    True
    """
    return _CATALOGUE.get(identifier)


def serialize(loss):
    """The config of a loss: names and numbers that can be written as JSON."""
    return _CATALOGUE.serialize(loss)


def deserialize(name, custom_objects=None):
    """The loss of a config made by :func:`serialize`."""
    return _CATALOGUE.deserialize(name, custom_objects)
