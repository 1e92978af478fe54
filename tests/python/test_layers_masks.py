"""Masks: who makes them, who passes them on, and what they leave out."""

import numpy as np
import pytest

import genodl as gd
from genodl import layers

A = np.array([[[0, 0], [1, 2], [0, 0], [3, 4]]], "float32")
B = np.array([[[0, 0], [0, 0], [1, 2], [3, 4]]], "float32")


class Seen(layers.Layer):
    """Gives the mask it is given as its output."""

    supports_masking = True

    def call(self, inputs, mask=None):
        return gd.ops.cast(mask, "float32") if mask is not None else -gd.ops.ones(inputs.shape[:2])


def mask_after(*chain, x=A):
    outline = gd.Input(x.shape[1:], dtype=x.dtype.name)
    t = outline
    for layer in [*chain, Seen()]:
        t = layer(t)
    return gd.Model(outline, t).predict(x, verbose=0)[0].tolist()


def merged_mask(layer, mask_first, mask_second):
    a, b = gd.Input((4, 2)), gd.Input((4, 2))
    first = layers.Masking()(a) if mask_first else a
    second = layers.Masking()(b) if mask_second else b
    out = layer([first, second])
    values, mask = gd.Model([a, b], [out, Seen()(out)]).predict([A, B], verbose=0)
    return values[0].tolist(), mask[0].tolist()


def test_makers():
    assert mask_after(layers.Masking()) == [0, 1, 0, 1]
    assert mask_after(layers.Masking(mask_value=1.0), x=np.ones((1, 3, 2), "float32")) == [0, 0, 0]
    ids = np.array([[0, 3, 0, 1]], "int32")
    assert mask_after(layers.Embedding(4, 2, mask_zero=True), x=ids) == [0, 1, 0, 1]
    assert mask_after(layers.Embedding(4, 2), x=ids) == [-1, -1, -1, -1]
    assert layers.Embedding(4, 2, mask_zero=True).supports_masking
    np.testing.assert_array_equal(layers.Masking()(A + 1), A + 1)


@pytest.mark.parametrize(
    ("layer", "passes"),
    [
        (layers.Activation("relu"), True),
        (layers.Dropout(0.1), True),
        (layers.LayerNormalization(), True),
        (layers.Dense(3), True),
        (layers.Identity(), True),
        (layers.RMSNormalization(), False),
        (layers.ZeroPadding1D((0, 0)), False),
        (layers.Lambda(gd.ops.square), False),
    ],
    ids=lambda x: type(x).__name__ if isinstance(x, layers.Layer) else "",
)
def test_passing_on(layer, passes):
    assert mask_after(layers.Masking(), layer) == ([0, 1, 0, 1] if passes else [-1] * 4)


@pytest.mark.parametrize(
    ("layer", "one", "two"),
    [
        (layers.Add(), [[0, 0], [1, 2], [1, 2], [6, 8]], [[0, 0], [1, 2], [1, 2], [6, 8]]),
        # Masked positions count as 1, and are 0 where all are masked.
        (layers.Multiply(), [[0, 0], [0, 0], [1, 2], [9, 16]], [[0, 0], [1, 2], [1, 2], [9, 16]]),
        # Masked positions do not compete: a single zero stays out of the minimum.
        (layers.Minimum(), [[0, 0], [0, 0], [1, 2], [3, 4]], [[0, 0], [1, 2], [1, 2], [3, 4]]),
    ],
    ids=lambda x: type(x).__name__ if isinstance(x, layers.Layer) else "",
)
def test_merging(layer, one, two):
    assert merged_mask(layer, True, False) == (one, [-1] * 4)
    assert merged_mask(layer, True, True) == (two, [0, 1, 1, 1])


def test_concatenated_masks():
    assert merged_mask(layers.Concatenate(axis=1), True, False)[1] == [0, 1, 0, 1, 1, 1, 1, 1]
    assert merged_mask(layers.Concatenate(axis=2), True, True)[1] == [0, 1, 1, 1]
    assert merged_mask(layers.Concatenate(axis=2), False, False)[1] == [-1] * 4


def test_global_average_leaves_out_masked_positions():
    outline = gd.Input((4, 2))
    pooled = layers.GlobalAveragePooling1D()(layers.Masking()(outline))
    np.testing.assert_array_equal(gd.Model(outline, pooled).predict(A, verbose=0), [[2, 3]])
    np.testing.assert_array_equal(layers.GlobalAveragePooling1D()(A, mask=np.array([[1, 1, 0, 0]])), [[0.5, 1]])


def test_masked_softmax():
    x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "float32")
    found = layers.Softmax()(x, mask=np.array([[1, 0, 1], [0, 0, 0]], "float32"))
    share = 1 / (1 + np.exp(2))
    np.testing.assert_allclose(found, [[share, 0, 1 - share], [0, 0, 0]], rtol=1e-6)
    with pytest.raises(ValueError, match=r"a mask that broadcasts to \(2, 3\), got shape \(2, 2\)"):
        layers.Softmax()(x, mask=np.ones((2, 2)))


def test_mask_of_lambda():
    outline = gd.Input((4, 2))
    masked = layers.Lambda(lambda x: x, mask=lambda inputs, mask: gd.ops.greater(inputs[:, :, 0], 2))(outline)
    assert gd.Model(outline, Seen()(masked)).predict(A, verbose=0)[0].tolist() == [0, 0, 0, 1]


def test_bad_masks():
    layer = layers.Add()
    for inputs, mask, words in (
        ([A, B], A, "expected mask to be a list, got ndarray"),
        (A, [None, None], "expected inputs to be a list, got ndarray"),
        ([A, B], [None], "expected one mask per input, got 1 and 2 inputs"),
    ):
        with pytest.raises(ValueError, match=words):
            layer.compute_mask(inputs, mask)
