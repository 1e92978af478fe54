"""What the zoo holds, as a table."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    name: str
    paper: str
    input: str
    output: str
    parameters: str


class Table(list):
    """Rows that print as a table."""

    def __repr__(self):
        rows = [Entry._fields, *self]
        widths = [max(len(str(r[i])) for r in rows) for i in range(len(Entry._fields))]
        return "\n".join("  ".join(f"{c!s:<{w}}" for c, w in zip(row, widths)).rstrip() for row in rows)


_entries: list[Entry] = []


def network(paper, input, output, parameters):
    """Marks a function as a network of the zoo."""

    def decorator(function):
        _entries.append(Entry(function.__name__, paper, input, output, parameters))
        return function

    return decorator


def list_networks():
    """All networks with paper, input, output and number of parameters at the defaults.

    Examples
    --------
    >>> import genodl as gd
    >>> [row.name for row in gd.zoo.list()][:2]
    ['basenji', 'basset']
    """
    return Table(_entries)
