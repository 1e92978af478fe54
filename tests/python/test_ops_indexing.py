"""``tensor[...]`` against NumPy, and indices that do not exist."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import genodl as gd
from genodl import ops
from gradcheck import check_gradients, in_graph

X = np.arange(4 * 5 * 6, dtype="float32").reshape(4, 5, 6)

KEYS = [
    (0,),
    (-1, slice(None), 2),
    (slice(1, 3),),
    (slice(None, None, -1), slice(4, 0, -2)),
    (Ellipsis, 0),
    (None, 1, Ellipsis, None),
    (slice(3, 1),),
    (slice(10, 20),),
    ([0, 2],),
    (slice(None), [0, 2]),
    (slice(None), [[0, -1], [2, 1]]),
    ([0, 2], [1, 1]),
    ([0, 2], slice(None), [1, -1]),
    (slice(1, None), [0, 2], [1, -1]),
    (0, [0, 2]),
    ([0, 2], 1),
    (None, [0, 2]),
    (Ellipsis, [[0], [1]], [2, 3]),
    ([[0], [1]], [2, 3], 1),
]


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_keys_mean_what_they_mean_in_numpy(key):
    expected = X[tuple(np.array(k) if isinstance(k, list) else k for k in key)]
    np.testing.assert_array_equal(ops.get_item(X, key), expected)
    np.testing.assert_array_equal(in_graph(lambda x: x[key], X), expected)
    assert gd.KerasTensor(X.shape)[key].shape == expected.shape


@pytest.mark.parametrize("key", [k for k in KEYS if ops.get_item(X, k).size], ids=str)
def test_keys_have_gradients(key):
    check_gradients(lambda x: x[key], X / 100)


entries = st.one_of(
    st.integers(-4, 3),
    st.builds(slice, *[st.one_of(st.none(), st.integers(-6, 6))] * 2, st.sampled_from([None, 1, 2, -1, -3])),
    st.none(),
    st.lists(st.integers(-4, 3), min_size=1, max_size=3),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(entries, max_size=4), st.integers(0, 4), st.booleans())
def test_any_key_means_what_it_means_in_numpy(parts, at, dots):
    if dots:
        parts.insert(min(at, len(parts)), Ellipsis)
    key = tuple(parts)
    try:
        expected = X[tuple(np.array(k) if isinstance(k, list) else k for k in key)]
    except IndexError:
        with pytest.raises((IndexError, ValueError)):
            in_graph(lambda x: x[key], X)
        return
    np.testing.assert_array_equal(in_graph(lambda x: x[key], X), expected)


def test_symbolic_indices():
    at = np.array([2, 0, 2], "int32")
    np.testing.assert_array_equal(in_graph(lambda x, i: x[i], X, at), X[at])
    np.testing.assert_array_equal(in_graph(lambda x, i: x[:, i, i + 1], X, at), X[:, at, at + 1])
    np.testing.assert_array_equal(in_graph(lambda i: ops.take(X, i, 1), at), X[:, at])


def test_masks_pick_from_arrays_and_are_refused_in_models():
    np.testing.assert_array_equal(ops.get_item(X, X > 100), X[X > 100])
    with pytest.raises(ValueError, match="integer indices"):
        gd.KerasTensor(X.shape)[X > 100]


def test_an_index_that_does_not_exist():
    with pytest.raises(IndexError, match=r"from -4 to 3 on axis 0, got 4"):
        gd.KerasTensor(X.shape)[4]
    with pytest.raises(ValueError, match=r"from -5 to 4, got 7"):
        ops.take(X, [7], axis=1)
    with pytest.raises(IndexError):
        gd.KerasTensor(X.shape)[0, 0, 0, 0]


def test_unknown_sizes_stay_unknown():
    x = gd.KerasTensor((None, 5, 6))
    assert x[:, 0].shape == (None, 6)
    assert x[:, :, None].shape == (None, 5, 1, 6)
    assert x[:, ::2].shape == (None, 3, 6)
    assert x[:, [1, 2, 3]].shape == (None, 3, 6)
    assert x[0].shape == (5, 6)


def test_iteration_and_length():
    x = gd.KerasTensor((2, 3))
    assert len(x) == 2
    assert [row.shape for row in x] == [(3,), (3,)]
    with pytest.raises(TypeError):
        len(gd.KerasTensor((None, 3)))
