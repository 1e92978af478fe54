"""Resident memory of this process, from Linux's /proc."""

from __future__ import annotations


def _status(key):
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith(key):
                return int(line.split()[1]) * 1024
    raise OSError(f"/proc/self/status: no {key}")


def resident():
    return _status("VmRSS:")


def peak():
    return _status("VmHWM:")


def reset_peak():
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
