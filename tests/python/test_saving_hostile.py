"""Files that are broken, foreign, newer or hostile, disks that are full, folders that are closed."""

import errno
import io
import json
import os
import resource
import signal
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import genodl as gd
from genodl import layers
from genodl.saving import container

X = np.linspace(-1, 1, 24, dtype="float32").reshape(4, 6)
TOOLS = Path(__file__).parent.parent / "tools"


@pytest.fixture
def model():
    gd.set_seed(0)
    made = gd.Sequential([gd.Input((6,)), layers.Dense(5, activation="relu"), layers.Dense(2)])
    made.compile("adam", "mse")
    made.fit(X, X[:, :2], verbose=0)
    return made


@pytest.fixture
def path(model, tmp_path):
    model.save(tmp_path / "model.gd")
    return tmp_path / "model.gd"


def rewritten(path, **parts):
    """The file with some of its parts replaced; None leaves a part out."""
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    kept |= {name.replace("_", "."): data for name, data in parts.items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in kept.items():
            if data is not None:
                archive.writestr(name, data)
    return path


def with_config(path, change):
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
    change(config)
    return rewritten(path, config_json=json.dumps(config))


def with_header(path, change):
    """The file with another description of its weights."""
    with zipfile.ZipFile(path) as archive:
        data = archive.read("weights.safetensors")
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    change(header)
    text = json.dumps(header).encode()
    return rewritten(path, weights_safetensors=struct.pack("<Q", len(text)) + text + data[8 + length :])


def refused(path, words, kind=gd.FileFormatError):
    with pytest.raises(kind, match=words):
        gd.load_model(path)


# ---- not a model file -------------------------------------------------------------------------------


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="load: there is no file .*nowhere"):
        gd.load_model(tmp_path / "nowhere")


def test_a_folder_and_a_device(tmp_path):
    refused(tmp_path, "load: expected a file, got the folder")
    refused("/dev/null", "load: expected a file, got the device /dev/null")


@pytest.mark.parametrize("data", [b"", b"PK", b"hello", b"\x89HDF\r\n\x1a\n" + bytes(500), bytes(1000)], ids=repr)
def test_foreign_files(tmp_path, data):
    (tmp_path / "file").write_bytes(data)
    refused(tmp_path / "file", "load: .*file is not a genodl model file, or it is damaged")


def test_a_keras_file(tmp_path):
    with zipfile.ZipFile(tmp_path / "model.keras", "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", b"\x89HDF")
    refused(tmp_path / "model.keras", "load: expected one weights.safetensors in .*, got 0")


def test_every_truncation_is_refused(path):
    whole = path.read_bytes()
    for size in [*range(0, len(whole) - 1, 97), len(whole) - 1]:
        path.write_bytes(whole[:size])
        refused(path, "load: ")


def test_a_newer_format(path):
    with_config(path, lambda c: c.update(format=999))
    refused(path, r"has format 999, this genodl reads up to 1\. Install a newer genodl\.")


@pytest.mark.parametrize("value", [None, "1", 1.0, True, []], ids=repr)
def test_a_format_that_is_no_number(path, value):
    with_config(path, lambda c: c.update(format=value))
    refused(path, "has no format number; it is not a genodl model file")


def test_weights_alone_are_no_model(model, tmp_path):
    model.save_weights(tmp_path / "weights")
    refused(tmp_path / "weights", r"holds weights only\. Build the model and use load_weights\.")


