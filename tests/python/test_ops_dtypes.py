"""Which dtype meets which, and what answers integers, floats and truth values."""

import numpy as np
import pytest

import genodl as gd
from genodl import ops


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([1], [2], "int32"),
        ([1], [2.0], "float32"),
        (np.ones(1, "int64"), [1], "int64"),
        (np.ones(1, "int64"), np.ones(1, "float32"), "float32"),
        (np.ones(1, "float64"), [1.0], "float64"),
        (np.ones(1, "uint8"), [1], "int32"),
        ([True], [1], "int32"),
        ([1.0], 2, "float32"),
        ([1], 2.5, "float32"),
        (np.ones(1, "uint8"), 2, "uint8"),
        (np.ones(1, "uint8"), -2, "int32"),
        ([True], 2, "int32"),
        ([1], 2**40, "int64"),
        ([1.0], np.float64(2.5), "float32"),
        ([1.0], np.sqrt(2), "float32"),
        (np.ones(1, "float64"), np.float32(2.5), "float64"),
        ([1], np.int64(3), "int32"),
        (2, 3, "int32"),
        (2, 3.0, "float32"),
        (np.ones(1, "float16"), [1], "float32"),
    ],
)
def test_sums_have_the_dtype_of_keras(a, b, expected):
    for x, y in ((a, b), (b, a)):
        assert ops.add(x, y).dtype == expected


@pytest.mark.parametrize("number", [2, 2.5, np.float64(2.5), True])
def test_numbers_take_the_dtype_of_live_and_outline_tensors(number):
    x = gd.KerasTensor((None, 3), "float32")
    for made in (x * number, number * x, x - number, number / x, x**number, ops.maximum(number, x)):
        assert made.dtype == "float32"
        assert made.shape == (None, 3)


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("sum", "bool", "int32"),
        ("sum", "uint8", "int32"),
        ("sum", "int64", "int64"),
        ("prod", "bool", "int32"),
        ("cumsum", "bool", "int32"),
        ("mean", "int32", "float32"),
        ("var", "int32", "float32"),
        ("std", "bool", "float32"),
        ("max", "bool", "bool"),
        ("min", "int32", "int32"),
        ("argmax", "int64", "int32"),
        ("argmin", "bool", "int32"),
        ("argsort", "float64", "int32"),
        ("any", "float32", "bool"),
        ("count_nonzero", "float32", "int32"),
        ("exp", "int32", "float32"),
        ("sqrt", "bool", "float32"),
        ("floor", "int32", "float32"),
        ("round", "int32", "int32"),
        ("square", "bool", "int32"),
        ("relu", "int32", "int32"),
        ("absolute", "bool", "bool"),
        ("softmax", "int32", "float32"),
        ("logsumexp", "int32", "float32"),
        ("sort", "bool", "bool"),
        ("isnan", "int32", "bool"),
    ],
)
def test_integers_and_truth_values(name, given, expected):
    x = np.array([[0, 1, 1], [1, 0, 1]], given)
    found = getattr(ops, name)(x)
    assert found.dtype == expected
    outline = getattr(ops, name)(gd.KerasTensor((None, 3), given))
    assert outline.dtype == expected


def test_division_of_integers_gives_float32():
    np.testing.assert_array_equal(ops.divide([1, 3], [2, 2]), np.array([0.5, 1.5], "float32"))
    assert ops.divide([1, 3], 2).dtype == "float32"
    np.testing.assert_array_equal(ops.floor_divide([-3, 3], 2), np.array([-2, 1]))
    np.testing.assert_array_equal(ops.mod([-3, 3], 2), np.array([1, 1]))


def test_arithmetic_of_truth_values_is_logic():
    a, b = np.array([True, True, False]), np.array([True, False, False])
    np.testing.assert_array_equal(ops.add(a, b), a | b)
    np.testing.assert_array_equal(ops.multiply(a, b), a & b)
    np.testing.assert_array_equal(ops.maximum(a, b), a | b)
    np.testing.assert_array_equal(ops.subtract(a, b), [0, 1, 0])


def test_cast_to_bool_asks_for_zero():
    found = ops.cast([0.0, 0.2, -3.0], "bool")
    assert found.dtype == "bool"
    assert found.tolist() == [False, True, True]


def test_products_of_integers_are_exact():
    a = np.array([[2**25 + 1, 3]], "int32")
    np.testing.assert_array_equal(ops.matmul(a, [[1], [0]]), [[2**25 + 1]])
    assert ops.einsum("ij,kj->ik", a, a[:, ::-1].copy()).dtype == "int32"


@pytest.mark.parametrize("dtype", ["float16", "complex64", "int8", "nonsense"])
def test_dtypes_that_the_engine_lacks_are_refused(dtype):
    with pytest.raises(TypeError):
        ops.cast([1.0], dtype)


def test_variables_are_read_and_never_shared():
    v = gd.Variable([1.0, 2.0])
    copies = [ops.convert_to_tensor(v), ops.convert_to_numpy(v), ops.copy(v), ops.reshape(v, (2, 1)), ops.clip(v, 0, 9)]
    v.assign([5.0, 6.0])
    for c in copies:
        np.testing.assert_array_equal(np.ravel(c), [1.0, 2.0])
    np.testing.assert_array_equal(ops.add(v, 1), [6.0, 7.0])
    np.testing.assert_array_equal(v * 2 - 1, [9.0, 11.0])


def test_creation_has_keras_defaults():
    assert ops.zeros((2, 3)).dtype == ops.ones(4).dtype == ops.eye(3).dtype == ops.tri(3).dtype == "float32"
    assert ops.arange(3).dtype == "int32"
    assert ops.arange(0.0, 1.0, 0.25).dtype == "float32"
    assert ops.arange(3, dtype="float32").tolist() == [0.0, 1.0, 2.0]
    assert ops.full((2,), 3).dtype == "int32"
    assert ops.full((2,), 3, dtype="bool").tolist() == [True, True]
    assert ops.linspace(0, 1, 5).tolist() == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert ops.array([1.5]).dtype == "float32"
    assert ops.convert_to_tensor(np.ones(2)).dtype == "float64"
    assert ops.identity(2).tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_shape_and_kin():
    x = gd.KerasTensor((None, 3), "int32")
    assert ops.shape(x) == (None, 3)
    assert ops.ndim(x) == 2
    assert ops.size(x) is None
    assert ops.size([[1, 2]]) == 2
    assert ops.dtype(x) == "int32"
    assert ops.dtype([1.0]) == "float32"
    assert ops.is_tensor(x)
    assert not ops.is_tensor([1])
