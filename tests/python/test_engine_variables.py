"""Variables that are read and written in one step: every reader sees the value of before."""

import numpy as np
import pytest

import genodl as gd
from genodl import _core, _trace, ops

A = np.arange(12, dtype="float32").reshape(3, 4)
B = -2 * A + 1


def step(body, *variables, fetch=False):
    """A function that runs one compiled step of ``body(*variables)``; it returns what body returned."""
    with _trace.Trace() as trace:
        results = body(*variables)
        updates = [(v._handle, t._value) for v, t in trace.updates()]
    fetched = [r._value for r in (results if isinstance(results, (list, tuple)) else [results])] if fetch else []
    session = _core.Session(_core.Plan([], fetched, updates))
    return lambda number=0: session.run([], number)


def pair():
    return gd.Variable(A), gd.Variable(B)


def test_swap():
    a, b = pair()

    def swap(a, b):
        old_a, old_b = a.value, b.value
        a.assign(old_b)
        b.assign(old_a)

    run = step(swap, a, b)
    run()
    np.testing.assert_array_equal(a.numpy(), B)
    np.testing.assert_array_equal(b.numpy(), A)
    run()
    np.testing.assert_array_equal(a.numpy(), A)


def test_rotation_of_three_with_arithmetic():
    variables = [gd.Variable(A + i) for i in range(3)]

    def rotate(*v):
        old = [x.value for x in v]
        for i in range(3):
            v[i].assign(old[(i + 1) % 3] * 2.0 + 1.0)

    run = step(rotate, *variables)
    wanted = [A + i for i in range(3)]
    for _ in range(3):
        run()
        wanted = [wanted[(i + 1) % 3] * 2 + 1 for i in range(3)]
        for v, w in zip(variables, wanted, strict=True):
            np.testing.assert_array_equal(v.numpy(), w)


def test_chained_assignments_read_the_new_value():
    a, b = pair()

    def chain(a, b):
        a.assign(a + 1.0)
        b.assign(a * 2.0)
        a.assign(b - a)

    step(chain, a, b)()
    np.testing.assert_array_equal(b.numpy(), (A + 1) * 2)
    np.testing.assert_array_equal(a.numpy(), (A + 1) * 2 - (A + 1))


def test_a_variable_with_many_readers():
    a, b = pair()

    def body(a, b):
        old = a.value
        rows, product, flipped = ops.sum(old, 0), ops.matmul(old, ops.transpose(b.value)), ops.flip(old, 0)
        a.assign_add(1.0)
        b.assign(b - old)
        return [rows, product, flipped, old * 3.0, a.value]

    found = step(body, a, b, fetch=True)()
    for f, w in zip(found, [A.sum(0), A @ B.T, A[::-1], A * 3, A + 1], strict=True):
        np.testing.assert_allclose(f, w, rtol=1e-6)
    np.testing.assert_array_equal(a.numpy(), A + 1)
    np.testing.assert_array_equal(b.numpy(), B - A)


OVER_ITSELF = {
    "transpose": (lambda x: ops.reshape(ops.transpose(x), (3, 4)), lambda x: x.T.reshape(3, 4)),
    "flip": (lambda x: ops.flip(x, 0), lambda x: x[::-1]),
    "roll": (lambda x: ops.roll(x, 1, 0), lambda x: np.roll(x, 1, 0)),
    "center": (lambda x: x - ops.mean(x, 0, keepdims=True), lambda x: x - x.mean(0, keepdims=True)),
    "first-row": (lambda x: x + x[:1], lambda x: x + x[:1]),
    "cumsum": (lambda x: ops.cumsum(x, 1), lambda x: np.cumsum(x, 1)),
    "softmax": (lambda x: ops.softmax(x * 0.1), lambda x: np.exp(0.1 * x) / np.exp(0.1 * x).sum(-1, keepdims=True)),
    "same": (lambda x: x * 1.0, lambda x: x),
    "constant": (lambda x: ops.zeros((3, 4)), lambda x: 0 * x),
    "product": (lambda x: ops.matmul(x, ops.eye(4) * 2.0), lambda x: 2 * x),
    "itself": (lambda x: x, lambda x: x),
}


