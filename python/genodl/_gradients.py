"""Gradients of a model as NumPy arrays."""

from __future__ import annotations

import numpy as np

from genodl import _core, _trace, _tree
from genodl._suggest import nearest
from genodl._tensor import KerasTensor
from genodl.training.data import Batch


def gradients(model, x, of=None, with_respect_to="inputs", training=False):
    """Gradients of an output, or of a number made from the outputs.

    Parameters
    ----------
    model : Model
    x : array, DNA, strings or nest of arrays
        A batch of inputs.
    of : int, str or callable, optional
        Which output: a column of the last axis, the name of an output, or a function of the outputs
        written with ``gd.ops`` that gives what is to be differentiated. The sum of all outputs where absent.
    with_respect_to : "inputs", "weights" or list of layer names
        A layer's name stands for what the layer gives.

    Returns
    -------
    array, list or dict
        One gradient for each input in the nest of ``x``, for each trainable weight, or by layer name.

    Examples
    --------
    >>> import numpy as np
    >>> import genodl as gd
    >>> model = gd.Sequential([gd.Input((2,)), gd.layers.Dense(1, kernel_initializer="ones")])
    >>> gd.gradients(model, np.zeros((1, 2))).tolist()
    [[1.0, 1.0]]
    """
    batch = Batch(model, x)
    names = None
    if not isinstance(with_respect_to, str):
        names = list(with_respect_to)
    elif with_respect_to not in ("inputs", "weights"):
        raise ValueError(
            f"gradients: expected with_respect_to to be 'inputs', 'weights' or a list of layer names, "
            f"got {with_respect_to!r}."
        )
    with _trace.Trace(training) as trace:
        values, live = [], []
        for i, column in enumerate(batch.x):
            values.append(column.placeholder(batch.rows, f"x{i}"))
            live.append(column.live(values[-1], f"x{i}"))
        nest = _tree.pack_like(model._graph.inputs if batch.x_nest is None else batch.x_nest, live)
        outputs = model(nest, training=training)
        target = _choose(model, outputs, of)
        if names is not None:
            sources = _layer_outputs(model, names)
        elif with_respect_to == "inputs":
            sources = live
        else:
            variables = model.trainable_weights
            sources = [trace.original(v) for v in variables]
        ones = [_core.constant(np.ones(t.shape, t.dtype)) for t in target]
        found = _core.gradients([t._value for t in target], ones, [s._value for s in sources])
        found = [_core.constant(np.zeros(s.shape, s.dtype)) if g is None else g for g, s in zip(found, sources)]
    session = _core.Session(_core.Plan(values, found, []))
    arrays = session.run([c.whole() for c in batch.columns], 0)
    if names is not None:
        return dict(zip(names, arrays))
    if with_respect_to == "weights":
        return arrays
    return arrays[0] if len(arrays) == 1 else _tree.pack_like(nest, arrays)


def _choose(model, outputs, of):
    tensors = [t for t in _tree.flatten(outputs) if isinstance(t, KerasTensor)]
    if of is None:
        return tensors
    if callable(of):
        return [t for t in _tree.flatten(of(outputs)) if isinstance(t, KerasTensor)]
    if isinstance(of, str):
        named = outputs if isinstance(outputs, dict) else dict(zip(model.output_names, tensors))
        if of not in named:
            raise ValueError(f"gradients: no output is called {of!r}{nearest(of, named)}")
        return [named[of]]
    if len(tensors) != 1:
        raise ValueError(f"gradients: expected the name of one of {len(tensors)} outputs, got {of!r}.")
    return [tensors[0][..., of]]


def _layer_outputs(model, names):
    """Live outputs of layers in the running trace."""
    made = _trace.current().layer_outputs
    missing = [n for n in names if n not in made]
    if missing:
        raise ValueError(f"gradients: no layer is called {missing[0]!r}{nearest(missing[0], made)}")
    return [made[n] for n in names]
