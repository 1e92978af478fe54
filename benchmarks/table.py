"""The results as Markdown and JSON."""

from __future__ import annotations

from benchmarks.variants import PEERS

_NAMES = {"best": "the best peer", "PyTorch": "PyTorch", "Keras": "Keras"}


def markdown(results, machine, missing):
    """The table with what it was measured on.

    Parameters
    ----------
    results : list of Result
    machine : dict
        From ``benchmarks.machine.describe``.
    missing : dict
        Families that were not measured, and why.
    """
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    lines = [
        f"Measured on {machine['date']} on {machine['machine']} ({machine['system']}), {machine['threads']} threads, "
        f"instruction set {machine['instruction set']}: {machine['FMA peak, GFLOP/s']} GFLOP/s of multiply-adds, "
        f"{machine['bandwidth, GB/s']} GB/s. {versions}. Milliseconds of a whole step (training: forward, loss, "
        "backward, Adam, gradients reset), float32; of each peer its best variant.",
        "",
        f"| work | genodl | {' | '.join(PEERS)} | ratio (goal) | share of the limit (goal) |",
        "|---|---|" + "---|" * len(PEERS) + "---|---|",
    ]
    lines += [_line(result) for result in results]
    for family, reason in missing.items():
        lines += ["", f"{family} was not measured: {reason}"]
    return "\n".join(lines) + "\n"


def _line(result):
    cells = [result.row.title, _value(result, "genodl"), *[_value(result, f) for f in PEERS]]
    cells.append("<br>".join(text for text in map(lambda g: _ratio(result, g), _distinct(result.row.goals)) if text))
    share = _share(result)
    cells.append(f"{100 * share:.0f} % ({100 * result.row.share:.0f} %)" if share else "")
    return "| " + " | ".join(cells) + " |"


def _distinct(goals):
    """One entry for each peer that goals are set against, with all its goals."""
    found = {}
    for goal in goals:
        found.setdefault(goal.against, []).append(goal.ratio)
    return list(found.items())


def _value(result, family):
    if family not in result.best:
        return "-"
    best = result.best[family]
    text = f"{best.value / 1e6:.0f} MB" if result.row.action == "memory" else _digits(1e3 * best.value)
    return f"{text} ({best.label})" if best.label else text


def _digits(x):
    return f"{x:,.0f}" if x >= 100 else f"{x:.3g}"


def _ratio(result, entry):
    against, goals = entry
    value = ratio(result, against)
    if value is None:
        return ""
    wanted = ", ".join(f"{g:g}x" for g in goals)
    return f"{_digits(value)}x {_NAMES[against]} ({wanted})"


def ratio(result, against):
    """How many times as fast, or as small, as a peer."""
    peer = result.peer(against)
    return peer.value / result.best["genodl"].value if peer and "genodl" in result.best else None


def _share(result):
    return result.limit / result.best["genodl"].value if result.limit and "genodl" in result.best else None


def as_data(results, machine, missing):
    """All that was measured, for JSON."""
    return {
        "machine": machine,
        "missing": missing,
        "rows": [
            {
                "name": r.row.name,
                "title": r.row.title,
                "unit": "bytes" if r.row.action == "memory" else "seconds",
                "best": {f: {"value": b.value, "variant": b.label} for f, b in r.best.items()},
                "tried": r.tried,
                "failed": r.failed,
                "limit_seconds": r.limit,
                "share_of_limit": _share(r),
                "share_goal": r.row.share,
                "goals": [{"ratio": g.ratio, "against": g.against, "measured": ratio(r, g.against)} for g in r.row.goals],
                "fma_peak": r.fma_peak,
                "bandwidth": r.bandwidth,
                "parameters": r.parameters,
            }
            for r in results
        ],
    }  # fmt: skip