@pytest.mark.parametrize("name", OVER_ITSELF)
def test_a_variable_made_from_itself(name):
    function, reference = OVER_ITSELF[name]
    a = gd.Variable(A)
    run = step(lambda a: a.assign(function(a.value)), a)
    wanted = A
    for _ in range(3):
        run()
        wanted = reference(wanted)
        np.testing.assert_allclose(a.numpy(), wanted, rtol=1e-5, atol=1e-5)


def test_two_variables_of_one_value_and_views_of_others():
    a, b = pair()
    c = gd.Variable(np.zeros(12, "float32"))

    def body(a, b, c):
        total = a + b
        c.assign(ops.reshape(a.value, (-1,)))
        a.assign(total)
        b.assign(total)

    step(body, a, b, c)()
    np.testing.assert_array_equal(a.numpy(), A + B)
    np.testing.assert_array_equal(b.numpy(), A + B)
    np.testing.assert_array_equal(c.numpy(), A.ravel())


def test_old_value_fetched_while_updated():
    a = gd.Variable(A)

    def body(a):
        old = a.value
        a.assign(old * 0.5)
        return old

    run = step(body, a, fetch=True)
    for k in range(3):
        [old] = run()
        np.testing.assert_array_equal(old, A * 0.5**k)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "int64", "uint8", "bool"])
def test_assignment_keeps_every_dtype(dtype):
    values = np.array([[0, 1, 3], [200, 7, 1]]).astype(dtype)
    a, b = gd.Variable(values, dtype=dtype), gd.Variable(values[::-1].copy(), dtype=dtype)

    def swap(a, b):
        old = a.value
        a.assign(b.value)
        b.assign(old)

    step(swap, a, b)()
    assert a.dtype == dtype
    np.testing.assert_array_equal(a.numpy(), values[::-1])
    np.testing.assert_array_equal(b.numpy(), values)


def test_large_integers_survive():
    big = np.array([2**53 + 1, -(2**62) - 1, 2**31], "int64")
    a = gd.Variable(big, dtype="int64")
    b = gd.Variable(np.zeros(3), dtype="int64")
    step(lambda a, b: b.assign(a.value), a, b)()
    np.testing.assert_array_equal(b.numpy(), big)


def random_step(seed):
    """Assignments between four variables, and the same in NumPy."""
    rng = np.random.default_rng(seed)
    start = [rng.uniform(-1, 1, (4, 5)).astype("float32") for _ in range(4)]
    moves = [
        lambda x, y: (x + y) * 0.5,
        lambda x, y: x * 0.9,
        lambda x, y: y[::-1],
        lambda x, y: np.maximum(x, y) if isinstance(x, np.ndarray) else ops.maximum(x, y),
        lambda x, y: x - y.mean(0) if isinstance(x, np.ndarray) else x - ops.mean(y, 0),
        lambda x, y: y,
    ]
    plan = [(int(rng.integers(4)), int(rng.integers(4)), int(rng.integers(4)), int(rng.integers(len(moves))))
            for _ in range(8)]

    def run(read, write):
        for target, x, y, move in plan:
            write(target, moves[move](read(x), read(y)))

    return start, run


@pytest.mark.parametrize("seed", range(60))
def test_random_assignments(seed):
    start, program = random_step(seed)
    variables = [gd.Variable(x) for x in start]
    run = step(lambda *v: program(lambda i: v[i].value, lambda i, x: v[i].assign(x)), *variables)
    wanted = [x.copy() for x in start]
    for _ in range(3):
        run()
        program(lambda i: wanted[i], wanted.__setitem__)
        for v, w in zip(variables, wanted, strict=True):
            np.testing.assert_allclose(v.numpy(), w, rtol=1e-5, atol=1e-6)
