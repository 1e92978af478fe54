"""Learning rate schedules against their formulas in plain Python."""

import json
import math

import numpy as np
import pytest

import genodl as gd
from genodl import _core, _trace
from genodl.optimizers import schedules


def exponential(step, staircase=False):
    p = step / 7
    return 0.3 * 0.5 ** (math.floor(p) if staircase else p)


def polynomial(step, cycle=False):
    span = 10 * max(1, math.ceil(step / 10)) if cycle else 10
    return (0.3 - 0.01) * (1 - min(step, span) / span) ** 2 + 0.01


def inverse(step):
    return 0.3 / (1 + 0.5 * math.floor(step / 4))


def cosine(step, start=0.3, length=20, alpha=0.1):
    done = min(step, length) / length
    return start * ((1 - alpha) * 0.5 * (1 + math.cos(math.pi * done)) + alpha)


def warm_cosine(step):
    return 0.1 + (0.5 - 0.1) * step / 5 if step < 5 else cosine(step - 5, start=0.5, alpha=0.0)


def restarts(step, t_mul=2, m_mul=0.5):
    length, height = 4, 1.0
    while step >= length:
        step, length, height = step - length, length * t_mul, height * m_mul
    return 0.3 * (0.9 * 0.5 * height * (1 + math.cos(math.pi * step / length)) + 0.1)


def noam(step):
    return 2 * 64**-0.5 * min((step + 1) ** -0.5, (step + 1) * 6**-1.5)


def one_cycle(step, linear=False):
    step = min(step, 20)
    a, b, share = (0.05, 0.5, step / 5) if step < 5 else (0.5, 0.005, (step - 5) / 15)
    return a + (b - a) * (share if linear else 0.5 * (1 - math.cos(math.pi * share)))


CASES = {
    "exponential": (schedules.ExponentialDecay(0.3, 7, 0.5), exponential),
    "staircase": (schedules.ExponentialDecay(0.3, 7, 0.5, staircase=True), lambda s: exponential(s, True)),
    "piecewise": (
        schedules.PiecewiseConstantDecay([3, 9], [0.5, 0.25, 0.125]),
        lambda s: 0.5 if s <= 3 else 0.25 if s <= 9 else 0.125,
    ),
    "polynomial": (schedules.PolynomialDecay(0.3, 10, 0.01, power=2.0), polynomial),
    "polynomial cycles": (
        schedules.PolynomialDecay(0.3, 10, 0.01, power=2.0, cycle=True),
        lambda s: polynomial(s, True),
    ),
    "inverse time": (schedules.InverseTimeDecay(0.3, 4, 0.5, staircase=True), inverse),
    "cosine": (schedules.CosineDecay(0.3, 20, alpha=0.1), cosine),
    "warm cosine": (schedules.CosineDecay(0.1, 20, warmup_target=0.5, warmup_steps=5), warm_cosine),
    "restarts": (schedules.CosineDecayRestarts(0.3, 4, m_mul=0.5, alpha=0.1), restarts),
    "equal restarts": (
        schedules.CosineDecayRestarts(0.3, 4, t_mul=1.0, alpha=0.1),
        lambda s: restarts(s, t_mul=1, m_mul=1.0),
    ),
    "noam": (schedules.NoamDecay(64, 6, scale=2.0), noam),
    "one cycle": (schedules.OneCycle(0.5, 20, warmup_fraction=0.25, start_factor=10, end_factor=10), one_cycle),
    "one linear cycle": (
        schedules.OneCycle(0.5, 20, warmup_fraction=0.25, start_factor=10, end_factor=10, anneal="linear"),
        lambda s: one_cycle(s, linear=True),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_formula(name):
    schedule, formula = CASES[name]
    for step in [*range(70), 124, 1000]:
        for given in (step, gd.Variable(step, dtype="int32"), np.float32(step)):
            # Ten roundings of float32.
            assert float(schedule(given)) == pytest.approx(formula(step), rel=2e-6, abs=5e-7), step
        assert np.asarray(schedule(step)).dtype == np.float32


@pytest.mark.parametrize("name", CASES)
def test_inside_a_plan(name):
    schedule, formula = CASES[name]
    place = _core.placeholder((), "int32", "step")
    with _trace.Trace():
        rate = schedule(_trace.live_tensor(place))
    session = _core.Session(_core.Plan([place], [rate._value], []))
    for step in (0, 1, 4, 5, 13, 28):
        (found,) = session.run([np.asarray(step, "int32")], 0)
        assert float(found) == pytest.approx(formula(step), rel=2e-6, abs=5e-7), step


@pytest.mark.parametrize("name", CASES)
def test_config_round_trip(name):
    schedule, formula = CASES[name]
    revived = schedules.deserialize(json.loads(json.dumps(schedules.serialize(schedule))))
    assert type(revived) is type(schedule)
    assert revived.get_config() == schedule.get_config()
    assert float(revived(6)) == float(schedule(6))
    optimizer = gd.optimizers.SGD(schedule)
    again = gd.optimizers.SGD.from_config(optimizer.get_config())
    assert float(again.learning_rate) == float(schedule(0))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: schedules.ExponentialDecay(0.1, 0, 0.5), "expected decay_steps above 0, got 0"),
        (lambda: schedules.PiecewiseConstantDecay([1], [0.1]), "one more value than boundaries, got 1 values and 1"),
        (lambda: schedules.CosineDecayRestarts(0.1, -1), "expected first_decay_steps above 0, got -1"),
        (lambda: schedules.OneCycle(0.1, 10, warmup_fraction=1.5), "warmup_fraction between 0 and 1, got 1.5"),
        (lambda: schedules.OneCycle(0.1, 10, anneal="sine"), "'cosine' or 'linear', got 'sine'"),
        (lambda: schedules.get(3), "expected a config or a LearningRateSchedule, got 3"),
    ],
)
def test_bad_arguments(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_base_class_asks_for_its_methods():
    with pytest.raises(NotImplementedError, match=r"__call__\(step\) is missing"):
        schedules.LearningRateSchedule()(0)
