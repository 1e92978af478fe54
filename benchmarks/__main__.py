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

_PEERS = {"torch": "PyTorch", "keras": "TensorFlow", "jax": "JAX"}


def _arguments():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="ROW", choices=[r.name for r in ROWS], help="rows to measure")
    for peer, family in _PEERS.items():
        parser.add_argument(f"--{peer}-python", metavar="PATH", help=f"interpreter with {family} (and Keras)")
    parser.add_argument("--rounds", type=int, default=7, help="times each variant is asked in turn (%(default)s)")
    parser.add_argument("--burst", type=float, default=1.0, help="seconds of one variant in one round (%(default)s)")
    parser.add_argument("--lock", metavar="FILE", help="file to lock while timing, on a shared machine")
    parser.add_argument("--json", metavar="FILE", help="writes all that was measured, row by row")
    parser.add_argument("--merge", nargs="+", metavar="FILE", help="measures nothing: the table of earlier runs")
    parser.add_argument("--save", action="store_true", help="writes docs/speed_table.md and docs/speed_table.json")
    parser.add_argument("--write-readme", action="store_true", help="puts docs/speed_table.md into README.md and ends")
    return parser.parse_args()


def _pythons(arguments):
    """Interpreters by family, and why a family has none."""
    found, missing = {"genodl": sys.executable}, {}
    for peer, family in _PEERS.items():
        path = getattr(arguments, f"{peer}_python")
        if path is None:
            missing[family] = f"no --{peer}-python was given"
        elif shutil.which(path) is None:
            sys.exit(f"benchmarks: expected an interpreter for {family}, got {path}, which cannot be run.")
        else:
            found[family] = path
    return found, missing


def _write(path, data):
    Path(path).write_text(json.dumps(data, indent=1) + "\n")


def _measured(arguments):
    pythons, missing = _pythons(arguments)
    setup = Setup(pythons, arguments.rounds, arguments.burst, arguments.lock)
    rows = []
    for row in ROWS:
        if arguments.only and row.name not in arguments.only:
            continue
        print(row.title, file=sys.stderr, flush=True)
        result = measure(row, setup, say=lambda text: print(text, file=sys.stderr, flush=True))
        rows.append(table.row_data(result))
        date = datetime.date.today().isoformat()
        data = {"machine": machine.describe(rows, THREADS, date), "missing": missing, "rows": rows}
        if arguments.json:
            _write(arguments.json, data)
    return data


def _merged(paths):
    """Runs of different rows as one table; a row of a later file replaces that of an earlier one."""
    runs = [json.loads(Path(path).read_text()) for path in paths]
    rows = {row["name"]: row for run in runs for row in run["rows"]}
    rows = [rows[r.name] for r in ROWS if r.name in rows]
    last = max(run["machine"]["date"] for run in runs)
    return {"machine": machine.describe(rows, THREADS, last), "missing": runs[-1]["missing"], "rows": rows}


def main():
    arguments = _arguments()
    if arguments.write_readme:
        readme.write(ROOT)
        return
    data = _merged(arguments.merge) if arguments.merge else _measured(arguments)
    text = table.markdown(data)
    print(text)
    if arguments.save:
        (ROOT / "docs" / "speed_table.md").write_text(text)
        _write(ROOT / "docs" / "speed_table.json", data)


main()
