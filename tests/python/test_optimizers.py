"""Optimizers against their papers' rules in float64, at once and inside a compiled step."""

import inspect
import json

import numpy as np
import pytest

import genodl as gd
from genodl import _core, _trace, optimizers
from optimizer_rules import CASES

RATE = 0.05
SHAPES = [(3, 4), (5,), (2, 3, 2)]
NAMES = ["SGD", "RMSprop", "Adam", "AdamW", "Adamax", "Nadam", "Adagrad", "Adadelta", "Adafactor", "Ftrl"]
NAMES += ["Lion", "Lamb"]


def variables(seed=0):
    rng = np.random.default_rng(seed)
    return [gd.Variable(rng.normal(size=s).astype("float32"), name=f"v{i}") for i, s in enumerate(SHAPES)]


def gradients(step):
    rng = np.random.default_rng(100 + step)
    return [rng.normal(size=s).astype("float32") for s in SHAPES]


class Compiled:
    """``optimizer.apply`` as a plan, as in training."""

    def __init__(self, optimizer, targets):
        if not optimizer.built:
            optimizer.build(targets)
        places = [_core.placeholder(v.shape, "float32", "gradient") for v in targets]
        with _trace.Trace(training=True) as trace:
            optimizer.apply([_trace.live_tensor(p) for p in places], targets)
            updates = [(v._handle, t._value) for v, t in trace.updates()]
        self._session = _core.Session(_core.Plan(places, [], updates))
        self._step = 0

    def apply(self, grads):
        self._step += 1
        self._session.run(list(grads), self._step)


@pytest.mark.parametrize("compiled", [False, True], ids=["at once", "compiled"])
@pytest.mark.parametrize(("name", "rule", "options"), CASES)
def test_rule(name, rule, options, compiled):
    targets = variables()
    optimizer = getattr(optimizers, name)(RATE, **options)
    expected = [v.numpy().astype("float64") for v in targets]
    states = [{} for _ in targets]
    step = Compiled(optimizer, targets) if compiled else None
    for t in range(1, 7):
        grads = gradients(t)
        step.apply(grads) if compiled else optimizer.apply_gradients(zip(grads, targets, strict=True))
        expected = [
            rule(w, g.astype("float64"), s, t, RATE, **options)
            for w, g, s in zip(expected, grads, states, strict=True)
        ]
        for v, w in zip(targets, expected, strict=True):
            # float32 in each step; 1 - beta ** t alone loses four digits at t = 1 where beta is 0.999.
            np.testing.assert_allclose(v.numpy(), w, rtol=1e-4, atol=2e-5)
    assert int(optimizer.iterations) == 6


@pytest.mark.parametrize(
    "options",
    [
        {"clipnorm": 0.5},
        {"clipvalue": 0.3},
        {"global_clipnorm": 0.7},
        {"weight_decay": 0.2},
        {"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 2},
        {"gradient_accumulation_steps": 2},
        {"gradient_accumulation_steps": 3, "use_ema": True, "ema_momentum": 0.5, "weight_decay": 0.1, "clipnorm": 1.0},
        {"loss_scale_factor": 8.0},
        {"learning_rate": optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)},
    ],
    ids=lambda o: "+".join(o),
)
@pytest.mark.parametrize("name", ["SGD", "Adam", "Nadam"])
def test_options_are_the_same_at_once_and_compiled(name, options):
    options = {"learning_rate": RATE, **options}
    at_once, compiled = variables(), variables()
    first, second = (getattr(optimizers, name)(**options) for _ in range(2))
    step = Compiled(second, compiled)
    for t in range(6):
        first.apply_gradients(zip(gradients(t), at_once, strict=True))
        step.apply(gradients(t))
        for a, b in zip([*at_once, *first.variables], [*compiled, *second.variables], strict=True):
            # Fused loops may contract a product and a sum: some units in the last place.
            np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=2e-5, atol=1e-6, err_msg=a.path)


def test_clipping():
    g = [np.array([3.0, 4.0], "float32"), np.array([12.0], "float32")]

    def step(**options):
        w = [gd.Variable([0.0, 0.0]), gd.Variable([0.0])]
        optimizers.SGD(1.0, **options).apply_gradients(zip(g, w, strict=True))
        return [-v.numpy() for v in w]

    np.testing.assert_allclose(step(clipnorm=1.0)[0], [0.6, 0.8], rtol=1e-6)
    np.testing.assert_allclose(step(clipnorm=1.0)[1], [1.0], rtol=1e-6)
    np.testing.assert_allclose(step(clipnorm=100.0)[0], [3, 4], rtol=1e-6)
    np.testing.assert_allclose(step(clipvalue=3.5)[0], [3, 3.5])
    # The common norm is 13.
    np.testing.assert_allclose(np.concatenate(step(global_clipnorm=1.3)), [0.3, 0.4, 1.2], rtol=1e-6)


