"""Classes as vectors."""

from __future__ import annotations

from genodl._dtypes import standardize
from genodl._errors import NotSupportedError
from genodl._operation import operation
from genodl.ops._common import emit, to_dtype
from genodl.ops.reduction import max as largest


@operation
def one_hot(x, num_classes, axis=-1, dtype=None, sparse=False):
    """Integers as vectors of zeros with a single one.

    Parameters
    ----------
    x : int tensor
        Integers outside ``[0, num_classes)`` give zeros only.
    num_classes : int
    axis : int
        Where the new axis stands.
    dtype : str, optional
        float32 by default.
    sparse : bool
        Must be False.

    Examples
    --------
    >>> from genodl import ops
    >>> ops.one_hot([0, 2], 3)
    array([[1., 0., 0.],
           [0., 0., 1.]], dtype=float32)
    """
    _refuse_sparse(sparse, "one_hot")
    dtype = standardize(dtype)
    x = to_dtype(x, "int32")
    made = emit("one_hot", x, depth=int(num_classes), axis=int(axis), dtype="uint8" if dtype == "bool" else dtype)
    return to_dtype(made, dtype)


@operation
def multi_hot(inputs, num_classes, axis=-1, dtype=None, sparse=False):
    """The classes of each row as one vector with a one for each of them.

    Parameters
    ----------
    inputs : int tensor (n,) or (batch, n)
    num_classes : int
    axis : int
    dtype : str, optional
        float32 by default.
    sparse : bool
        Must be False.
    """
    _refuse_sparse(sparse, "multi_hot")
    hot = one_hot(inputs, num_classes, axis, dtype)
    return largest(hot, axis=1 if len(hot.shape) > 2 else 0)


def _refuse_sparse(sparse, who):
    if sparse:
        raise NotSupportedError(f"{who}: sparse=True is not supported, tensors are dense. Leave it out.")
