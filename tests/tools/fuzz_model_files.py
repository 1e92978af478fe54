"""Loads mutated model files: each must load or be refused, never crash, hang or ask for much memory.

    python tests/tools/fuzz_model_files.py --files 100000
    python tests/tools/fuzz_model_files.py --seconds 60 --seed 7
    python tests/tools/fuzz_model_files.py --only 4711 --keep /tmp/broken    # one file again

File number n is made from (seed, n) alone. Each worker loads files in its own process under a limit of
memory and time; a worker that dies is replaced and the file it was at is reported.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import math
import multiprocessing
import os
import resource
import signal
import sys
import time
import traceback
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from model_file_mutations import Mutator

MEMORY = 1 << 30  # bytes beyond what the worker has after its imports
SECONDS = 20  # for one file
GROWTH = 256 << 10  # KiB by which one load may raise the peak
MOST_INPUTS = 100_000  # numbers in the inputs of a model that is tried


class TooSlow(BaseException):
    """A load that took longer than it may."""


def _alarm(*unused):
    raise TooSlow


def outcome_of(path):
    """``"loaded"``, ``"refused"`` or words on what went wrong."""
    import genodl as gd

    before = peak()
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        model = gd.load_model(path)
        found = "loaded" if peak() - before < GROWTH else f"took {peak() - before >> 10} MiB"
        use(model)
    except (gd.GenodlError, ValueError):
        found = "refused" if peak() - before < GROWTH else f"took {peak() - before >> 10} MiB"
    except TooSlow:
        found = f"took longer than {SECONDS} s"
    except BaseException:
        found = "raised " + traceback.format_exc(limit=-3)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return found


def peak():
    """The most memory the process has had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def use(model):
    """A prediction, if the inputs are small: a strange model may refuse it or want memory, but not crash."""
    import genodl as gd

    if not model.built or not getattr(model, "is_functional", False):
        return
    shapes = [tuple(2 if n is None else n for n in t.shape) for t in model.inputs]
    if sum(math.prod(s) for s in shapes) > MOST_INPUTS:
        return
    with contextlib.suppress(gd.GenodlError, ValueError, TypeError, MemoryError):
        model.predict_on_batch([np.zeros(s, t.dtype) for s, t in zip(shapes, model.inputs, strict=True)])


def worker(seed, numbers, progress, findings, counts, stop_at):
    """Loads files until ``numbers`` are through or the time is."""
    import genodl as gd

    gd.set_threads(1)
    mutator = Mutator(seed)
    signal.signal(signal.SIGALRM, _alarm)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    path = Path(f"/dev/shm/genodl-fuzz-{os.getpid()}")
    if not path.parent.exists():
        path = Path(f"/tmp/genodl-fuzz-{os.getpid()}")
    # Thousands of odd models warn of thousands of odd things.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    try:
        for n in numbers:
            if time.monotonic() > stop_at:
                break
            name, data = mutator.file(n)
            path.write_bytes(data)
            progress.value = n
            found = outcome_of(path)
            if found in ("loaded", "refused"):
                with counts.get_lock():
                    counts[found == "loaded"] += 1
            else:
                findings.put((n, name, found))
        progress.value = -1
    finally:
        path.unlink(missing_ok=True)


class Supervisor:
    """Keeps ``jobs`` workers busy with their shares of the files."""

    def __init__(self, seed, files, jobs, stop_at):
        self.context = multiprocessing.get_context("spawn")
        self.findings = self.context.Queue()
        self.counts = self.context.Array("q", 2)
        self.seed, self.stop_at = seed, stop_at
        self.shares = [range(i, files, jobs) for i in range(jobs)]
        self.found = []

    def start(self, share):
        progress = self.context.Value("q", share.start)
        arguments = (self.seed, share, progress, self.findings, self.counts, self.stop_at)
        process = self.context.Process(target=worker, args=arguments)
        process.start()
        return process, share, progress

    def run(self):
        running = [self.start(share) for share in self.shares if len(share)]
        while running:
            time.sleep(0.2)
            while not self.findings.empty():
                self.found.append(self.findings.get())
            for entry in list(running):
                process, share, progress = entry
                if process.is_alive():
                    continue
                running.remove(entry)
                if progress.value >= 0:
                    n = progress.value
                    self.found.append((n, "", f"ended the process with exit code {process.exitcode}"))
                    running.append(self.start(range(n + share.step, share.stop, share.step)))
        while not self.findings.empty():
            self.found.append(self.findings.get())
        return self.found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=10**9)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only", type=int, help="the number of one file, loaded here")
    parser.add_argument("--keep", type=Path, help="folder for the files with findings")
    options = parser.parse_args()
    if options.files == 10**9 and options.seconds == float("inf") and options.only is None:
        parser.error("give --files or --seconds")
    if options.only is not None:
        return only(options)
    start = time.monotonic()
    supervisor = Supervisor(options.seed, options.files, options.jobs, start + options.seconds)
    found = supervisor.run()
    refused, loaded = supervisor.counts
    total = refused + loaded + len(found)
    print(f"{total} files in {time.monotonic() - start:.0f} s: {refused} refused, {loaded} loaded, {len(found)} findings")
    kinds = collections.defaultdict(list)
    for n, name, words in sorted(found):
        kinds[words.strip().splitlines()[-1]].append((n, name, words))
    for words, cases in kinds.items():
        print(f"\n{len(cases)} x {words}\n  files {[n for n, _, _ in cases[:8]]} ({cases[0][1]})\n{cases[0][2]}")
    if options.keep and found:
        options.keep.mkdir(parents=True, exist_ok=True)
        mutator = Mutator(options.seed)
        for n, _, _ in found:
            (options.keep / str(n)).write_bytes(mutator.file(n)[1])
    return 1 if found else 0


def only(options):
    name, data = Mutator(options.seed).file(options.only)
    folder = options.keep or Path("/tmp")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"fuzz-{options.only}"
    path.write_bytes(data)
    print(f"{path}: {name}, {len(data)} bytes")
    signal.signal(signal.SIGALRM, _alarm)
    print(outcome_of(path))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
