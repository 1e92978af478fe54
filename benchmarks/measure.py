"""Times a row: all variants once, then the promising ones in turn, round after round."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from benchmarks import limit
from benchmarks.client import Client, WorkerError
from benchmarks.locks import locked
from benchmarks.variants import GENODL, PEERS, Variant, peers

_KEEP = 2  # variants of a family that go on to the rounds
_WITHIN = 1.3  # as long as they are this close to the family's best
_AT_ONCE = 4  # variants of a family that are open together for their first times
_SMALL_STEP = 5e-3  # seconds of genodl's step below which the peers' loops over batches are tried too
_MEMORY_CALLS = 4


class Setup(NamedTuple):
    """How to measure.

    Attributes
    ----------
    pythons : dict
        Interpreter of each family; a family without one is skipped.
    rounds : int
    burst : float
        Seconds a variant runs in one round.
    lock : str, optional
        File locked while anything is timed, for machines that several people use.
    """

    pythons: dict
    rounds: int
    burst: float
    lock: str | None = None


class Best(NamedTuple):
    """The best variant of a family: seconds a step, or bytes."""

    value: float
    label: str


@dataclass
class Result:
    """What was measured of one row."""

    row: object
    best: dict = field(default_factory=dict)  # Best by family
    tried: dict = field(default_factory=dict)  # values by family and label
    failed: dict = field(default_factory=dict)  # messages by family and label
    versions: dict = field(default_factory=dict)
    fma_peak: float = 0.0
    bandwidth: float = 0.0
    parameters: int = 0

    @property
    def limit(self):
        """Seconds, for rows that have a limit."""
        if self.row.share is None:
            return None
        training = self.row.action == "train"
        return limit.seconds(self.row.module.PRODUCTS, self.row.batch, training, self.parameters, self.fma_peak,
                             self.bandwidth)  # fmt: skip

    def peer(self, against):
        """The best of "PyTorch", of "Keras" (either backend) or of all peers; None where it was not measured."""
        families = {"best": PEERS, "Keras": ("TensorFlow", "JAX")}.get(against, (against,))
        found = [self.best[f] for f in families if f in self.best]
        return min(found) if found else None


class _Runner:
    """An open worker of one variant."""

    def __init__(self, variant: Variant, python, row):
        self.variant = variant
        self.client = Client(python, variant.environment)
        self.seconds = float("inf")
        try:
            action = "train" if row.action == "memory" else row.action
            self.opened = self.client.ask("open", framework=variant.worker, network=row.network, action=action,
                                          samples=row.batch, options=variant.options)  # fmt: skip
        except WorkerError:
            self.client.close()
            raise

    def time(self, calls):
        self.seconds = min(self.seconds, self.client.ask("time", calls=calls)["seconds"])
        return self.seconds

    def burst(self, seconds):
        per_call = max(self.seconds, 1e-7) * self.opened_steps
        self.time(max(1, min(2000, int(seconds / per_call))))

    opened_steps = 1


def measure(row, setup: Setup, say=print):
    """A Result."""
    result = Result(row)
    if row.action == "memory":
        _measure_memory(result, setup, say)
    else:
        _measure_time(result, setup, say)
    return result


def _open(result, variant, setup, say):
    try:
        runner = _Runner(variant, setup.pythons[variant.family], result.row)
    except WorkerError as error:
        _fail(result, variant, error, say)
        return None
    result.versions |= runner.opened["versions"]
    if result.parameters not in (0, runner.opened["parameters"]):
        raise RuntimeError(
            f"{result.row.name}: {variant.family} has {runner.opened['parameters']} parameters, genodl "
            f"{result.parameters}: not the same network."
        )
    result.parameters = runner.opened["parameters"]
    runner.opened_steps = result.row.module.BATCHES if result.row.action == "train" else 1
    return runner


def _fail(result, variant, error, say):
    result.failed[f"{variant.family}: {variant.label}"] = str(error)
    say(f"    {variant.family} {variant.label}: failed: {error}")


def _candidates(row, setup, seconds):
    training = row.action in ("train", "memory")
    small = seconds < _SMALL_STEP and row.module.BATCHES > 1
    return [v for v in peers(row.images, training, small) if v.family in setup.pythons]


def _measure_time(result, setup, say):
    own = _open(result, GENODL, setup, say)
    if own is None:
        return
    if not _warm_up(own, result, setup, say):
        return
    _scout([own], result, setup, say)
    kept = [own]
    try:
        for family in PEERS:
            kept += _best_of_family(result, family, own.seconds, setup, say)
        for _ in range(setup.rounds):
            with locked(setup.lock):
                speed = own.client.ask("machine")
                for runner in kept:
                    runner.burst(setup.burst)
            result.fma_peak = max(result.fma_peak, speed["fma_peak"])
            result.bandwidth = max(result.bandwidth, speed["bandwidth"])
    finally:
        for runner in kept:
            runner.client.close()
    for runner in kept:
        _record(result, runner.variant, runner.seconds)
    say(f"  {result.row.name}: " + ", ".join(f"{f} {1e3 * b.value:.4g} ms ({b.label})" for f, b in result.best.items()))


def _warm_up(runner, result, setup, say):
    """Compiles and fills caches; False where the variant cannot run."""
    try:
        runner.time(1)
        runner.time(1)
        return True
    except WorkerError as error:
        _fail(result, runner.variant, error, say)
        runner.client.close()
        return False


def _scout(runners, result, setup, say):
    """First times of variants that are warm, one after the other."""
    with locked(setup.lock):
        for runner in runners:
            runner.seconds = float("inf")
            runner.time(1)
            runner.burst(0.3 * setup.burst)
    for runner in runners:
        _record(result, runner.variant, runner.seconds)
        say(f"    {runner.variant.family} {runner.variant.label}: {1e3 * runner.seconds:.4g} ms")


def _best_of_family(result, family, own_seconds, setup, say):
    variants = [v for v in _candidates(result.row, setup, own_seconds) if v.family == family]
    kept = []
    for i in range(0, len(variants), _AT_ONCE):
        opened = [_open(result, v, setup, say) for v in variants[i : i + _AT_ONCE]]
        opened = [r for r in opened if r is not None and _warm_up(r, result, setup, say)]
        _scout(opened, result, setup, say)
        kept = sorted(kept + opened, key=lambda r: r.seconds)
        while len(kept) > _KEEP or (kept and kept[-1].seconds > _WITHIN * kept[0].seconds):
            kept.pop().client.close()
    return kept


def _record(result, variant, value):
    values = result.tried.setdefault(variant.family, {})
    values[variant.label] = min(value, values.get(variant.label, value))
    label = min(values, key=values.get)
    result.best[variant.family] = Best(values[label], label)


def _measure_memory(result, setup, say):
    """The least peak of the variants with default memory management; the goal is against PyTorch."""
    plain = [v for v in _candidates(result.row, setup, 1.0) if v.family == "PyTorch" and not v.environment]
    for variant in [GENODL, *plain]:
        runner = _open(result, variant, setup, say)
        if runner is None:
            continue
        try:
            _record(result, variant, runner.client.ask("memory", calls=_MEMORY_CALLS)["bytes"])
        except WorkerError as error:
            _fail(result, variant, error, say)
        runner.client.close()
    say(f"  {result.row.name}: " + ", ".join(f"{f} {b.value / 1e6:.0f} MB ({b.label})" for f, b in result.best.items()))
