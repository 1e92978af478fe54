"""Networks of the zoo: published numbers of weights, shapes, and a step that lowers the loss."""

import numpy as np
import pytest

import genodl as gd


def trainable(model):
    return sum(v.size for v in model.trainable_weights)


# Counted from the authors' layer sizes or stated by them.
PUBLISHED = {
    "deepbind": (lambda: gd.zoo.deepbind(), 2_129),
    "deepbind without hidden layer": (lambda: gd.zoo.deepbind(hidden=0), 1_569),
    "deepbind for RNA": (lambda: gd.zoo.deepbind(pooling="max+average"), 2_641),
    "deepsea": (lambda: gd.zoo.deepsea(), 52_843_119),
    "deepsea as in the script": (lambda: gd.zoo.deepsea(hidden=919), 52_532_319),
    "beluga": (lambda: gd.zoo.beluga(), 149_536_251),
    "basset": (lambda: gd.zoo.basset(), 4_135_064),
    "basset padded": (lambda: gd.zoo.basset(padding="same"), 4_735_064),
    "deepg4": (lambda: gd.zoo.deepg4(), 90_701),
    "deepg4 with accessibility": (lambda: gd.zoo.deepg4(accessibility=True), 90_801),
    "deepg4, later run": (lambda: gd.zoo.deepg4(filters=900, pool=12, accessibility=True), 163_201),
    "spliceai 80": (lambda: gd.zoo.spliceai(80), 93_251),
    "spliceai 400": (lambda: gd.zoo.spliceai(400), 185_187),
    "spliceai 2k": (lambda: gd.zoo.spliceai(2000), 359_043),
    "spliceai 10k": (lambda: gd.zoo.spliceai(10000), 696_739),
    "basenji": (lambda: gd.zoo.basenji(), 15_190_636),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_number_of_weights_is_the_published_one(name):
    make, count = PUBLISHED[name]
    assert trainable(make()) == count


SMALL = {
    "deepbind": (lambda: gd.zoo.deepbind(60), 60, "binary_crossentropy", lambda rng, n: rng.integers(0, 2, (n, 1))),
    "deepsea": (lambda: gd.zoo.deepsea(200, 3, 8), 200, "binary_crossentropy", lambda rng, n: rng.integers(0, 2, (n, 3))),
    "basset": (lambda: gd.zoo.basset(300, 3), 300, "binary_crossentropy", lambda rng, n: rng.integers(0, 2, (n, 3))),
    "factorized_basset": (lambda: gd.zoo.factorized_basset(120, 3), 120, "binary_crossentropy",
                          lambda rng, n: rng.integers(0, 2, (n, 3))),
    "deepg4": (lambda: gd.zoo.deepg4(201, 20), 201, "binary_crossentropy", lambda rng, n: rng.integers(0, 2, (n, 1))),
    "spliceai": (lambda: gd.zoo.spliceai(80, 40, 8), 120, "categorical_crossentropy",
                 lambda rng, n: np.eye(3)[rng.integers(0, 3, (n, 40))]),
    "basenji": (lambda: gd.zoo.basenji(512, 2, 2), 512, "poisson", lambda rng, n: rng.integers(0, 5, (n, 4, 2))),
}  # fmt: skip


@pytest.mark.parametrize("name", SMALL)
def test_training_lowers_the_loss(name):
    make, length, loss, targets = SMALL[name]
    gd.set_seed(0)
    rng = np.random.default_rng(0)
    model = make()
    x = rng.choice([1, 2, 4, 8], (8, length)).astype("uint8")
    y = targets(rng, 8).astype("float32")
    model.compile(gd.optimizers.Adam(1e-3), loss)
    history = model.fit(x, y, batch_size=8, epochs=6, verbose=0).history["loss"]
    assert min(history[1:]) < history[0]


def test_bpnet_has_a_profile_and_a_count_head():
    gd.set_seed(0)
    rng = np.random.default_rng(0)
    model = gd.zoo.bpnet(200, channels=8, dilated=3)
    x = rng.choice([1, 2, 4, 8], (4, 200)).astype("uint8")
    counts = rng.poisson(2.0, (4, 200, 1)).astype("float32")
    model.compile("adam", {"profile": gd.losses.MultinomialNLL(), "counts": "mse"})
    y = {"profile": counts, "counts": np.log1p(counts.sum(1))}
    history = model.fit(x, y, epochs=5, verbose=0).history["loss"]
    assert history[-1] < history[0]


def test_the_list_is_a_table_of_all_networks():
    table = gd.zoo.list()
    assert {row.name for row in table} == {n for n in gd.zoo.__all__ if n != "list"}
    assert "Basset" in repr(table) or "basset" in repr(table)


@pytest.mark.parametrize("call", [lambda: gd.zoo.spliceai(context=100), lambda: gd.zoo.deepbind(pooling="mean")])
def test_bad_arguments_are_named(call):
    with pytest.raises(ValueError, match="expected"):
        call()
