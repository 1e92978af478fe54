"""Fails if the linker may merge functions of two instruction sets.

A function that the compiler emits out of line for an inline or template definition is *weak*: of all
copies with one name the linker keeps any. If kernels of two instruction sets, or kernels and the rest
of the library, share such a name, an old processor may get wide instructions, or a new one narrow ones.

usage: check_symbols.py BUILD_FOLDER [--nm nm]
"""

from __future__ import annotations

import argparse
import itertools
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

KERNEL_FOLDER = re.compile(r"genodl_kernels_(\w+)\.dir")
# A pointer to a C++ library function that every object refers to; it holds no code.
HARMLESS = re.compile(r"^DW\.ref\.")


def weak_symbols(nm: str, objects: list[Path]) -> dict[str, Path]:
    """Weak definitions in the objects, with the first object that has each."""
    listing = subprocess.run(
        [nm, "--defined-only", "--print-file-name", "--format=posix", *map(str, objects)],
        check=True, capture_output=True, text=True,
    ).stdout
    found: dict[str, Path] = {}
    for line in listing.splitlines():
        file, symbol, kind, *_ = line.rsplit(": ", 1)[0], *line.rsplit(": ", 1)[1].split()
        if kind in "VvWwu" and not HARMLESS.match(symbol):
            found.setdefault(symbol, Path(file))
    return found


def groups(build: Path) -> dict[str, list[Path]]:
    """Objects of each instruction set, and of everything else as 'other'."""
    result: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(build.rglob("*.o")):
        match = KERNEL_FOLDER.search(str(path))
        result[match[1] if match else "other"].append(path)
    return result


def shared_symbols(build: Path, nm: str = "nm") -> list[str]:
    """One line for every weak symbol that two groups define, at least one of them kernels."""
    weak = {name: weak_symbols(nm, objects) for name, objects in groups(build).items()}
    lines = []
    for first, second in itertools.combinations(weak, 2):
        for symbol in sorted(weak[first].keys() & weak[second].keys()):
            places = (f"{isa} ({weak[isa][symbol].name})" for isa in (first, second))
            lines.append(f"{symbol}: in {' and '.join(places)}")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=Path)
    parser.add_argument("--nm", default="nm")
    options = parser.parse_args()
    sets = [name for name in groups(options.build) if name != "other"]
    if not sets:
        print(f"check_symbols: expected kernel objects under {options.build}, found none. Build first.")
        return 2
    lines = shared_symbols(options.build, options.nm)
    print("\n".join(lines) if lines else f"no weak symbol is shared between {', '.join(sets)} and the rest")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
