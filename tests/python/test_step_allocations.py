"""A step after the first allocates nothing: malloc is counted in a process of its own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).parent.parent / "tools"


@pytest.fixture(scope="module")
def counter(tmp_path_factory):
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not sys.platform.startswith("linux"):
        pytest.skip("counting malloc: needs LD_PRELOAD and glibc")
    if compiler is None:
        pytest.skip("counting malloc: there is no C compiler")
    library = tmp_path_factory.mktemp("counter") / "count_malloc.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, TOOLS / "count_malloc.c"], check=True)
    return library


@pytest.mark.parametrize("threads", [1, 2])
def test_no_step_allocates(threads, counter):
    if "LD_PRELOAD" in os.environ:
        pytest.skip("counting malloc: something else is preloaded")
    done = subprocess.run(
        [sys.executable, TOOLS / "step_allocations.py", str(threads)], capture_output=True, text=True, timeout=300,
        env={**os.environ, "LD_PRELOAD": str(counter)},
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found) > 200
    assert {name: count for name, count in found.items() if count > 0} == {}
