"""Metrics: what is measured while models train and are tested."""

from genodl import losses
from genodl._lookup import Catalogue
from genodl.losses import (
    BCE,
    KLD,
    MAE,
    MAPE,
    MSE,
    MSLE,
    bce,
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    hinge,
    huber,
    kl_divergence,
    kld,
    log_cosh,
    logcosh,
    mae,
    mape,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    mse,
    msle,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)  # fmt: skip
from genodl.losses.regression import cosine as cosine_similarity
from genodl.metrics.accuracies import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    accuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from genodl.metrics.auc import AUC
from genodl.metrics.confusion import (
    FalseNegatives,
    FalsePositives,
    Precision,
    Recall,
    TrueNegatives,
    TruePositives,
)
from genodl.metrics.correlation import MatthewsCorrelation, PearsonCorrelation, pearson_correlation
from genodl.metrics.exact import AUPRC, AUROC, ExactMetric, SpearmanCorrelation
from genodl.metrics.f_score import F1Score, FBetaScore
from genodl.metrics.metric import Metric
from genodl.metrics.probabilistic import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    Hinge,
    KLDivergence,
    Poisson,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)
from genodl.metrics.reduction import Mean, MeanMetricWrapper, Sum
from genodl.metrics.regression import (
    CosineSimilarity,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    R2Score,
    RootMeanSquaredError,
)

_CLASSES = [
    Accuracy, AUC, AUPRC, AUROC, BinaryAccuracy, BinaryCrossentropy, CategoricalAccuracy, CategoricalCrossentropy,
    CategoricalHinge, CosineSimilarity, F1Score, FalseNegatives, FalsePositives, FBetaScore, Hinge, KLDivergence,
    LogCoshError, MatthewsCorrelation, Mean, MeanAbsoluteError, MeanAbsolutePercentageError, MeanMetricWrapper,
    MeanSquaredError, MeanSquaredLogarithmicError, Metric, PearsonCorrelation, Poisson, Precision, R2Score, Recall,
    RootMeanSquaredError, SparseCategoricalAccuracy, SparseCategoricalCrossentropy, SparseTopKCategoricalAccuracy,
    SpearmanCorrelation, SquaredHinge, Sum, TopKCategoricalAccuracy, TrueNegatives, TruePositives,
]  # fmt: skip


def _pearson_over_samples():
    return PearsonCorrelation(name="pearson", axis=None)


_CATALOGUE = Catalogue(
    "metric",
    _CLASSES,
    {
        "bce": BinaryCrossentropy,
        "BCE": BinaryCrossentropy,
        "mae": MeanAbsoluteError,
        "MAE": MeanAbsoluteError,
        "mape": MeanAbsolutePercentageError,
        "MAPE": MeanAbsolutePercentageError,
        "mse": MeanSquaredError,
        "MSE": MeanSquaredError,
        "msle": MeanSquaredLogarithmicError,
        "MSLE": MeanSquaredLogarithmicError,
        "rmse": RootMeanSquaredError,
        "mcc": MatthewsCorrelation,
        "spearman": SpearmanCorrelation,
    },
)
_FUNCTIONS = Catalogue(
    "metric function",
    [
        accuracy, binary_accuracy, categorical_accuracy, cosine_similarity, pearson_correlation,
        sparse_categorical_accuracy, sparse_top_k_categorical_accuracy, top_k_categorical_accuracy,
    ],
    {name: getattr(losses, name) for name in losses._CATALOGUE.objects if hasattr(losses, name)},
)  # fmt: skip


def get(identifier):
    """A metric from its name, config, class or a callable.

    ``"pearson"`` correlates each output over all samples and averages; ``"auroc"`` and ``"auprc"`` are exact.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.metrics.get("mse")
    <MeanSquaredError name=mean_squared_error>
    """
    return _pearson_over_samples() if identifier == "pearson" else _CATALOGUE.get(identifier)


def function(identifier):
    """A function of targets and predictions from its name or config."""
    return _FUNCTIONS.get(identifier)


def serialize(metric):
    """The config of a metric: names and numbers that can be written as JSON."""
    return _CATALOGUE.serialize(metric)


def deserialize(config, custom_objects=None):
    """The metric of a config made by :func:`serialize`."""
    return _CATALOGUE.deserialize(config, custom_objects)