def test_weights_of_another_model(path):
    other = gd.Sequential([gd.Input((6,)), layers.Dense(5), layers.Dense(3)])
    with pytest.raises(ValueError, match=r"load: expected shape \(5, 3\) for .*kernel, got \(5, 2\)"):
        other.load_weights(path)
    fewer = gd.Sequential([gd.Input((6,)), layers.Dense(5)])
    before = fewer.get_weights()
    with pytest.raises(ValueError, match="load: expected 2 weights .*, got 4 .*another model"):
        fewer.load_weights(path)
    for a, b in zip(before, fewer.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


# ---- hostile files --------------------------------------------------------------------------------


def set_units(config, units):
    config["model"]["config"]["layers"][1]["config"]["units"] = units


def test_sizes_beyond_the_file(path):
    """A weight of terabytes is refused before any of it is allocated."""
    with_config(path, lambda c: set_units(c, 10**11))
    refused(path, r"load: variable 'kernel' of shape \(6, 100000000000\) is more than the file holds")


def test_weights_that_share_bytes(path):
    def multiply(header):
        entry = next(iter(header.values()))
        header.update({f"{i:05d}/more": entry for i in range(100, 3000)})

    with_header(path, multiply)
    refused(path, "share bytes, so they would take more than the file")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("shape", [2**40, 2**40], "claims bytes that do not fit its shape or the file"),
        ("shape", [-1, 30], "claims bytes that do not fit its shape or the file"),
        ("shape", [True, 30], "claims bytes that do not fit its shape or the file"),
        ("shape", "ab", "claims bytes that do not fit its shape or the file"),
        ("shape", None, "is described wrongly"),
        ("dtype", "F16", "is described wrongly"),
        ("dtype", ["F32"], "is described wrongly"),
        ("data_offsets", [0, 10**12], "claims bytes that do not fit its shape or the file"),
        ("data_offsets", [8, 4], "claims bytes that do not fit its shape or the file"),
        ("data_offsets", [0], "is described wrongly"),
    ],
)
def test_wrong_claims_about_a_weight(path, field, value, words):
    with_header(path, lambda header: next(iter(header.values())).update({field: value}))
    refused(path, words)


@pytest.mark.parametrize("length", [0, 2**31, 2**63, 2**64 - 1])
def test_wrong_lengths_of_the_header(path, length):
    with zipfile.ZipFile(path) as archive:
        data = archive.read("weights.safetensors")
    rewritten(path, weights_safetensors=struct.pack("<Q", length) + data[8:])
    refused(path, "load: ")


def test_a_part_that_is_missing_or_twice(path):
    whole = path.read_bytes()
    rewritten(path, weights_safetensors=None)
    refused(path, "load: expected one weights.safetensors in .*, got 0")
    path.write_bytes(whole)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("config.json", "{}")
    refused(path, "load: expected one config.json in .*, got 2")


