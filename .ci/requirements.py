"""Prints what pyproject.toml asks for: requirements.py EXTRA ... (and `build` for the build's own)."""

import sys
from pathlib import Path

import tomllib

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())
extras = project["project"]["optional-dependencies"]


def of(extra):
    """Requirements of an extra; `genodl[other]` in it stands for those of the other."""
    for requirement in extras[extra]:
        if requirement.startswith("genodl["):
            for other in requirement.removeprefix("genodl[").rstrip("]").split(","):
                yield from of(other)
        else:
            yield requirement


for extra in sys.argv[1:]:
    if extra == "build":
        print(*project["build-system"]["requires"], "cmake>=3.22", "ninja", sep="\n")
    else:
        print(*of(extra), sep="\n")
