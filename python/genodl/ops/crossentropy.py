"""Cross-entropies of probabilities or logits, one number a sample and position."""

from __future__ import annotations

from genodl._errors import ShapeError
from genodl._operation import operation
from genodl.ops import arithmetic as a
from genodl.ops._common import as_float, axis_of, emit, live, to_dtype
from genodl.ops.activation import log_softmax
from genodl.ops.encoding import one_hot
from genodl.ops.exponential import log
from genodl.ops.reduction import sum
from genodl.ops.shaping import moveaxis, squeeze

EPSILON = 1e-7


def known_logits(output, activation, from_logits):
    """The logits behind probabilities, where a symbolic tensor knows them (activations leave ``_logits``)."""
    if from_logits:
        return output
    name, logits = getattr(output, "_logits", None) or (None, None)
    return logits if name == activation else None


def _pair(target, output, who):
    output = as_float(output)
    target = to_dtype(target, output.dtype)
    if tuple(target.shape) != tuple(output.shape):
        raise ShapeError(
            f"{who}: expected targets of the shape of the output {tuple(output.shape)}, got {tuple(target.shape)}."
        )
    return target, output


@operation
def binary_crossentropy(target, output, from_logits=False):
    """Cross-entropy of yes-or-no probabilities, element by element.

    Parameters
    ----------
    target : tensor
        Labels from 0 to 1.
    output : tensor
        Probabilities, or logits if ``from_logits``.
    from_logits : bool
    """
    target, output = _pair(target, output, "binary_crossentropy")
    logits = known_logits(output, "sigmoid", from_logits)
    if logits is not None:
        # Two sums of positive numbers: exact at any size of the logits.
        yes, no = emit("softplus", emit("negative", logits)), emit("softplus", logits)
    else:
        share = a.clip(output, EPSILON, 1 - EPSILON)
        yes, no = emit("negative", emit("log", share)), emit("negative", log(a.subtract(1, share)))
    return a.add(a.multiply(target, yes), a.multiply(a.subtract(1, target), no))


def _log_shares(output, axis):
    shares = emit("divide", output, sum(output, axis, keepdims=True))
    return emit("log", a.clip(shares, EPSILON, 1 - EPSILON))


@operation
def categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """Cross-entropy between distributions over classes.

    Parameters
    ----------
    target, output : tensor (..., classes)
        Probabilities; ``output`` may be logits.
    from_logits : bool
    axis : int
        Where the classes are.
    """
    target, output = _pair(target, output, "categorical_crossentropy")
    axis = axis_of(axis, len(output.shape), "categorical_crossentropy")
    last = axis == len(output.shape) - 1
    logits = known_logits(output, "softmax", from_logits) if last or from_logits else None
    if logits is not None and last:
        return emit("softmax_cross_entropy", logits, target)
    logs = _log_shares(output, axis) if logits is None else log_softmax(logits, axis)
    return emit("negative", sum(emit("multiply", target, logs), axis))


@operation
def sparse_categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """Cross-entropy of classes given by number.

    Parameters
    ----------
    target : int tensor (...) or (..., 1)
    output : tensor (..., classes)
        Probabilities, or logits if ``from_logits``.
    from_logits : bool
    axis : int
        Where the classes are.
    """
    who = "sparse_categorical_crossentropy"
    output, target = as_float(output), to_dtype(live(target), "int32")
    axis = axis_of(axis, len(output.shape), who)
    if len(target.shape) == len(output.shape) and target.shape[-1] == 1:
        target = squeeze(target, -1)
    last = len(output.shape) - 1
    rows = tuple(n for i, n in enumerate(output.shape) if i != axis)
    if tuple(target.shape) != rows:
        raise ShapeError(f"{who}: expected class numbers of shape {rows}, got {tuple(target.shape)}.")
    logits = known_logits(output, "softmax", from_logits) if axis == last or from_logits else None
    if logits is not None:
        return emit("sparse_softmax_cross_entropy", moveaxis(logits, axis, -1), target)
    hot = one_hot(target, output.shape[axis], axis=axis, dtype=output.dtype)
    return emit("negative", sum(emit("multiply", hot, _log_shares(output, axis)), axis))
