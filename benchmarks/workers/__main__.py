"""A worker: reads one JSON command a line, answers with one JSON line. Started by ``benchmarks.client``."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import traceback

from benchmarks.workers import memory
from benchmarks.workers.bench import Task


class Worker:
    def __init__(self):
        self.module = None
        self.bench = None

    def open(self, framework, network, action, samples, options):
        """Makes the network ready, without running it."""
        self.module = importlib.import_module(f"benchmarks.workers.{framework}_bench")
        self.module.prepare(options)
        network = importlib.import_module(f"benchmarks.networks.{network}")
        self.bench = self.module.make(Task(network, action, samples, options))
        return {"parameters": self.bench.parameters, "versions": self.module.versions()}

    def time(self, calls):
        """The fewest seconds a step of some calls."""
        best = float("inf")
        for _ in range(calls):
            start = time.perf_counter()
            self.bench.call()
            best = min(best, time.perf_counter() - start)
        return {"seconds": best / self.bench.steps}

    def memory(self, calls):
        """Peak of resident memory during some calls, above what the process held before."""
        before = memory.resident()
        memory.reset_peak()
        for _ in range(calls):
            self.bench.call()
        return {"bytes": memory.peak() - before}

    def machine(self):
        return self.module.machine_speed()


def main():
    # Frameworks print to standard output; the answers get a copy of it that only this file writes to.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    worker = Worker()
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = getattr(worker, command.pop("do"))(**command)
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


main()
