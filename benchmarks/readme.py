"""Puts the table into README.md."""

from __future__ import annotations

import sys

_BEGIN, _END = "<!-- speed table -->", "<!-- /speed table -->"


def write(root):
    """Replaces what is between the markers by docs/speed_table.md."""
    path = root / "README.md"
    text = path.read_text()
    begin, end = text.find(_BEGIN), text.find(_END)
    if begin < 0 or end < begin:
        sys.exit(f"benchmarks: expected {_BEGIN} and {_END} in {path}, got none. Put them where the table goes.")
    table = (root / "docs" / "speed_table.md").read_text()
    path.write_text(f"{text[:begin]}{_BEGIN}\n{table}{text[end:]}")