def test_a_bomb(path):
    """A gigabyte of zeros packed into a megabyte is not unpacked."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", bytes(65 << 20))
        archive.writestr("weights.safetensors", b"")
    refused(path, "load: config.json in .* claims 68157440 bytes, more than it can hold")


def test_decompressors_that_a_file_could_make_hungry(path):
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    refused(path, "config.json in .* claims")


def test_deep_nests(path):
    rewritten(path, config_json=b'{"format": 1, "model": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")
    refused(path, "load: ")
    nest = {"class_name": "Sequential", "config": {"layers": []}, "module": "models"}
    for _ in range(300):
        nest = {"class_name": "Sequential", "config": {"layers": [nest]}, "module": "models"}
    rewritten(path, config_json=json.dumps({"format": 1, "model": nest}))
    refused(path, "damaged or of another genodl|load: expected 0 weights|does not fit", ValueError)


CODE = [
    {"class_name": "system", "module": "os", "config": {"command": "touch /tmp/pwned"}},
    {"class_name": "Popen", "module": "subprocess", "config": {"args": ["true"]}},
    {"class_name": "eval", "module": "builtins", "config": {}},
    {"class_name": "function", "config": "system", "module": "os"},
    {"class_name": "_core", "module": "layers", "config": {}},
    {"class_name": "np", "module": "layers", "config": {}},
    {"class_name": "zeros", "module": "ops", "config": {"shape": [10**12]}},
    {"class_name": "__class__", "module": "layers", "config": {}},
    {"class_name": "layers.Dense", "module": "genodl", "config": {"units": 1}},
    {"class_name": {"a": 1}, "module": "layers", "config": {}},
]


@pytest.mark.parametrize("entry", CODE, ids=lambda e: str(e["class_name"]))
def test_names_reach_registered_classes_only(path, entry):
    with_config(path, lambda c: c.update(model=entry))
    refused(path, "load", (gd.FileFormatError, ValueError))


@pytest.mark.parametrize("name", ["fori_loop", "zeros", "scan", "array", "_common", "np"])
def test_calls_of_a_file_are_operations_on_tensors(tmp_path, name):
    a = gd.Input((3,))
    model = gd.Model(a, gd.ops.tanh(a) + 1.0)
    model.save(tmp_path / "m")
    with_config(tmp_path / "m", lambda c: c["model"]["config"]["calls"][0].update(op=name))
    refused(tmp_path / "m", "load: ", ValueError)


def test_unknown_classes_are_named_with_the_nearest(path):
    with_config(path, lambda c: c["model"]["config"]["layers"][1].update(class_name="Dens"))
    refused(path, "no class or function is registered as 'Dens'.*Did you mean 'Dense'.*gd.register", ValueError)


def test_wrong_arguments_of_a_layer(path):
    with_config(path, lambda c: c["model"]["config"]["layers"][1]["config"].update(units="many"))
    refused(path, "units to be a positive whole number, got 'many'")


def test_loading_runs_no_initializer_and_draws_no_seed(path):
    gd.set_seed(5)
    wanted = gd.random.normal((3,))
    gd.set_seed(5)
    gd.load_model(path)
    gd.set_seed(5)
    np.testing.assert_array_equal(gd.random.normal((3,)), wanted)


# ---- writing ----------------------------------------------------------------------------------------


def test_names_that_cannot_be_written(model, tmp_path):
    with pytest.raises(IsADirectoryError, match="save: expected the name of a file, got the folder"):
        model.save(tmp_path)
    with pytest.raises(FileNotFoundError, match="save: the folder .*missing does not exist. Make it first"):
        model.save(tmp_path / "missing" / "model")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="save: expected the name of a file, got the device or pipe .*pipe"):
        model.save(tmp_path / "pipe")
    model.save(tmp_path / "model")
    with pytest.raises(FileExistsError, match="save: .*model exists already. Pass overwrite=True"):
        model.save(tmp_path / "model", overwrite=False)


def test_a_file_too_large_for_the_limit(model, path):
    """The system refuses the write half way, as a full disk does; the old file stays whole."""
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before_signal = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match=r"save: no room to write .*Free some space .*whole as before\.") as caught:
            model.save(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before_signal)
    assert caught.value.errno == errno.EFBIG
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "save: no room to write .*model.gd. Free some space or choose another disk."),
        (errno.EROFS, "save: .* may not be written to. Choose another folder."),
        (errno.EACCES, "save: .* may not be written to. Choose another folder."),
        (errno.EIO, r"save: .*model.gd could not be written \(Input/output error\)"),
    ],
)
def test_errors_of_the_disk(model, path, monkeypatch, code, words):
    before = path.read_bytes()

    def fail(*unused):
        raise OSError(code, os.strerror(code))

    for broken in ("fsync", "replace"):
        monkeypatch.setattr(container.os, broken, fail)
        with pytest.raises(OSError, match=words) as caught:
            model.save(path)
        monkeypatch.undo()
        assert caught.value.errno == code
        assert path.read_bytes() == before
        assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_closed_folder(model, tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root writes to closed folders")
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError, match="save: .* may not be written to. Choose another folder."):
            model.save(tmp_path / "model")
    finally:
        tmp_path.chmod(0o700)


def test_a_process_killed_while_saving_leaves_the_old_file(model, path):
    code = f"""
import os, numpy as np, genodl as gd
from genodl.saving import container
model = gd.load_model({str(path)!r})
model.set_weights([w + 1 for w in model.get_weights()])
container.os.replace = lambda *unused: os._exit(9)
model.save({str(path)!r})
"""
    before = model.get_weights()
    done = subprocess.run([sys.executable, "-c", code], timeout=60)
    assert done.returncode == 9
    for a, b in zip(before, gd.load_model(path).get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_modes_of_a_new_file(model, tmp_path):
    model.save(tmp_path / "model")
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "model").stat().st_mode & 0o777 == 0o666 & ~mask


# ---- many -----------------------------------------------------------------------------------------


def test_a_few_hundred_mutated_files():
    done = subprocess.run(
        [sys.executable, TOOLS / "fuzz_model_files.py", "--files", "400", "--seed", "3", "--jobs", "1"],
        capture_output=True, text=True, timeout=120,
    )
    assert done.returncode == 0, done.stdout
    assert "400 files" in done.stdout


def test_bytes_in_memory_are_what_is_on_disk(path):
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == ["config.json", "meta.json", "weights.safetensors"]
        meta = json.loads(archive.read("meta.json"))
    assert meta["parameters"] == 47
    assert meta["genodl"] == gd.__version__
