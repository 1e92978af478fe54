"""The base class of losses, and the one that wraps a function."""

from __future__ import annotations

from math import inf

from genodl import _names, _tree, ops
from genodl._dtypes import standardize
from genodl.losses._missing import values_of_present
from genodl.losses._reduction import both_masks, reduce_weighted_values, standardize_reduction
from genodl.losses._targets import check_numbers
from genodl.losses._tensors import mask_of, same_rank, tensor


class Loss:
    """Base of losses: override ``call``.

    Parameters
    ----------
    name : str, optional
    reduction : {"sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None}
        How the values of single samples become one number.
    dtype : str, optional
        What targets and predictions are converted to; float32 by default.

    Examples
    --------
    >>> import genodl as gd
    >>> class Cubed(gd.losses.Loss):
    ...     def call(self, y_true, y_pred):
    ...         return gd.ops.mean(gd.ops.abs(y_true - y_pred) ** 3, axis=-1)
    >>> float(Cubed()([[0.0, 2.0]], [[0.0, 0.0]]))
    4.0
    """

    target_range = (-inf, inf)

    def __init__(self, name=None, reduction="sum_over_batch_size", dtype=None):
        self.name = name or _names.auto_name(type(self).__name__)
        self.reduction = standardize_reduction(reduction, type(self).__name__)
        self._dtype = standardize(dtype)

    @property
    def dtype(self):
        return self._dtype

    def __call__(self, y_true, y_pred, sample_weight=None):
        """The loss of a batch.

        Parameters
        ----------
        y_true, y_pred : tensors, or nests of them, (batch, ...)
        sample_weight : tensor (batch,) or of the shape of the values, optional
        """
        prediction_mask = mask_of(y_pred)
        y_pred, y_true = _tensors(y_pred, self.dtype), _tensors(y_true, self.dtype)
        values, value_mask = self._values_and_mask(y_true, y_pred)
        return reduce_weighted_values(
            values,
            sample_weight=sample_weight,
            mask=both_masks(prediction_mask, value_mask),
            reduction=self.reduction,
            dtype=self.dtype,
        )

    def call(self, y_true, y_pred):
        """Values of single samples, (batch, ...)."""
        raise NotImplementedError(f"{type(self).__name__}: expected a method call(y_true, y_pred), got none.")

    def _values_and_mask(self, y_true, y_pred):
        """Values, and which of them count: None (all), booleans, or fractions."""
        values = self.call(y_true, y_pred)
        return values, mask_of(values)

    def check_targets(self, y_true, output_shape, who):
        """Fails if the NumPy array ``y_true`` holds numbers that the loss has no meaning for."""
        low, high = self.target_range
        check_numbers(y_true, who, getattr(self, "ignore_nan", False), low, high)

    def get_config(self):
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def __repr__(self):
        return f"<{type(self).__name__} name={self.name}>"


class LossFunctionWrapper(Loss):
    """A loss made of a function of targets and predictions.

    Parameters
    ----------
    fn : callable
        ``fn(y_true, y_pred, **kwargs)`` returning one value per sample.
    reduction, name, dtype
        As in :class:`Loss`.
    ignore_nan : bool
        Whether NaN targets count for nothing.
    **kwargs
        Given to ``fn``.

    Examples
    --------
    >>> import genodl as gd
    >>> loss = gd.losses.LossFunctionWrapper(gd.losses.mean_squared_error, ignore_nan=True)
    >>> float(loss([[1.0, float("nan")]], [[3.0, 7.0]]))
    4.0
    """

    def __init__(self, fn, reduction="sum_over_batch_size", name=None, dtype=None, ignore_nan=False, **kwargs):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.fn = fn
        self.ignore_nan = ignore_nan
        self._fn_kwargs = kwargs
        self.target_range = getattr(fn, "target_range", self.target_range)

    def call(self, y_true, y_pred):
        return self.fn(*_same_ranks(y_true, y_pred), **self._fn_kwargs)

    def _values_and_mask(self, y_true, y_pred):
        if not self.ignore_nan:
            return super()._values_and_mask(y_true, y_pred)
        values, present = values_of_present(self.fn, *_same_ranks(y_true, y_pred), **self._fn_kwargs)
        if getattr(self.fn, "is_elementwise", False):
            return _mean_over_axis(values, present, self._fn_kwargs.get("axis", -1))
        return values, present

    def _fn_config(self):
        return {"ignore_nan": True} if self.ignore_nan else {}

    def get_config(self):
        from genodl.saving.registration import serialize_object

        fn = {"fn": serialize_object(self.fn)} if type(self) is LossFunctionWrapper else {}
        return {**super().get_config(), **fn, **self._fn_kwargs, **self._fn_config()}

    @classmethod
    def from_config(cls, config):
        if isinstance(config.get("fn"), (dict, str)):
            from genodl import losses

            config = {**config, "fn": losses.get(config["fn"])}
        return cls(**config)


def _tensors(nest, dtype):
    """Tensors in the same nest; lists of numbers are one tensor, not a nest."""
    if all(isinstance(leaf, (bool, int, float)) for leaf in _tree.flatten(nest)):
        return tensor(nest, dtype)
    return _tree.map_structure(lambda x: tensor(x, dtype), nest)


def _same_ranks(y_true, y_pred):
    if _tree.is_leaf(y_true) and _tree.is_leaf(y_pred):
        return same_rank(y_true, y_pred)
    pairs = [same_rank(a, b) for a, b in zip(_tree.flatten(y_true), _tree.flatten(y_pred), strict=True)]
    return (
        _tree.pack_like(y_true, [a for a, _ in pairs]),
        _tree.pack_like(y_pred, [b for _, b in pairs]),
    )


def _mean_over_axis(values, present, axis):
    """Values and fractions of samples: the weighted mean of the values is the mean of what is present.

    The fraction is the weight, so a value is the mean of its present entries.
    """
    fraction = ops.mean(ops.cast(present, values.dtype), axis=axis)
    return ops.divide_no_nan(ops.mean(values, axis=axis), fraction), fraction
