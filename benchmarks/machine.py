"""What the table says of the machine."""

from __future__ import annotations

import os
import platform


def processor():
    """The processor's name, and how many cores of it this process may use."""
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith("model name"):
                    name = line.split(":", 1)[1].strip()
                    break
    except OSError:
        pass
    return f"{name} ({len(os.sched_getaffinity(0))} cores)"


def describe(rows, threads, date):
    """Machine, versions and speeds, from rows of ``benchmarks.table.row_data``."""
    versions = {}
    for row in rows:
        versions |= row["versions"]
    isa = versions.pop("isa", "unknown")
    compiler = versions.pop("compiler", "unknown")
    return {
        "date": date,
        "machine": processor(),
        "system": platform.platform(terse=True),
        "threads": threads,
        "instruction set": isa,
        "compiler": compiler,
        "versions": versions,
        "FMA peak, GFLOP/s": round(max((r["fma_peak"] for r in rows), default=0.0) / 1e9),
        "bandwidth, GB/s": round(max((r["bandwidth"] for r in rows), default=0.0) / 1e9, 1),
    }
