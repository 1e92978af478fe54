"""What the table says of the machine."""

from __future__ import annotations

import os
import platform


def processor():
    """The processor's name, and how many of it this process may use."""
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith("model name"):
                    name = line.split(":", 1)[1].strip()
                    break
    except OSError:
        pass
    return f"{name}, {len(os.sched_getaffinity(0))} cores of it"


def describe(results, threads, date):
    """Lines above the table."""
    versions = {}
    for result in results:
        versions |= result.versions
    isa = versions.pop("isa", "unknown")
    compiler = versions.pop("compiler", "unknown")
    peak = max((r.fma_peak for r in results), default=0.0)
    bandwidth = max((r.bandwidth for r in results), default=0.0)
    return {
        "date": date,
        "machine": processor(),
        "system": platform.platform(terse=True),
        "threads": threads,
        "instruction set": isa,
        "compiler": compiler,
        "versions": versions,
        "FMA peak, GFLOP/s": round(peak / 1e9),
        "bandwidth, GB/s": round(bandwidth / 1e9, 1),
    }
