"""Where messages go."""

from __future__ import annotations

import shutil
import sys


def say(message):
    print(message, flush=True)


def is_live():
    """Whether a line on the standard output can be written over: a terminal or a notebook."""
    out = sys.stdout
    if type(out).__module__.startswith("ipykernel"):
        return True
    return bool(getattr(out, "isatty", lambda: False)())


def width():
    return max(shutil.get_terminal_size((100, 24)).columns, 40)