def test_infinite_gradients_do_not_hide_behind_global_clipping():
    w = [gd.Variable([1.0]), gd.Variable([1.0])]
    optimizers.SGD(1.0, global_clipnorm=1.0).apply_gradients(
        zip([np.array([np.inf]), np.array([1.0])], w, strict=True)
    )
    assert np.isnan(w[1].numpy()[0])


def test_zero_gradients_are_not_divided():
    w = gd.Variable([1.0, 2.0])
    for options in ({"clipnorm": 1.0}, {"global_clipnorm": 1.0}):
        optimizers.SGD(1.0, **options).apply_gradients([(np.zeros(2), w)])
    optimizers.Lamb(1.0).apply_gradients([(np.zeros(2), w)])
    np.testing.assert_array_equal(w.numpy(), [1, 2])


def test_weight_decay_can_be_left_out():
    def stepped(name, **exclusions):
        w = gd.Variable([2.0], name=name)
        optimizer = optimizers.SGD(1.0, weight_decay=0.25)
        optimizer.exclude_from_weight_decay(**{k: f(w) for k, f in exclusions.items()})
        optimizer.apply_gradients([(np.zeros(1), w)])
        return float(w.numpy()[0])

    assert stepped("kernel") == 1.5
    assert stepped("bias", var_names=lambda w: ["bias"]) == 2.0
    assert stepped("kernel", var_names=lambda w: ["bias"]) == 1.5
    assert stepped("kernel", var_list=lambda w: [w]) == 2.0


def test_moving_average():
    w = gd.Variable([1.0])
    optimizer = optimizers.SGD(1.0, use_ema=True, ema_momentum=0.75)
    for _ in range(2):
        optimizer.apply_gradients([(np.ones(1), w)])
    assert float(w.numpy()[0]) == -1.0
    optimizer.finalize_variable_values([w])
    # The average starts at 0, the value after the first step.
    assert float(w.numpy()[0]) == -0.25


def test_accumulation_is_the_mean_of_gradients():
    targets, reference = variables(), variables()
    optimizer = optimizers.Adam(RATE, gradient_accumulation_steps=3)
    plain = optimizers.Adam(RATE)
    for step in range(3):
        parts = [gradients(10 * step + i) for i in range(3)]
        for i, part in enumerate(parts):
            before = [v.numpy() for v in targets]
            optimizer.apply_gradients(zip(part, targets, strict=True))
            if i < 2:
                assert all((v.numpy() == b).all() for v, b in zip(targets, before, strict=True))
        plain.apply_gradients(zip([sum(g) / 3 for g in zip(*parts, strict=True)], reference, strict=True))
        for a, b in zip(targets, reference, strict=True):
            np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-5, atol=1e-6)
    assert int(optimizer.iterations) == 3


def test_constraints_hold_after_the_step():
    w = gd.Variable([0.5, 0.5])
    w.constraint = gd.constraints.NonNeg()
    optimizers.SGD(1.0).apply_gradients([(np.array([1.0, -1.0]), w)])
    np.testing.assert_array_equal(w.numpy(), [0.0, 1.5])


def test_learning_rate_can_change():
    w = gd.Variable([0.0])
    optimizer = optimizers.SGD(0.5)
    key = optimizer.trace_key
    step = Compiled(optimizer, [w])
    optimizer.learning_rate = 0.25
    assert optimizer.trace_key == key  # a number needs no new plan
    step.apply([np.ones(1, "float32")])
    assert float(w.numpy()[0]) == -0.25
    optimizer.learning_rate = optimizers.schedules.InverseTimeDecay(1.0, 1, 1.0)
    assert optimizer.trace_key != key
    assert len(optimizer.variables) == 1
    optimizer.apply_gradients([(np.ones(1), w)])
    assert float(w.numpy()[0]) == -0.75
    with pytest.raises(TypeError, match="follows a schedule and cannot be set to a number"):
        optimizer.learning_rate = 0.1
    assert float(optimizers.SGD(lambda: 0.125).learning_rate) == 0.125


def test_missing_gradients():
    a, b = gd.Variable([1.0], name="a"), gd.Variable([1.0], name="b")
    with pytest.warns(UserWarning, match="no gradient for a; they stay as they are"):
        optimizers.SGD(1.0).apply_gradients([(None, a), (np.ones(1), b)])
    assert (float(a.numpy()[0]), float(b.numpy()[0])) == (1.0, 0.0)
    with pytest.raises(ValueError, match="no gradient for any variable"):
        optimizers.SGD(1.0).apply_gradients([(None, a)])


