"""One-hot rows and norms of ``gd.utils``."""

import numpy as np
import pytest

import genodl as gd
from gradcheck import in_graph


@pytest.mark.parametrize("shape", [(4,), (2, 3), (5, 1), (2, 3, 1)])
def test_one_hot_rows(shape):
    labels = np.random.default_rng(1).integers(0, 5, shape)
    found = gd.utils.to_categorical(labels, 5)
    rows = shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape
    assert found.shape == (*rows, 5)
    assert (found.sum(-1) == 1).all()
    np.testing.assert_array_equal(found.argmax(-1), labels.reshape(rows))
    np.testing.assert_array_equal(in_graph(lambda x: gd.utils.to_categorical(x, 5), labels.astype("int32")), found)


def test_classes_are_counted_where_nobody_says():
    assert gd.utils.to_categorical([0, 2, 5]).shape == (3, 6)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_norms_are_one_and_zeros_stay(order):
    x = np.array([[3.0, -4.0], [0.0, 0.0]])
    found = gd.utils.normalize(x, order=order)
    np.testing.assert_allclose(np.linalg.norm(found[0], order), 1)
    assert not found[1].any()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: gd.utils.to_categorical([0, 3], 3), "to_categorical: expected classes from 0 to 2, got 3"),
        (lambda: gd.utils.to_categorical([-1], 3), "to_categorical: expected classes from 0 to 2, got -1"),
        (lambda: gd.utils.to_categorical([]), "to_categorical: expected num_classes for an empty array, got none"),
    ],
)
def test_words_of_errors(make, words):
    with pytest.raises(ValueError, match=words):
        make()
