"""The guard against merged functions must itself be able to fail."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[1] / "tools" / "check_symbols.py"
spec = importlib.util.spec_from_file_location("check_symbols", TOOL)
check_symbols = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check_symbols)

INLINE = "__attribute__((noinline)) inline int twice(int x) { return 2 * x; }\n"


def build(folder: Path, name: str, source: str) -> None:
    place = folder / f"{name}.dir"
    place.mkdir(parents=True)
    (place / "unit.cpp").write_text(source)
    subprocess.run(["g++", "-c", "-O1", "unit.cpp", "-o", "unit.o"], cwd=place, check=True)


@pytest.mark.skipif(not (shutil.which("g++") and shutil.which("nm")), reason="needs g++ and nm")
def test_finds_a_function_shared_by_two_sets(tmp_path):
    build(tmp_path, "genodl_kernels_baseline", INLINE + "int a(int x) { return twice(x); }")
    build(tmp_path, "genodl_kernels_avx2", INLINE + "int b(int x) { return twice(x); }")
    lines = check_symbols.shared_symbols(tmp_path)
    assert len(lines) == 1
    assert "twice" in lines[0] and "baseline" in lines[0] and "avx2" in lines[0]


@pytest.mark.skipif(not (shutil.which("g++") and shutil.which("nm")), reason="needs g++ and nm")
def test_finds_a_function_shared_with_the_library(tmp_path):
    build(tmp_path, "genodl_kernels_avx2", INLINE + "int a(int x) { return twice(x); }")
    build(tmp_path, "genodl_engine", INLINE + "int b(int x) { return twice(x); }")
    assert len(check_symbols.shared_symbols(tmp_path)) == 1


@pytest.mark.skipif(not (shutil.which("g++") and shutil.which("nm")), reason="needs g++ and nm")
def test_namespaces_keep_sets_apart(tmp_path):
    for isa in ("baseline", "avx2"):
        wrapped = f"namespace {isa} {{ {INLINE} int a(int x) {{ return twice(x); }} }}"
        build(tmp_path, f"genodl_kernels_{isa}", wrapped)
    assert check_symbols.shared_symbols(tmp_path) == []
