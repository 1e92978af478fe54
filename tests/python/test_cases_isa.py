"""Every case under every instruction set of this machine, each in a fresh process."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cases import all_cases
from genodl import _core

SCRIPT = Path(__file__).parent.parent / "tools" / "case_results.py"
CASES = {case.name: case for case in all_cases()}


def results_of(isa, folder):
    path = folder / f"{isa}.npz"
    subprocess.run([sys.executable, SCRIPT, path], env={**os.environ, "GENODL_ISA": isa}, check=True, timeout=300)
    with np.load(path) as stored:
        return dict(stored)


@pytest.fixture(scope="module")
def baseline(tmp_path_factory):
    if "baseline" not in _core.config()["isas_available"]:
        pytest.skip("baseline: this machine has one instruction set only")
    return results_of("baseline", tmp_path_factory.mktemp("isa"))


@pytest.mark.parametrize("isa", ["avx2", "avx512"])
def test_every_case_agrees_with_baseline(isa, baseline, tmp_path):
    if isa not in _core.config()["isas_available"]:
        pytest.skip(f"{isa}: this machine does not have it")
    found = results_of(isa, tmp_path)
    assert found.keys() == baseline.keys()
    wrong = []
    for key, wanted in baseline.items():
        name, width, _ = key.split("/")
        case = CASES[name]
        # Gradients of weights sum over batch and positions: a few dozen times the terms of a value.
        scale = 4 * max(1.0, int(width) / 8) * max(1.0, float(np.abs(wanted).max(initial=0)))
        if found[key].dtype != wanted.dtype or not np.allclose(
            found[key], wanted, rtol=case.rtol * 4, atol=case.atol * scale, equal_nan=True
        ):
            wrong.append(key)
    assert not wrong


def test_an_impossible_set_is_refused():
    for request, words in {
        "sse9": "GENODL_ISA: expected one of",
        "": None,
    }.items():
        done = subprocess.run(
            [sys.executable, "-c", "import genodl; genodl.show_config()"], capture_output=True, text=True, timeout=60,
            env={**os.environ, "GENODL_ISA": request},
        )
        assert (done.returncode == 0) == (words is None)
        if words:
            assert words in done.stderr
            assert "Unset GENODL_ISA or choose one of these." in done.stderr
