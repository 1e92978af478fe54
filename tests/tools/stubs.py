"""Writes the type stubs of the package's lazy names and of the extension module.

usage: stubs.py [--check]      needs genodl (built or installed) and pybind11-stubgen

With --check nothing is written: it prints what would change and exits with 1 if anything would.
"""

from __future__ import annotations

import argparse
import difflib
import inspect
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import genodl
from genodl import _core

PACKAGE = Path(__file__).parents[2] / "python" / "genodl"
NUMBERS = {
    "typing.SupportsInt | typing.SupportsIndex": "int",
    "typing.SupportsFloat | typing.SupportsIndex": "float",
}


def package_stub() -> str:
    """Where the names that genodl/__init__.py loads when first used come from."""
    lines = ["from genodl import (", *(f"    {name} as {name}," for name in genodl._MODULES), ")"]
    for module in sorted(set(genodl._NAMES.values())):
        names = sorted(name for name, home in genodl._NAMES.items() if home == module)
        lines += [f"from genodl.{module} import {name} as {name}" for name in names]
    return "\n".join([*lines, "", "__version__: str", "__all__: list[str]", ""])


def extension_stubs() -> dict[str, str]:
    """Stubs of genodl._core and its submodules by file name."""
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run(
            [sys.executable, "-m", "pybind11_stubgen", "genodl._core", "-o", folder], capture_output=True, text=True
        )
        if made.returncode:
            sys.exit(f"stubs: pybind11-stubgen failed.\n{made.stderr}")
        found = Path(folder) / "genodl" / "_core"
        return {path.name: tidy(path.read_text()) for path in sorted(found.glob("*.pyi"))}


def tidy(stub: str) -> str:
    for written, meant in NUMBERS.items():
        stub = stub.replace(written, meant)
    # The generator takes the exceptions for names of the package; they are defined here.
    errors = re.findall(r"^from genodl import (\w+)$", stub, re.MULTILINE)
    stub = re.sub(r"^from genodl import \w+\n", "", stub, flags=re.MULTILINE)
    classes = [exception_stub(name) for name in sorted(errors, key=lambda name: len(getattr(_core, name).__mro__))]
    head, mark, rest = stub.partition("__all__")
    return head + "".join(classes) + mark + rest


def exception_stub(name: str) -> str:
    error = getattr(_core, name)
    assert inspect.isclass(error) and issubclass(error, Exception)
    return f"class {name}({', '.join(base.__name__ for base in error.__bases__)}): ...\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args().check
    wanted = {PACKAGE / "__init__.pyi": package_stub()}
    wanted.update({PACKAGE / "_core" / name: text for name, text in extension_stubs().items()})
    stale = 0
    for path, text in wanted.items():
        present = path.read_text() if path.exists() else ""
        if present == text:
            continue
        stale += 1
        name = str(path.relative_to(PACKAGE.parent))
        if check:
            now, then = text.splitlines(), present.splitlines()
            print("\n".join(difflib.unified_diff(then, now, name, "from the sources", n=1, lineterm="")))
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            print(f"stubs: wrote {name}")
    if check and stale:
        print(f"stubs: {stale} of {len(wanted)} files are out of date. Run: python tests/tools/stubs.py")
    return int(check and stale > 0)


if __name__ == "__main__":
    sys.exit(main())
