"""``python -m benchmarks``: the speed table."""

from __future__ import annotations

import argparse
import datetime
import json
import shutil
import sys
from pathlib import Path

from benchmarks import machine, readme, table
from benchmarks.client import ROOT
from benchmarks.measure import Setup, measure
from benchmarks.rows import ROWS
from benchmarks.workers.genodl_bench import THREADS


def _arguments():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="ROW", choices=[r.name for r in ROWS], help="rows to measure")
    for peer in ("torch", "keras", "jax"):
        parser.add_argument(f"--{peer}-python", metavar="PATH", help=f"interpreter that has what {peer} needs")
    parser.add_argument("--rounds", type=int, default=7, help="times each variant is asked in turn (%(default)s)")
    parser.add_argument("--burst", type=float, default=1.0, help="seconds of one variant in one round (%(default)s)")
    parser.add_argument("--lock", metavar="FILE", help="file to lock while timing, on a shared machine")
    parser.add_argument("--json", metavar="FILE", help="writes all that was measured")
    parser.add_argument("--save", action="store_true", help="writes docs/speed_table.md and docs/speed_table.json")
    parser.add_argument("--write-readme", action="store_true", help="puts docs/speed_table.md into README.md and ends")
    return parser.parse_args()


def _pythons(arguments):
    """Interpreters by family, and why a family has none."""
    given = {"PyTorch": arguments.torch_python, "TensorFlow": arguments.keras_python, "JAX": arguments.jax_python}
    found, missing = {"genodl": sys.executable}, {}
    for family, path in given.items():
        if path is None:
            missing[family] = "no interpreter was given"
        elif shutil.which(path) is None:
            sys.exit(f"benchmarks: expected an interpreter for {family}, got {path}, which cannot be run.")
        else:
            found[family] = path
    return found, missing


def main():
    arguments = _arguments()
    if arguments.write_readme:
        readme.write(ROOT)
        return
    pythons, missing = _pythons(arguments)
    setup = Setup(pythons, arguments.rounds, arguments.burst, arguments.lock)
    rows = [r for r in ROWS if not arguments.only or r.name in arguments.only]
    results = []
    for row in rows:
        print(row.title, file=sys.stderr, flush=True)
        results.append(measure(row, setup, say=lambda text: print(text, file=sys.stderr, flush=True)))
    about = machine.describe(results, THREADS, datetime.date.today().isoformat())
    text = table.markdown(results, about, missing)
    print(text)
    data = json.dumps(table.as_data(results, about, missing), indent=1)
    if arguments.json:
        Path(arguments.json).write_text(data + "\n")
    if arguments.save:
        (ROOT / "docs" / "speed_table.md").write_text(text)
        (ROOT / "docs" / "speed_table.json").write_text(data + "\n")


main()
