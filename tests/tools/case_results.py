"""Writes what every case of tests/cases computes to an .npz file: ``case_results.py results.npz``.

Run once for each instruction set (``GENODL_ISA``), in a fresh process: the set is chosen at import.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from cases import all_cases


def results():
    found = {}
    for case in all_cases():
        widths = [case.width, *case.widths] if case.has_width else [case.width]
        for width in dict.fromkeys(widths):
            for i, array in enumerate(case.build(width=width).compute()):
                found[f"{case.name}/{width}/{i}"] = array
    return found


if __name__ == "__main__":
    np.savez(sys.argv[1], **results())
