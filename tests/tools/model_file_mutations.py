"""Model files gone wrong in many ways: bytes, zip records, JSON values, headers of weights."""

from __future__ import annotations

import copy
import io
import json
import struct
import tempfile
import zipfile
from pathlib import Path

import numpy as np

PARTS = ("config.json", "weights.safetensors", "meta.json")
ODD = [
    None, True, False, -1, 0, 1, 2, 3, 255, 2**15, 2**31 - 1, 2**31, 2**32, 2**53, 2**62, 2**63, 10**20, -(2**63), 0.5,
    -0.0, 1e-320, 1e308, float("nan"), float("inf"), "", "x", "relu", "Dense", "../../etc/passwd", "\x00", "a" * 5000,
    [], {}, [[]], [None], [0, 0], [-1, 2**40], {"class_name": "Dense", "config": {}}, {"tensor": [0, 0]}, {"value": 1},
    {"class_name": "function", "config": "fori_loop", "module": "ops"},
]


def models():
    """Models that between them use most of what a file can say."""
    import genodl as gd
    from genodl import layers

    gd.set_seed(0)
    rng = np.random.default_rng(0)
    dense = gd.Sequential([
        gd.Input((6,)), layers.Dense(5, activation="relu", kernel_regularizer="l2"), layers.Dropout(0.2), layers.Dense(2),
    ])
    dense.compile(gd.optimizers.Adam(gd.optimizers.schedules.ExponentialDecay(0.01, 10, 0.9)), "mse", metrics=["mae"])
    dense.fit(rng.normal(size=(8, 6)), rng.normal(size=(8, 2)), verbose=0)
    convolution = gd.Sequential([
        gd.Input((12, 4)), layers.Conv1D(4, 3, padding="same"), layers.BatchNormalization(), layers.Activation("gelu"),
        layers.MaxPooling1D(2), layers.Flatten(), layers.Dense(3, activation="softmax", kernel_constraint="non_neg"),
    ])
    convolution.compile("sgd", gd.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    a, b = gd.Input((4,), name="a"), gd.Input((4,), name="b")
    shared = layers.Dense(3, name="shared")
    merged = layers.Concatenate()([shared(a), shared(b), a * 2.0 + gd.ops.tanh(b)])
    graph = gd.Model({"a": a, "b": b}, [layers.Dense(1, name="left")(merged), layers.LayerNormalization()(merged)])
    image = gd.Input((6, 6, 2))
    encoder = gd.Model(image, layers.GlobalAveragePooling2D()(layers.Conv2D(3, 2, strides=2, groups=1)(image)))
    tokens = gd.Input((None,), dtype="int32")
    nested = gd.Model([image, tokens], layers.Dot(1)([
        encoder(image), layers.GlobalMaxPooling1D()(layers.Embedding(7, 3)(tokens)),
    ]))
    shapes = gd.Sequential([
        gd.Input((8, 3)), layers.ZeroPadding1D(1), layers.Cropping1D(1), layers.UpSampling1D(2), layers.Reshape((4, 12)),
        layers.Permute((2, 1)), layers.AveragePooling1D(2, padding="same"), layers.Normalization(mean=0.5, variance=2.0),
        layers.PReLU(), layers.GroupNormalization(2), layers.SpatialDropout1D(0.1), layers.Softmax(),
        layers.UnitNormalization(),
    ])
    return {"dense": dense, "convolution": convolution, "graph": graph, "nested": nested, "shapes": shapes}


def saved():
    """Bytes of the saved models by name; one file holds weights alone."""
    files = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        for name, model in models().items():
            model.save(path)
            files[name] = path.read_bytes()
        model.save_weights(path)
        files["weights"] = path.read_bytes()
    return files


def parts_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts, compression=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return out.getvalue()


class Mutator:
    """Makes file number ``n`` of a seed, always the same."""

    def __init__(self, seed=0):
        self.seed = seed
        self.files = saved()
        self.parts = {name: parts_of(data) for name, data in self.files.items()}
        self.values = [v for p in self.parts.values() for v in _values(json.loads(p["config.json"]))]

    def file(self, n):
        """``(what was done, bytes)``."""
        rng = np.random.default_rng([self.seed, n])
        name = str(rng.choice(list(self.files)))
        ways = [self._bytes, self._zip_records, self._members, self._config, self._config, self._config, self._weights]
        way = ways[rng.integers(len(ways))]
        return f"{name}:{way.__name__[1:]}", way(name, rng)

    # ---- the whole file -----------------------------------------------------------------------

    def _bytes(self, name, rng):
        return damaged(self.files[name], rng)

    def _zip_records(self, name, rng):
        """Odd numbers in the fields of zip headers, which begin with PK."""
        data = bytearray(self.files[name])
        starts = [i for i in range(len(data) - 3) if data[i : i + 2] == b"PK" and data[i + 2] in (1, 3, 5)]
        for _ in range(int(rng.integers(1, 4))):
            at = int(rng.choice(starts)) + int(rng.integers(4, 46))
            width, code = [(2, "<H"), (4, "<I")][rng.integers(2)]
            top = 2 ** (8 * width) - 1
            value = int(rng.choice([0, 1, 8, 12, 14, 255, 65535, top, top - 1, top // 2, int(rng.integers(top))])) & top
            if at + width <= len(data):
                data[at : at + width] = struct.pack(code, value)
        return bytes(data)

    def _members(self, name, rng):
        """Members left out, twice, renamed, exchanged, compressed otherwise."""
        parts = list(self.parts[name].items())
        which = int(rng.integers(len(parts)))
        other = int(rng.integers(len(parts)))
        compression = zipfile.ZIP_STORED
        way = int(rng.integers(7))
        if way == 0:
            parts.pop(which)
        elif way == 1:
            parts.append(parts[which])
        elif way == 2:
            parts[which] = (str(rng.choice(["?", "../config.json", "config.json/", "x" * 300, "meta.json"])), parts[which][1])
        elif way == 3:
            parts[which] = (parts[which][0], parts[other][1])
        elif way == 4:
            compression = [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA][rng.integers(3)]
        elif way == 5:
            parts[which] = (parts[which][0], damaged(parts[which][1], rng))
        else:
            donor = str(rng.choice(list(self.parts)))
            parts[which] = (parts[which][0], self.parts[donor][parts[which][0]])
        data = zipped(parts, compression)
        return damaged(data, rng) if rng.random() < 0.3 else data

    # ---- the description ----------------------------------------------------------------------

    def _config(self, name, rng):
        parts = dict(self.parts[name])
        config = json.loads(parts["config.json"])
        for _ in range(int(rng.integers(1, 4))):
            self._change(config, rng)
        text = json.dumps(config)
        if rng.random() < 0.05:
            depth = int(rng.choice([100, 1000, 100_000]))
            text = text.replace("null", "[" * depth + "]" * depth, 1)
        parts["config.json"] = text.encode()
        return zipped(parts.items())

    def _change(self, config, rng):
        """One value replaced, taken out, doubled or exchanged for one from elsewhere."""
        places = list(_places(config))
        if not places:
            return
        holder, key = places[rng.integers(len(places))]
        way = rng.random()
        if way < 0.4:
            holder[key] = copy.deepcopy(ODD[rng.integers(len(ODD))])
        elif way < 0.6:
            holder[key] = copy.deepcopy(self.values[rng.integers(len(self.values))])
        elif way < 0.7 and isinstance(holder[key], (int, float)):
            holder[key] = holder[key] * [-1, 0, 2, 10, 1000, 10**9, 10**15, 0.5][rng.integers(8)]
        elif way < 0.8 and isinstance(holder, dict):
            del holder[key]
        elif way < 0.9 and isinstance(holder[key], list) and holder[key]:
            holder[key] = holder[key] * int(rng.choice([2, 3, 50]))
        elif isinstance(holder[key], str):
            holder[key] = damaged(holder[key].encode(), rng).decode("latin-1")
        else:
            other, there = places[rng.integers(len(places))]
            # Copies: a value put inside itself would be a knot.
            holder[key], other[there] = copy.deepcopy(other[there]), copy.deepcopy(holder[key])

    # ---- the weights --------------------------------------------------------------------------

    def _weights(self, name, rng):
        parts = dict(self.parts[name])
        data = parts["weights.safetensors"]
        (length,) = struct.unpack("<Q", data[:8])
        way = int(rng.integers(4))
        if way == 0:
            odd = [0, 1, 7, length - 1, length + 1, len(data), 2**31, 2**32, 2**63, 2**64 - 1]
            data = struct.pack("<Q", int(odd[rng.integers(len(odd))]) % 2**64) + data[8:]
        elif way == 1:
            data = damaged(data, rng)
        else:
            header = json.loads(data[8 : 8 + length])
            for _ in range(int(rng.integers(1, 4))):
                self._change(header, rng)
            if rng.random() < 0.1 and header:
                entry = next(iter(header.values()))
                header.update({f"{i:05d}/copy": entry for i in range(int(rng.choice([10, 20_000])))})
            text = json.dumps(header).encode()
            data = struct.pack("<Q", len(text)) + text + data[8 + length :]
        parts["weights.safetensors"] = data
        return zipped(parts.items())


def damaged(data, rng):
    """Some bytes changed, cut, doubled, moved, zeroed."""
    data = bytearray(data)
    for _ in range(int(rng.integers(1, 6))):
        if not data:
            break
        at = int(rng.integers(len(data)))
        size = int(rng.integers(1, 1 + min(200, len(data))))
        way = int(rng.integers(7))
        if way == 0:
            data[at] ^= 1 << int(rng.integers(8))
        elif way == 1:
            data[at] = int(rng.integers(256))
        elif way == 2:
            del data[at:]
        elif way == 3:
            del data[at : at + size]
        elif way == 4:
            data[at:at] = data[at : at + size]
        elif way == 5:
            data[at : at + size] = bytes(size)
        else:
            data[at : at + size] = rng.bytes(size)
    return bytes(data)


def _places(nest):
    """Every (holder, key) of a JSON document."""
    stack = [nest]
    while stack:
        holder = stack.pop()
        items = list(holder.items()) if isinstance(holder, dict) else list(enumerate(holder))
        for key, value in items:
            yield holder, key
            if isinstance(value, (dict, list)):
                stack.append(value)


def _values(nest):
    return [holder[key] for holder, key in _places(nest)]
