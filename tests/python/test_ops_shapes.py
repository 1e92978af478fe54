"""Outlines with unknown sizes, and the words of errors."""

import numpy as np
import pytest

import genodl as gd
from genodl import ops
from gradcheck import in_graph


def outline(*shape, dtype="float32"):
    return gd.KerasTensor(shape, dtype)


@pytest.mark.parametrize(
    ("made", "shape"),
    [
        (lambda: ops.add(outline(None, 3), outline(3)), (None, 3)),
        (lambda: ops.add(outline(None, 3), outline(2, None)), (2, 3)),
        (lambda: ops.add(outline(None, 1), outline(None, 3)), (None, 3)),
        (lambda: outline(2, None, 1) * outline(None, 3), (2, None, 3)),
        (lambda: ops.matmul(outline(None, 3), outline(3, 4)), (None, 4)),
        (lambda: outline(None, None, 3) @ outline(3, 4), (None, None, 4)),
        (lambda: ops.einsum("bij,bjk->bik", outline(None, 2, 3), outline(None, 3, None)), (None, 2, None)),
        (lambda: ops.einsum("ijk,jkl->li", outline(None, 3, 4), outline(None, 4, 5)), (5, None)),
        (lambda: ops.reshape(outline(None, 3), (3, 2)), (3, 2)),
        (lambda: ops.reshape(outline(None, 6), (-1, 2, 3)), (None, 2, 3)),
        (lambda: ops.reshape(outline(None, 6), (-1,)), (None,)),
        (lambda: ops.concatenate([outline(None, 3), outline(None, 4)], -1), (None, 7)),
        (lambda: ops.concatenate([outline(None, 3), outline(None, 3)], 0), (None, 3)),
        (lambda: ops.stack([outline(None, 3)] * 4, 1), (None, 4, 3)),
        (lambda: ops.transpose(outline(None, 3, 4), (0, 2, 1)), (None, 4, 3)),
        (lambda: ops.sum(outline(None, 3, 4), 1), (None, 4)),
        (lambda: ops.mean(outline(None, 3)), ()),
        (lambda: ops.argmax(outline(None, 3), 1), (None,)),
        (lambda: ops.zeros_like(outline(None, 10**5, 10**3)), (None, 10**5, 10**3)),
        (lambda: ops.one_hot(outline(None, 5, dtype="int32"), 4), (None, 5, 4)),
        (lambda: ops.pad(outline(None, 5, 2), ((0, 0), (1, 2), (0, 0))), (None, 8, 2)),
        (lambda: ops.max_pool(outline(None, None, 2), 2), (None, None, 2)),
        (lambda: ops.average_pool(outline(None, 9, 2), 2, padding="same"), (None, 5, 2)),
        (lambda: ops.conv(outline(None, 9, 2), outline(3, 2, 5)), (None, 7, 5)),
        (lambda: ops.conv(outline(None, None, 2), outline(3, 2, 5), 2, "same"), (None, None, 5)),
        (lambda: ops.conv_transpose(outline(None, 9, 2), outline(3, 5, 2), 2, "same"), (None, 18, 5)),
        (lambda: ops.take(outline(None, 3, 4), [1, 2], 1), (None, 2, 4)),
        (lambda: ops.softmax(outline(None, 3)), (None, 3)),
        (lambda: ops.top_k(outline(None, 5), 2).indices, (None, 2)),
        (lambda: ops.split(outline(None, 6), 3, 1)[2], (None, 2)),
        (lambda: ops.quantile(outline(None, 6), [0.1, 0.2], 1), (2, None)),
    ],
)
def test_unknown_sizes(made, shape):
    assert made().shape == shape


