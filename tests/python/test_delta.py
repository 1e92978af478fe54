"""Delta plans against full recomputation: random graphs, edges, counted work."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import genodl as gd
from genodl.explain._mutants import Mutants
from genodl.explain._tracing import ModelInputs, chooser

L = gd.layers


def one_hot(rng, n, length, dtype="float64"):
    return np.eye(4, dtype=dtype)[rng.integers(0, 4, (n, length))]


def substitutions(x):
    """Positions, new rows and whole mutants of one sequence (length, 4)."""
    position, base = np.nonzero(x == 0)
    rows = np.eye(4, dtype=x.dtype)[base][:, None]
    mutants = np.repeat(x[None], len(position), axis=0)
    mutants[np.arange(len(position)), position] = rows[:, 0]
    return position, rows, mutants


def compare(model, x, others=(), output=None, tolerance=1e-10, mutants=24):
    """Largest error of the delta plan, in units of the largest change; returns the plan."""
    given_x = x[:1] if not others else [x[:1], *others]
    inputs = ModelInputs(model, given_x, "test", source=0 if others else None)
    plan = Mutants(inputs, chooser(model, output, "test"), 1, 0, x.shape[1], mutants=mutants)
    reference = plan.set_reference(inputs.row(0))
    position, rows, whole = substitutions(x[0])
    found = np.empty((len(position), *plan.shape), plan.dtype)
    for part, outputs in plan.run(position, rows):
        found[part] = outputs
    feed = whole if not others else [whole, *(np.repeat(o, len(whole), axis=0) for o in others)]
    wanted = full(model, feed, output)
    change = np.abs(wanted - reference)
    # A change that is lost in the rounding of the output itself cannot be told by either way.
    rounding = 8 * np.finfo(reference.dtype).eps * np.abs(reference).max()
    assert np.abs(found - wanted).max() <= tolerance * change.max() + rounding
    return plan


def full(model, feed, output):
    results = model.predict(feed, batch_size=64, verbose=0)
    if callable(output):
        return output(results)
    return results


@st.composite
def networks(draw):
    """A random functional graph on (length, 4) and perhaps a second input, in float64."""
    seed = draw(st.integers(0, 2**20))
    rng = np.random.default_rng(seed)
    gd.set_seed(seed)
    length = draw(st.integers(24, 70))
    kw = {"dtype": "float64"}
    dna = gd.Input((length, 4), dtype="float64")
    inputs, h = [dna], dna
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["conv", "conv", "conv", "strided", "grouped", "max", "average", "residual", "norm",
                                     "crop", "pad", "up", "concat", "softmax", "excite", "flip"]))
        n, channels = h.shape[1], h.shape[2]
        if kind == "conv":
            taps, dilation = draw(st.integers(1, 5)), draw(st.integers(1, 3))
            padding = draw(st.sampled_from(["same", "causal", "valid"]))
            if padding == "valid" and (taps - 1) * dilation + 1 > n - 4:
                continue
            h = L.Conv1D(draw(st.sampled_from([3, 6, 12])), taps, dilation_rate=dilation, padding=padding,
                         activation=draw(st.sampled_from(["relu", "gelu", None])), **kw)(h)
        elif kind == "strided":
            h = L.Conv1D(6, draw(st.integers(2, 5)), strides=draw(st.integers(2, 3)), padding="same", **kw)(h)
        elif kind == "grouped" and channels % 2 == 0:
            h = L.Conv1D(4, 3, groups=2, padding="same", **kw)(h)
        elif kind in ("max", "average") and n > 8:
            layer = L.MaxPooling1D if kind == "max" else L.AveragePooling1D
            h = layer(draw(st.integers(2, 4)), strides=draw(st.sampled_from([None, 1, 2])),
                      padding=draw(st.sampled_from(["same", "valid"])), **kw)(h)
        elif kind == "residual":
            branch = L.Conv1D(channels, draw(st.integers(2, 5)), padding="same", **kw)(h)
            h = L.Add(**kw)([h, L.Activation("tanh", **kw)(branch)])
        elif kind == "norm":
            h = draw(st.sampled_from([L.BatchNormalization, L.LayerNormalization]))(**kw)(h)
        elif kind == "crop" and n > 16:
            h = L.Cropping1D((draw(st.integers(0, 3)), draw(st.integers(0, 3))), **kw)(h)
        elif kind == "pad":
            h = L.ZeroPadding1D((draw(st.integers(0, 3)), draw(st.integers(0, 3))), **kw)(h)
        elif kind == "up" and n < 60:
            h = L.UpSampling1D(2, **kw)(h)
        elif kind == "concat":
            h = L.Concatenate(**kw)([h, L.Conv1D(3, draw(st.integers(1, 4)), padding="same", **kw)(h)])
        elif kind == "softmax":
            h = gd.ops.softmax(h, axis=draw(st.sampled_from([1, 2])))
        elif kind == "excite":
            gate = L.Dense(channels, activation="sigmoid", **kw)(L.GlobalAveragePooling1D(**kw)(h))
            h = L.Multiply(**kw)([h, L.Reshape((1, channels), **kw)(gate)])
        elif kind == "flip":
            h = gd.ops.flip(h, axis=1)
    heads = []
    kinds = st.sampled_from(["flat", "mean", "max", "min", "last"])
    for head in draw(st.lists(kinds, min_size=1, max_size=2, unique=True)):
        if head == "flat":
            heads.append(L.Dense(5, activation="tanh", **kw)(L.Flatten(**kw)(h)))
        elif head == "mean":
            heads.append(L.GlobalAveragePooling1D(**kw)(h))
        elif head == "last":
            heads.append(h[:, -1])
        else:
            heads.append(getattr(gd.ops, head)(h, axis=1))
    if draw(st.booleans()):
        other = gd.Input((3,), dtype="float64")
        inputs.append(other)
        heads.append(L.Dense(4, **kw)(other))
    top = heads[0] if len(heads) == 1 else L.Concatenate(**kw)(heads)
    model = gd.Model(inputs if len(inputs) > 1 else dna, L.Dense(2, **kw)(top))
    for weight in model.weights:  # biases and averages as if trained
        noise = rng.normal(0, 0.1, weight.shape)
        weight.assign(np.asarray(weight) + (np.abs(noise) if "variance" in weight.path else noise))
    return model, one_hot(rng, 1, length), [rng.normal(size=(1, 3))] * (len(inputs) - 1)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(networks())
def test_random_networks_equal_full_recomputation(network):
    model, x, others = network
    compare(model, x, others)


def stack(length, dtype="float32"):
    """Convolutions and pooling on `length` bases with a dense head."""
    gd.set_seed(3)
    kw = {"dtype": dtype}
    return gd.Sequential([
        gd.Input((length, 4), dtype=dtype), L.Conv1D(32, 9, padding="same", activation="relu", **kw),
        L.BatchNormalization(**kw), L.MaxPooling1D(3, **kw), L.Conv1D(24, 5, padding="same", activation="relu", **kw),
        L.MaxPooling1D(4, **kw), L.Flatten(**kw), L.Dense(16, activation="relu", **kw), L.Dense(3, **kw),
    ])


@pytest.mark.parametrize("mutants", [12, 50, 192])
def test_float32_is_as_exact_as_predict(mutants):
    x = one_hot(np.random.default_rng(0), 1, 300, "float32")
    # 1e-5 of the largest change: sums of a few hundred float32 terms in another order.
    compare(stack(300), x, tolerance=1e-5, mutants=mutants)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dilation", [1, 2, 4])
def test_convolutions_of_many_channels_take_the_product(stride, dilation):
    if stride > 1 and dilation > 1:
        pytest.skip("Keras allows one of strides and dilation")
    gd.set_seed(1)
    model = gd.Sequential([
        gd.Input((90, 4)), L.Conv1D(40, 5, padding="same", activation="relu"),
        L.Conv1D(70, 7, strides=stride, dilation_rate=dilation, padding="same"), L.GlobalMaxPooling1D(), L.Dense(2),
    ])
    compare(model, one_hot(np.random.default_rng(1), 1, 90, "float32"), tolerance=1e-5)


def test_ops_in_a_custom_layer():
    class Mixed(L.Layer):
        def call(self, x):
            shifted = gd.ops.pad(x[:, 2:], ((0, 0), (0, 2), (0, 0)))
            weights = gd.ops.softmax(gd.ops.sum(x * shifted, axis=-1, keepdims=True), axis=1)
            return gd.ops.sum(weights * x, axis=1)

    gd.set_seed(5)
    model = gd.Sequential([gd.Input((40, 4), dtype="float64"), L.Conv1D(8, 5, dtype="float64"), Mixed(dtype="float64"),
                           L.Dense(2, dtype="float64")])
    plan = compare(model, one_hot(np.random.default_rng(2), 1, 40))
    assert any(s["form"] == "full" and s["op"] == "softmax" for s in plan.steps)


def test_an_output_that_no_mutation_reaches():
    other = gd.Input((3,))
    dna = gd.Input((20, 4))
    model = gd.Model([dna, other], [L.Dense(2)(other), L.Dense(1)(L.Flatten()(dna))])
    x = one_hot(np.random.default_rng(3), 1, 20, "float32")
    inputs = ModelInputs(model, [x, np.ones((1, 3), "float32")], "test", source=0)
    plan = Mutants(inputs, lambda outputs: outputs[0], 1, 0, 20)
    reference = plan.set_reference(inputs.row(0))
    [(_, outputs)] = plan.run(np.arange(5), x[0, :5, None])
    assert np.array_equal(outputs, np.repeat(reference[None], 5, axis=0))


def test_work_is_that_of_what_changes():
    """Multiplications are counted, so that computing in full cannot hide."""
    length = 1200
    plan = compare(stack(length), one_hot(np.random.default_rng(4), 1, length, "float32"), tolerance=1e-5)
    forms = {s["op"]: s["form"] for s in plan.steps}
    assert forms["conv"] == "window" and forms["max_pool"] == "window" and forms["reshape"] == "window"
    # Per mutant: 1 row x 9 taps; 4 pooled rows x 5 taps; at most 3 x 24 terms of the dense layer.
    products = 2 * (4 * 9 * 32 + 4 * 32 * 5 * 24 + 3 * 24 * 16 + 16 * 3)
    full_work = 2 * (length * 4 * 9 * 32 + length // 3 * 32 * 5 * 24 + length // 12 * 24 * 16)
    assert products * 0.8 < plan.flops < products * 1.5
    assert plan.flops < full_work / 80


def test_only_what_the_wanted_output_needs_is_computed():
    """The cone of the centre: far layers of a network read at one position stay narrow."""
    gd.set_seed(6)
    dna = gd.Input((400, 4), dtype="float64")
    h = dna
    for dilation in (1, 4, 16, 64):
        h = L.Conv1D(8, 3, dilation_rate=dilation, padding="same", activation="relu", dtype="float64")(h)
    model = gd.Model(dna, h)
    x = one_hot(np.random.default_rng(5), 1, 400)
    centre = compare(model, x, output=lambda y: y[:, 200])
    everything = compare(model, x)
    widths = [[s["width"] for s in p.steps if s["op"] == "conv"] for p in (centre, everything)]
    assert widths[0][-1] == 1 and widths[1][-1] == 171
    assert centre.flops < everything.flops / 3


def test_edits_of_several_positions():
    gd.set_seed(7)
    model = stack(120, "float64")
    rng = np.random.default_rng(6)
    x = one_hot(rng, 1, 120)
    inputs = ModelInputs(model, x, "test")
    plan = Mutants(inputs, chooser(model, None, "test"), 7, 10, 100)
    plan.set_reference(inputs.row(0))
    starts = rng.integers(10, 100, 30)
    rows = one_hot(rng, 30, 7)
    whole = np.repeat(x, 30, axis=0)
    for m, (s, r) in enumerate(zip(starts, rows)):
        whole[m, s : s + 7] = r
    found = np.concatenate([o for _, o in plan.run(starts, rows)])
    assert np.abs(found - model.predict(whole, verbose=0)).max() < 1e-12


def test_results_do_not_depend_on_threads(threads):
    x = one_hot(np.random.default_rng(8), 1, 200, "float32")
    results = []
    for count in (1, 3):
        threads(count)
        inputs = ModelInputs(stack(200), x, "test")
        plan = Mutants(inputs, chooser(inputs.model, None, "test"), 1, 0, 200, mutants=48)
        plan.set_reference(inputs.row(0))
        position, rows, _ = substitutions(x[0])
        results.append(np.concatenate([o for _, o in plan.run(position, rows)]))
    assert np.array_equal(*results)
