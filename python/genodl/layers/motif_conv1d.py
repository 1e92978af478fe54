"""Convolution whose filters are known motifs."""

from __future__ import annotations

import numpy as np

from genodl.layers.conv1d import Conv1D


class MotifConv1D(Conv1D):
    """Each filter starts as the log-odds of a motif; its output is the motif's score at each position.

    Takes ``(batch, length, 4)``, gives ``(batch, new length, motifs)``, twice as many with ``both_strands``: first
    all motifs, then their reverse complements. Shorter motifs are centred in filters of the longest one's width.

    Parameters
    ----------
    motifs : list of Motif
    trainable : bool
        Whether training may change the motifs.
    both_strands : bool
    background : sequence of four numbers, optional
        Base frequencies; uniform by default.
    pseudocount : float
        Added to each position's counts, so that no score is infinite.
    padding, activation, use_bias
        As in :class:`Conv1D`; there is no bias by default.

    Examples
    --------
    >>> import genodl as gd
    >>> ctcf = gd.datasets.ctcf_motif()
    >>> layer = gd.layers.MotifConv1D([ctcf])
    >>> scores = layer(gd.sequence.encode(["A" * 10 + "TGGCCACCAGGGGGCGCTA" + "A" * 10]).one_hot())
    >>> int(scores[0, :, 0].argmax())
    10
    """

    def __init__(self, motifs, trainable=False, both_strands=False, background=None, pseudocount=0.8, padding="valid",
                 activation=None, use_bias=False, **kwargs):
        from genodl.saving.registration import deserialize_object
        from genodl.sequence import Motif

        if isinstance(motifs, Motif):
            motifs = [motifs]
        motif_list = [m if isinstance(m, Motif) else deserialize_object(m) for m in motifs]
        if not motif_list:
            raise ValueError("MotifConv1D: expected at least one motif, got none.")
        if pseudocount <= 0:
            raise ValueError(f"MotifConv1D: expected a positive pseudocount, got {pseudocount}.")
        scores = _filters(motif_list, both_strands, background, pseudocount)
        super().__init__(scores.shape[2], scores.shape[0], padding=padding, activation=activation, use_bias=use_bias,
                         kernel_initializer=lambda shape, dtype=None: scores.astype(dtype or "float32"),
                         trainable=trainable, **kwargs)
        self.motifs = motif_list
        self.both_strands = both_strands
        self.background = background
        self.pseudocount = pseudocount

    def build(self, input_shape):
        if input_shape[-1] != 4:
            raise ValueError(f"{self.name}: expected DNA with 4 channels, got shape {tuple(input_shape)}.")
        super().build(input_shape)


def _filters(motifs, both_strands, background, pseudocount):
    """Log-odds of all motifs, (width, 4, motifs)."""
    tables = [m.pwm(background, pseudocount) for m in motifs]
    if both_strands:
        tables += [m.reverse_complement().pwm(background, pseudocount) for m in motifs]
    width = max(len(t) for t in tables)
    filters = np.zeros((width, 4, len(tables)))
    for i, table in enumerate(tables):
        start = (width - len(table)) // 2
        filters[start : start + len(table), :, i] = table
    return filters


