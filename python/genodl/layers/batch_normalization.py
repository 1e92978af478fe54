"""Batch normalisation."""

from __future__ import annotations

import numpy as np

from genodl import constraints, initializers, ops, regularizers
from genodl._errors import NotSupportedError, ShapeError
from genodl._operation import emit
from genodl.layers.layer import Layer


class BatchNormalization(Layer):
    """Scales each channel to mean 0 and variance 1 of the batch, then by ``gamma`` and ``beta``.

    In prediction the running averages ``moving_mean`` and ``moving_variance`` are used; a layer with
    ``trainable=False`` uses them always.

    Parameters
    ----------
    axis : int
        The axis of channels.
    momentum : float
        Of the running averages.
    epsilon : float
    center, scale : bool
        Whether there are ``beta`` and ``gamma``.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> y = gd.layers.BatchNormalization()(np.array([[1.0], [3.0]]), training=True)
    >>> y.round(2).tolist()
    [[-1.0], [1.0]]
    """

    def __init__(self, axis=-1, momentum=0.99, epsilon=1e-3, center=True, scale=True, beta_initializer="zeros",
                 gamma_initializer="ones", moving_mean_initializer="zeros", moving_variance_initializer="ones",
                 beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None,
                 renorm=False, renorm_clipping=None, renorm_momentum=0.99, synchronized=False, **kwargs):
        super().__init__(**kwargs)
        if synchronized:
            raise NotSupportedError("BatchNormalization: synchronized=True is not supported. There is one device.")
        if not isinstance(axis, (int, np.integer)):
            raise ValueError(f"BatchNormalization: expected axis to be a whole number, got {axis!r}.")
        self.axis = axis
        self.momentum = float(momentum)
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.synchronized = synchronized
        self.renorm = renorm
        self.renorm_clipping = _checked_clipping(renorm, renorm_clipping)
        self.renorm_momentum = renorm_momentum
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.supports_masking = True
        self.gamma = self.beta = None

    def build(self, input_shape):
        rank = len(input_shape)
        if not -rank <= self.axis < rank or input_shape[self.axis] is None:
            raise ShapeError(
                f"{self.name}: expected a known size at axis {self.axis}, got shape {tuple(input_shape)}."
            )
        shape = (input_shape[self.axis],)
        if self.scale:
            self.gamma = self.add_weight(shape, self.gamma_initializer, name="gamma",
                                         regularizer=self.gamma_regularizer, constraint=self.gamma_constraint)
        if self.center:
            self.beta = self.add_weight(shape, self.beta_initializer, name="beta", regularizer=self.beta_regularizer,
                                        constraint=self.beta_constraint)
        self.moving_mean = self.add_weight(shape, self.moving_mean_initializer, name="moving_mean", trainable=False)
        self.moving_variance = self.add_weight(shape, self.moving_variance_initializer, name="moving_variance",
                                               trainable=False)
        if self.renorm:
            self.moving_stddev = self.add_weight(shape, self._first_deviation, name="moving_stddev", trainable=False)
            self.renorm_mean = self.add_weight(shape, self.moving_mean_initializer, name="renorm_mean",
                                               trainable=False)
            self.renorm_stddev = self.add_weight(shape, self._first_deviation, name="renorm_stddev", trainable=False)
        self._channels = shape[0]

    def call(self, inputs, training=None, mask=None):
        if inputs.shape[self.axis] != self._channels:
            raise ShapeError(
                f"{self.name}: expected {self._channels} channels at axis {self.axis}, got shape {tuple(inputs.shape)}."
            )
        if mask is not None and len(mask.shape) != len(inputs.shape) - 1:
            raise ValueError(
                f"{self.name}: expected a mask of shape {tuple(inputs.shape[:-1])}, got {tuple(mask.shape)}."
            )
        axis = self.axis % len(inputs.shape)
        last = len(inputs.shape) - 1
        x = ops.moveaxis(inputs, axis, last) if axis != last else inputs
        y = self._normalize(x, training, mask)
        return ops.moveaxis(y, last, axis) if axis != last else y

    def _normalize(self, x, training, mask):
        gamma = self.gamma if self.gamma is not None else np.ones(self._channels, self.dtype)
        beta = self.beta if self.beta is not None else np.zeros(self._channels, self.dtype)
        if not (training and self.trainable):
            return _affine(x, self.moving_mean, self.moving_variance, gamma, beta, self.epsilon)
        if mask is None and not self.renorm:
            y, mean, variance = emit("batch_norm", x, gamma, beta, epsilon=float(self.epsilon))
            self._update_averages(mean, variance)
            return y
        mean, variance = _moments(x, mask)
        if not self.renorm:
            self._update_averages(mean, variance)
            return _affine(x, mean, variance, gamma, beta, self.epsilon)
        gamma, beta = self._renormalised(mean, variance, gamma, beta)
        self._update_deviations(mean, variance)
        return _affine(x, mean, variance, gamma, beta, self.epsilon)

    def _update_averages(self, mean, variance):
        _move(self.moving_mean, mean, self.momentum)
        _move(self.moving_variance, variance, self.momentum)

    def _first_deviation(self, shape, dtype=None):
        return np.sqrt(self.moving_variance_initializer(shape, dtype=dtype))

    def _renormalised(self, mean, variance, gamma, beta):
        """Gamma and beta that correct the batch's moments towards the running ones (Ioffe, 2017)."""
        deviation = ops.maximum(self.renorm_stddev, float(np.sqrt(self.epsilon)))
        r = ops.sqrt(variance + self.epsilon) / deviation
        d = (mean - self.renorm_mean) / deviation
        limits = self.renorm_clipping
        if limits.get("rmin") is not None:
            r = ops.maximum(r, limits["rmin"])
        if limits.get("rmax") is not None:
            r = ops.minimum(r, limits["rmax"])
        if limits.get("dmax") is not None:
            d = ops.clip(d, -limits["dmax"], limits["dmax"])
        return gamma * ops.stop_gradient(r), beta + gamma * ops.stop_gradient(d)

    def _update_deviations(self, mean, variance):
        deviation = ops.sqrt(variance + self.epsilon)
        _move(self.renorm_mean, mean, self.renorm_momentum)
        _move(self.renorm_stddev, deviation, self.renorm_momentum)
        _move(self.moving_mean, mean, self.momentum)
        moved = _move(self.moving_stddev, deviation, self.momentum)
        self.moving_variance.assign(ops.relu(moved * moved - self.epsilon))

    def compute_output_shape(self, input_shape):
        if isinstance(self.axis, int) and not -len(input_shape) <= self.axis < len(input_shape):
            raise ValueError(f"{self.name}: expected axis {self.axis} in shape {tuple(input_shape)}.")
        return tuple(input_shape)