@pytest.mark.parametrize("name", NAMES)
def test_config_and_state_round_trip(name):
    options = {"weight_decay": 0.01, "global_clipnorm": 2.0, "use_ema": True}
    first = getattr(optimizers, name)(0.25, **options)
    config = json.loads(json.dumps(optimizers.serialize(first)))
    second = optimizers.deserialize(config)
    assert type(second) is type(first)
    assert second.get_config() == first.get_config()
    one, two = variables(), variables()
    first.apply_gradients(zip(gradients(0), one, strict=True))
    second.build(two)
    second.set_weights(first.get_weights())
    for v, w in zip(two, one, strict=True):
        v.assign(w.numpy())
    for optimizer, targets in ((first, one), (second, two)):
        optimizer.apply_gradients(zip(gradients(1), targets, strict=True))
    assert all((a.numpy() == b.numpy()).all() for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_arguments_are_kerass(name):
    shared = [
        "clipnorm", "clipvalue", "global_clipnorm", "use_ema", "ema_momentum", "ema_overwrite_frequency",
        "loss_scale_factor", "gradient_accumulation_steps", "name",
    ]  # fmt: skip
    arguments = list(inspect.signature(getattr(optimizers, name)).parameters)
    assert arguments[0] == "learning_rate"
    assert arguments[-9:] == shared
    assert arguments.count("weight_decay") == 1


def test_positional_arguments():
    optimizer = optimizers.SGD(0.1, 0.5, True, 0.2, None, 0.3)
    assert (optimizer.momentum, optimizer.nesterov) == (0.5, True)
    assert (optimizer.weight_decay, optimizer.clipvalue) == (0.2, 0.3)
    assert optimizers.AdamW(0.1, 0.2, 0.3).beta_1 == 0.3


def test_get():
    assert isinstance(optimizers.get("sgd"), optimizers.SGD)
    assert isinstance(optimizers.get("adam_w"), optimizers.AdamW)
    assert isinstance(optimizers.get("RMSprop"), optimizers.RMSprop)
    assert optimizers.get(None) is None
    made = optimizers.get({"class_name": "adam", "config": {"learning_rate": 0.5}})
    assert float(made.learning_rate) == 0.5
    with pytest.raises(ValueError, match=r"got 'adma'\. Did you mean 'adam"):
        optimizers.get("adma")
    with pytest.raises(ValueError, match="expected a name, a config or an Optimizer, got 3"):
        optimizers.get(3)


def test_custom_rule_keeps_state():
    class Heavy(optimizers.Optimizer):
        def build(self, variables):
            super().build(variables)
            self.speeds = [self.add_variable_from_reference(v, name="speed") for v in variables]

        def update_step(self, gradient, variable, learning_rate):
            speed = self.speeds[self._get_variable_index(variable)]
            self.assign(speed, speed * 0.5 + gradient)
            self.assign_sub(variable, learning_rate * speed)

    for compiled in (False, True):
        w = gd.Variable([0.0])
        optimizer = Heavy(1.0)
        step = Compiled(optimizer, [w]) if compiled else None
        for _ in range(2):
            step.apply([np.ones(1, "float32")]) if compiled else optimizer.apply_gradients([(np.ones(1), w)])
        assert float(w.numpy()[0]) == -2.5
        assert len(optimizer.variables) == 3


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: optimizers.SGD("fast"), "SGD: expected learning_rate to be a number"),
        (lambda: optimizers.SGD(0.1, momentum=1.5), "SGD: expected momentum between 0 and 1, got 1.5"),
        (lambda: optimizers.Adam(0.1, clipnorm=1, clipvalue=1), "at most one of clipnorm"),
        (lambda: optimizers.Adam(0.1, gradient_accumulation_steps=1), "gradient_accumulation_steps of 2 or more"),
        (lambda: optimizers.Adam(0.1, use_ema=True, ema_momentum=2), "ema_momentum between 0 and 1, got 2"),
        (lambda: optimizers.Adam(0.1, use_ema=True, ema_overwrite_frequency=0.5), "a positive int or None, got 0.5"),
        (lambda: optimizers.Adam(0.1, speed=3), r"Adam: unknown argument\(s\) speed"),
        (lambda: optimizers.AdamW(weight_decay=None), "AdamW: expected weight_decay to be a number, got None"),
        (lambda: optimizers.Lion(beta_1=0), "Lion: expected beta_1 above 0"),
        (lambda: optimizers.Ftrl(learning_rate_power=1.0), "learning_rate_power of 0 or less, got 1.0"),
        (lambda: optimizers.Ftrl(l1_regularization_strength=-1.0), "l1_regularization_strength of 0 or more"),
    ],
)
def test_bad_arguments(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_bad_steps():
    a, b = gd.Variable([1.0, 2.0], name="a"), gd.Variable([1.0], name="b")
    optimizer = optimizers.SGD(0.1)
    with pytest.raises(ValueError, match=r"a: expected a gradient of shape \(2,\), got \(1,\)"):
        optimizer.apply_gradients([(np.ones(1), a)])
    with pytest.raises(ValueError, match="b is not among the variables"):
        optimizer.apply_gradients([(np.ones(1), b)])
    with pytest.raises(ValueError, match="expected 1 gradients, one per variable, got 2"):
        optimizer.apply([np.ones(2), np.ones(2)])
    with pytest.raises(ValueError, match="must be called before the optimizer is built"):
        optimizer.exclude_from_weight_decay(var_names=["bias"])
    with pytest.raises(ValueError, match="set_weights needs a built optimizer"):
        optimizers.SGD(0.1).set_weights([])
