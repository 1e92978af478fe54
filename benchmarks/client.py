"""The driver's side of a worker process."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class WorkerError(RuntimeError):
    """A worker could not do what it was asked."""


class Client:
    """A worker in an interpreter of its own; ``ask`` sends a command and waits for the answer."""

    def __init__(self, python, environment=None):
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - lives as long as the worker
        inherited = {k: v for k, v in os.environ.items() if k not in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")}
        self._process = subprocess.Popen(
            [python, "-m", "benchmarks.workers"], cwd=ROOT, env={**inherited, **(environment or {})}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
        )

    def ask(self, do, **arguments):
        try:
            self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self._process.wait()
            raise WorkerError(f"worker ended with status {self._process.returncode}: {self._last_words()}")
        answer = json.loads(line)
        if "error" in answer:
            raise WorkerError(answer["error"])
        return answer

    def _last_words(self):
        self._log.seek(0)
        return " | ".join(self._log.read().splitlines()[-3:])

    def close(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
        self._log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
