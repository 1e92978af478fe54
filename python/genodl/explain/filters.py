"""What the filters of a layer have learned."""

from __future__ import annotations

import numpy as np

from genodl import _core, _trace, _tree
from genodl._suggest import nearest
from genodl.training.data import Batch


def layer_activations(model, x, layers, batch_size=64):
    """What layers give for some inputs.

    Parameters
    ----------
    model : Model
    x : DNA, strings, array or nest of arrays
    layers : str or list of str
        Names.

    Returns
    -------
    array, or dict of arrays by name where a list was given

    Examples
    --------
    >>> import genodl as gd
    >>> model = gd.zoo.deepbind(30)
    >>> gd.explain.layer_activations(model, ["ACGTT" * 6], "motifs").shape
    (1, 7, 16)
    """
    names = [layers] if isinstance(layers, str) else list(layers)
    whole = Batch(model, x)
    parts = [_activations(model, whole.take(slice(s, s + batch_size)), names) for s in range(0, whole.rows, batch_size)]
    joined = {name: np.concatenate([p[i] for p in parts]) for i, name in enumerate(names)}
    return joined[layers] if isinstance(layers, str) else joined


def _activations(model, batch, names):
    with _trace.Trace(training=False) as trace:
        values, live = [], []
        for i, column in enumerate(batch.x):
            values.append(column.placeholder(batch.rows, f"x{i}"))
            live.append(column.live(values[-1], f"x{i}"))
        model(_tree.pack_like(model._graph.inputs if batch.x_nest is None else batch.x_nest, live), training=False)
        missing = [n for n in names if n not in trace.layer_outputs]
        if missing:
            hint = nearest(missing[0], trace.layer_outputs)
            raise ValueError(f"layer_activations: no layer is called {missing[0]!r}{hint}")
        wanted = [trace.layer_outputs[n]._value for n in names]
    model._clear_losses()
    session = _core.Session(_core.Plan(values, wanted, []))
    return session.run([c.whole() for c in batch.columns], 0)


def filter_motifs(model, layer, x, threshold=0.5, batch_size=256):
    """The motif of each filter of a convolution on DNA, from what activates it.

    As DeepBind and Basset do it: every place where a filter gives more than ``threshold`` of the most it gives
    anywhere counts the bases under it.

    Parameters
    ----------
    model : Model with one DNA input
    layer : str
        Name of a Conv1D that reads the sequence itself.
    x : DNA, strings or one-hot array
    threshold : float
        Share of the filter's largest activation, between 0 and 1.

    Returns
    -------
    list of Motif
        One for each filter that is ever active, named ``filter_<number>``; its counts add up to the number of places.

    Examples
    --------
    >>> import genodl as gd
    >>> gd.set_seed(0)
    >>> motifs = gd.explain.filter_motifs(gd.zoo.deepbind(100), "motifs", gd.datasets.ctcf_peaks().dna[:64])
    >>> len(motifs[0])
    24
    """
    from genodl.layers.conv import padding_of
    from genodl.layers.conv1d import Conv1D
    from genodl.models._inputs import one_array
    from genodl.sequence import Motif

    if not 0 <= threshold < 1:
        raise ValueError(f"filter_motifs: expected a threshold from 0 to below 1, got {threshold}.")
    conv = model.get_layer(layer)
    if not isinstance(conv, Conv1D) or conv.kernel.shape[1] != 4:
        raise ValueError(f"filter_motifs: expected {layer!r} to be a Conv1D on DNA, got {type(conv).__name__}.")
    if conv.dilation_rate != (1,):
        dilation = conv.dilation_rate[0]
        raise ValueError(f"filter_motifs: expected a filter of neighbouring bases, got dilation {dilation}.")
    sequences = one_array(x)
    width, stride = conv.kernel_size[0], conv.strides[0]
    before, after = padding_of(conv.padding, sequences.shape[1], width, stride, 1)
    padded = np.pad(sequences, ((0, 0), (before, after), (0, 0)))
    starts = range(0, len(sequences), batch_size)
    largest = np.max([layer_activations(model, x[s : s + batch_size], layer).max(axis=(0, 1)) for s in starts], axis=0)
    counts = np.zeros((len(largest), width, 4))
    for s in starts:
        active = layer_activations(model, x[s : s + batch_size], layer) > threshold * largest
        row, position, found = np.nonzero(active & (largest > 0))
        for offset in range(width):
            np.add.at(counts[:, offset], found, padded[s + row, position * stride + offset])
    return [Motif(c, name=f"filter_{i}") for i, c in enumerate(counts) if (c.sum(axis=1) > 0).all()]