def test_calls_on_outlines_are_recorded():
    x = outline(None, 3)
    y = ops.multiply(x, 2)
    call, position = y._history
    assert call.target is ops.multiply
    assert (call.args, call.kwargs, position) == ((x, 2), {}, 0)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda x: ops.add(x, np.zeros(4)), ValueError, r"add: .*\(4,\)"),
        (lambda x: ops.reshape(x, (4, -1)), ValueError, r"reshape: expected a shape of 6 elements .* got \(4, -1\)"),
        (lambda x: ops.reshape(x, "ab"), ValueError, r"reshape: expected the new shape as integers, got 'ab'"),
        (lambda x: ops.transpose(x, (0, 0)), ValueError, r"transpose: expected an order of all 2 axes, got \(0, 0\)"),
        (lambda x: ops.sum(x, 2), ValueError, r"sum: expected an axis from -2 to 1, got 2"),
        (lambda x: ops.sum(x, (0, -2)), ValueError, r"sum: expected each axis once, got \(0, -2\)"),
        (lambda x: ops.squeeze(x, 0), ValueError, r"squeeze: expected size 1 on axis 0, got shape \(2, 3\)"),
        (lambda x: ops.concatenate([x, x[:, :2]], 0), ValueError, "concatenate: expected shapes that differ"),
        (lambda x: ops.stack([x, x[:1]]), ValueError, r"stack: expected tensors of one shape"),
        (lambda x: ops.split(x, 2, 1), ValueError, r"split: expected sections that divide size 3 of axis 1, got 2"),
        (lambda x: ops.matmul(x, x), ValueError, r"matmul: expected the last axis of \(2, 3\) to fit"),
        (lambda x: ops.einsum("ij,jk->ik", x, x), ValueError, r"einsum: expected one size for 'j'"),
        (lambda x: ops.einsum("ijk->i", x), ValueError, r"einsum: expected a tensor of 3 axes for 'ijk'"),
        (lambda x: ops.einsum("ij->ik", x), ValueError, r"einsum: expected output letters that occur"),
        (lambda x: ops.pad(x, 1, "wrap"), NotImplementedError, r"pad: mode='wrap' is not supported"),
        (lambda x: ops.pad(x, ((1, 1),) * 3), ValueError, r"pad: expected an int, a pair or 2 pairs"),
        (lambda x: ops.conv(x, x), ValueError, r"conv: expected inputs \(batch, length, channels\)"),
        (lambda x: ops.conv(x[None], np.ones((1, 3, 2)), padding="full"), ValueError, "padding .* got 'full'"),
        (lambda x: ops.max_pool(x[None], 2, data_format="channels_first"), NotImplementedError, "channels_first"),
        (lambda x: ops.max_pool(x[None], 0), ValueError, r"max_pool: expected pool_size of 1 positive integers"),
        (lambda x: ops.where(x > 0, x), ValueError, r"where: expected both x1 and x2 or none"),
        (lambda x: ops.norm(x, 2, (0, 1)), NotImplementedError, r"norm: ord=2 of matrices"),
        (lambda x: ops.normalize(x, order=0), ValueError, r"normalize: expected an integer order"),
        (lambda x: ops.top_k(x, 4), ValueError, r"top_k: expected k from 1"),
        (lambda x: ops.one_hot(x, 3, sparse=True), NotImplementedError, r"one_hot: sparse=True"),
        (lambda x: ops.binary_crossentropy(x, x[:1]), ValueError, "binary_crossentropy: expected targets"),
        (lambda x: ops.sparse_categorical_crossentropy([1, 7], x, True), ValueError, r"labels from 0 to 2, got 7"),
        (lambda x: ops.add(x, "a"), TypeError, r"expected numbers"),
    ],
)  # fmt: skip
def test_errors_say_what_to_do(call, kind, words):
    with pytest.raises(kind, match=words):
        call(np.arange(6, dtype="float32").reshape(2, 3))


def test_errors_speak_of_none_not_of_stand_ins():
    with pytest.raises(ValueError, match=r"\(None, 3\)"):
        ops.matmul(outline(None, 3), outline(4, 5))


def test_elu_of_large_numbers_has_a_gradient():
    from gradcheck import gradients

    exact, _ = gradients(ops.elu, [np.array([800.0, -800.0, 0.0])])
    np.testing.assert_array_equal(exact[0][:2] > 0.4, [True, False])
    assert np.isfinite(exact[0]).all()


def test_cross_entropies_stay_exact_for_large_logits():
    x = np.array([-200.0, 200.0], "float32")
    np.testing.assert_allclose(ops.binary_crossentropy([1.0, 1.0], x, True), [200.0, 0.0])
    np.testing.assert_allclose(ops.binary_crossentropy([0.0, 0.0], x, True), [0.0, 200.0])
    np.testing.assert_allclose(ops.categorical_crossentropy([[1.0, 0.0]], x[None], True), [400.0])


@pytest.mark.parametrize("name", ["sigmoid", "softmax"])
def test_cross_entropies_look_behind_activations(name):
    def loss(x):
        y = getattr(gd.activations, name)(x)
        function = ops.binary_crossentropy if name == "sigmoid" else ops.categorical_crossentropy
        return function(np.array([[1.0, 0.0]], "float32"), y)

    x = np.array([[-100.0, 100.0]], "float32")
    # From probabilities the logarithm would stop at 1e-7, which is 16.
    assert np.max(in_graph(loss, x)) >= 99


def test_max_of_nothing_needs_an_initial_value():
    empty = np.zeros((2, 0), "float32")
    np.testing.assert_array_equal(ops.max(empty, 1, initial=3.0), [3.0, 3.0])
    with pytest.raises(ValueError, match="max: expected something to choose from"):
        ops.max(empty, 1)