def _move(average, value, momentum):
    """Moves a running average towards a value; the new average."""
    moved = average * momentum + ops.stop_gradient(value) * (1.0 - momentum)
    average.assign(moved)
    return moved


def _affine(x, mean, variance, gamma, beta, epsilon):
    factor = gamma * ops.rsqrt(variance + epsilon)
    return x * factor + (beta - mean * factor)


def _moments(x, mask):
    axes = list(range(len(x.shape) - 1))
    if mask is None:
        return ops.mean(x, axes), ops.var(x, axes)
    weights = ops.broadcast_to(ops.expand_dims(ops.cast(mask, x.dtype), -1), (*x.shape[:-1], 1))
    # Keras's guard against batches that are masked altogether.
    total = ops.sum(weights) + 1e-7
    mean = ops.sum(x * weights, axes) / total
    return mean, ops.sum(ops.square(x - mean) * weights, axes) / total


def _checked_clipping(renorm, clipping):
    clipping = dict(clipping or {})
    if not renorm:
        return clipping
    unknown = set(clipping) - {"rmin", "rmax", "dmax"}
    if unknown:
        raise ValueError(
            f"BatchNormalization: expected renorm_clipping with rmin, rmax and dmax only, got {sorted(unknown)[0]!r}."
        )
    limits = [clipping.get(name) for name in ("rmin", "rmax")]
    if None not in limits and limits[1] < limits[0]:
        raise ValueError(f"BatchNormalization: expected rmax of rmin or more, got rmin={limits[0]}, rmax={limits[1]}.")
    if clipping.get("dmax") is not None and clipping["dmax"] < 0:
        raise ValueError(f"BatchNormalization: expected dmax of 0 or more, got {clipping['dmax']}.")
    return clipping
