"""Results as data for JSON, and the data as a Markdown table."""

from __future__ import annotations

from benchmarks.rows import ROWS
from benchmarks.variants import PEERS

_NAMES = {"best": "the best peer", "PyTorch": "PyTorch", "Keras": "Keras"}


def row_data(result):
    """All that was measured of one row."""
    row, own = result.row, result.best.get("genodl")
    goals = []
    for goal in row.goals:
        peer = result.peer(goal.against)
        measured = peer.value / own.value if peer and own else None
        goals.append({"against": goal.against, "ratio": goal.ratio, "measured": measured})
    return {
        "name": row.name,
        "title": row.title,
        "unit": "bytes" if row.action == "memory" else "seconds",
        "best": {family: {"value": b.value, "variant": b.label} for family, b in result.best.items()},
        "goals": goals,
        "limit_seconds": result.limit,
        "share_of_limit": result.limit / own.value if result.limit and own else None,
        "share_goal": row.share,
        "parameters": result.parameters,
        "fma_peak": result.fma_peak,
        "bandwidth": result.bandwidth,
        "tried": result.tried,
        "failed": result.failed,
        "versions": result.versions,
    }


def markdown(data):
    """The table, with what it was measured on.

    Parameters
    ----------
    data : dict
        ``machine`` from ``benchmarks.machine.describe``, ``rows`` from :func:`row_data`, ``missing``:
        families that were not measured, and why.
    """
    machine = data["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    lines = [
        f"{machine['date']}, {machine['machine']}, {machine['threads']} threads, instruction set "
        f"{machine['instruction set']}: {machine['FMA peak, GFLOP/s']} GFLOP/s of multiply-adds and "
        f"{machine['bandwidth, GB/s']} GB/s measured in the same run. {versions}. Milliseconds of a whole step "
        "(training: forward, loss, backward, Adam, gradients reset) in float32; of each peer its best variant.",
        "",
        f"| work | genodl | {' | '.join(PEERS)} | ratio (goal) | share of the limit (goal) |",
        "|---|---|" + "---|" * len(PEERS) + "---|---|",
    ]
    lines += [_line(row) for row in data["rows"]]
    measured = {row["name"] for row in data["rows"]}
    left_out = [row.title for row in ROWS if row.name not in measured]
    if left_out:
        lines += ["", f"Not measured here: {'; '.join(left_out)}."]
    for family, reason in data["missing"].items():
        lines += ["", f"{family} was not measured: {reason}."]
    return "\n".join(lines) + "\n"


def _line(row):
    cells = [row["title"], *[_value(row, family) for family in ("genodl", *PEERS)], _ratios(row), _share(row)]
    return "| " + " | ".join(cells) + " |"


def _value(row, family):
    if family not in row["best"]:
        return "-"
    best = row["best"][family]
    text = f"{best['value'] / 1e6:,.0f} MB" if row["unit"] == "bytes" else _digits(1e3 * best["value"])
    return f"{text} ({best['variant']})" if best["variant"] else text


def _digits(x):
    return f"{x:,.0f}" if x >= 100 else f"{x:.3g}"


def _ratios(row):
    """One entry for each peer that goals are set against, with all its goals."""
    by_peer = {}
    for goal in row["goals"]:
        if goal["measured"] is not None:
            by_peer.setdefault(goal["against"], []).append(goal)
    texts = []
    for against, goals in by_peer.items():
        wanted = ", ".join(f"{goal['ratio']:g}x" for goal in goals)
        texts.append(f"{_digits(goals[0]['measured'])}x {_NAMES[against]} ({wanted})")
    return "<br>".join(texts)


def _share(row):
    if row["share_of_limit"] is None:
        return ""
    return f"{100 * row['share_of_limit']:.0f} % ({100 * row['share_goal']:.0f} %)"
