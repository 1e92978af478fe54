"""A self-contained HTML page: text, tables and pictures in one file, readable without a network."""

from __future__ import annotations

import base64
import html
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --paper: #fff; --soft: #5b6675; --line: #d9dee5; --fill: #f4f6f8;
  --accent: #0072b2; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --paper: #14181e; --soft: #a2adba; --line: #323a45;
  --fill: #1d232b; --accent: #6bb8e8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 880px; margin: 0 auto; padding: 40px 20px 80px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 8px; }
h2 { font-size: 20px; margin: 40px 0 10px; padding-top: 14px; border-top: 1px solid var(--line); }
.lead { color: var(--soft); margin-top: 0; }
table { border-collapse: collapse; margin: 14px 0; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 16px; border-bottom: 1px solid var(--line); text-align: right; }
th { font-weight: 600; color: var(--soft); }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
pre { background: var(--fill); padding: 14px 16px; border-radius: 6px; overflow-x: auto;
  font-size: 13px; line-height: 1.4; }
figure { margin: 14px 0; }
figure img { max-width: 100%; height: auto; background: #fff; border-radius: 6px; }
figcaption, .missing { color: var(--soft); font-size: 14px; }
.missing { border-left: 3px solid var(--accent); padding-left: 12px; }
footer { margin-top: 48px; color: var(--soft); font-size: 14px; }
"""


class Report:
    """Gathers parts and writes them as one page."""

    def __init__(self, title: str, lead: str):
        self._title = html.escape(title)
        self._parts = [f"<h1>{self._title}</h1>", f'<p class="lead">{html.escape(lead)}</p>']

    def heading(self, text: str) -> None:
        self._parts.append(f"<h2>{html.escape(text)}</h2>")

    def paragraph(self, text: str) -> None:
        self._parts.append(f"<p>{html.escape(text)}</p>")

    def bullets(self, lines: Iterable[str]) -> None:
        self._parts.append("<ul>" + "".join(f"<li>{html.escape(line)}</li>" for line in lines) + "</ul>")

    def code(self, text: str) -> None:
        self._parts.append(f"<pre>{html.escape(text)}</pre>")

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        head = "".join(f"<th>{html.escape(cell)}</th>" for cell in header)
        body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        self._parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")

    def picture(self, png: Path, caption: str) -> None:
        data = base64.b64encode(png.read_bytes()).decode()
        alt = html.escape(caption, quote=True)
        self._parts.append(
            f'<figure><img src="data:image/png;base64,{data}" alt="{alt}"><figcaption>{alt}</figcaption></figure>'
        )

    def missing(self, sentence: str) -> None:
        self._parts.append(f'<p class="missing">{html.escape(sentence)}</p>')

    def footer(self, text: str) -> None:
        self._parts.append(f"<footer>{html.escape(text)}</footer>")

    def save(self, path: Path) -> None:
        """Writes the page under a temporary name and renames it when whole."""
        body = "\n".join(self._parts)
        page = (
            f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{self._title}</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
            f"\n<body><main>\n{body}\n</main></body></html>\n"
        )
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            unfinished.write_text(page, encoding="utf-8")
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
