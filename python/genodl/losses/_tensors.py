"""How losses and metrics take their arguments: as tensors of one dtype and matching ranks."""

from __future__ import annotations

from genodl import ops
from genodl._dtypes import is_float, standardize
from genodl._operation import live

EPSILON = 1e-7


def tensor(x, dtype=None):
    """``x`` as a tensor of ``dtype``; the mask travels with a symbolic one."""
    x = live(x, dtype)
    if dtype is None or standardize(x.dtype) == standardize(dtype):
        return x
    return reshaped(x, lambda t: ops.cast(t, dtype))


def float_tensor(x):
    """``x`` as a tensor of its own float dtype; integers and booleans become float32."""
    x = live(x)
    return x if is_float(x.dtype) else ops.cast(x, "float32")


def float_pair(y_true, y_pred):
    """Targets and predictions in the float dtype of the predictions."""
    y_pred = float_tensor(y_pred)
    return tensor(y_true, y_pred.dtype), y_pred


def aligned_pair(y_true, y_pred):
    """Like :func:`float_pair`, and a missing last axis of 1 is given or taken."""
    return same_rank(*float_pair(y_true, y_pred))


def reshaped(x, function):
    """``function(x)``; the logits behind a sigmoid are changed alike, the mask is kept."""
    y = function(x)
    logits = logits_of(x, "sigmoid")
    if logits is not None:
        y._logits = ("sigmoid", function(logits))
    mask = mask_of(x)
    if mask is not None and y is not x:
        y._keras_mask = mask
    return y


def same_rank(a, b, expand_vectors=True):
    """Adds or drops a last axis of 1 where the ranks differ by one."""
    if len(a.shape) == len(b.shape) + 1:
        return _shorten(a, b, expand_vectors)
    if len(b.shape) == len(a.shape) + 1:
        b, a = _shorten(b, a, expand_vectors)
    return a, b


def _shorten(longer, shorter, expand_vectors):
    if longer.shape[-1] != 1:
        return longer, shorter
    if expand_vectors and len(shorter.shape) == 1:
        return longer, reshaped(shorter, lambda t: ops.expand_dims(t, -1))
    return reshaped(longer, lambda t: ops.squeeze(t, -1)), shorter


def mask_of(x):
    """The mask a layer left on a symbolic tensor, or None."""
    return getattr(x, "_keras_mask", None)


def logits_of(x, activation):
    """What a sigmoid, or a softmax over the last axis, was applied to, where a symbolic tensor knows it.

    Activations leave ``_logits = (name, tensor)``: losses are exact from logits, not from probabilities.
    """
    name, logits = getattr(x, "_logits", None) or (None, None)
    return logits if name == activation else None
