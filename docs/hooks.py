"""MkDocs: a line `<!-- names of genodl.layers -->` becomes the reference of these names."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from pathlib import Path

MARK = re.compile(r"^<!-- names of (\S+?)(?: except (.+?))? -->$", re.MULTILINE)
ROOT = Path(__file__).parents[1]


def on_startup(command, dirty):
    """The tree itself serves where it was built in place, else the installed package."""
    if any((ROOT / "python" / "genodl").glob("_core.*")):
        sys.path.insert(0, str(ROOT / "python"))


def on_page_markdown(markdown, page, config, files):
    return MARK.sub(lambda mark: reference(mark[1], (mark[2] or "").split()), markdown)


def reference(module_name: str, leave_out: list[str]) -> str:
    module = importlib.import_module(module_name)
    names = getattr(module, "__all__", None) or [n for n in vars(module) if not n.startswith("_")]
    entries: dict[str, list[str]] = {}
    for name in names:
        value = getattr(module, name)
        if name not in leave_out and belongs(value):
            entries.setdefault(f"{value.__module__}.{value.__qualname__}", []).append(name)
    paths = sorted(entries, key=lambda path: (path.rpartition(".")[2][0].islower(), path.rpartition(".")[2].lower()))
    return "\n\n".join(entry(path, entries[path]) for path in paths)


def belongs(value: object) -> bool:
    module = getattr(value, "__module__", None) or ""
    if inspect.isclass(value) and issubclass(value, BaseException):
        return False
    is_name = inspect.isclass(value) or inspect.isfunction(value)
    return is_name and module.startswith("genodl.") and not module.rpartition(".")[2].startswith("_")


def entry(path: str, names: list[str]) -> str:
    own = path.rpartition(".")[2]
    names = [own] * (own in names) + [name for name in names if name != own]
    also = f"\n\nAlso: {', '.join(f'`{name}`' for name in names[1:])}." if len(names) > 1 else ""
    return f"::: {path}\n    options:\n      heading: {names[0]}\n      toc_label: {names[0]}{also}"
