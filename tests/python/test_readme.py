"""The Python in README.md and docs/ runs, page by page, top to bottom."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

import genodl as gd

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CODE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
WITH_CODE = [page for page in PAGES if CODE.search(page.read_text(encoding="utf-8"))]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder that holds the files which the pages talk about."""
    monkeypatch.chdir(tmp_path)
    peaks = gd.datasets.ctcf_peaks()
    text = "".join(f">{record.id}\n{record.sequence}\n" for record in (peaks[i] for i in range(400)))
    (tmp_path / "peaks.fa").write_text(text)
    (tmp_path / "peaks.fa.gz").write_bytes(gzip.compress(text.encode()))
    letters = "".join(peaks.strings()[:200])
    gd.sequence.write_fasta(tmp_path / "genome.fa", [letters], ids=["chr1"])
    rows = [f"chr1\t{at}\t{at + 90}\tp\t0\t.\t1\t-1\t-1\t40\n" for at in (2000, 5000, 9000)]
    (tmp_path / "peaks.narrowPeak").write_text("".join(rows))
    calls = f"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\nchr1\t501\trs1\t{letters[500]}\tTT,<DEL>\n"
    (tmp_path / "calls.vcf").write_text(calls)
    return tmp_path


@pytest.mark.parametrize("page", WITH_CODE, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_code_runs(page, folder):
    text = page.read_text(encoding="utf-8")
    names = {"__name__": page.stem}
    for block in CODE.finditer(text):
        # Blank lines before the block make tracebacks name the line of the page.
        first = text.count("\n", 0, block.start(1))
        exec(compile("\n" * first + block.group(1), str(page), "exec"), names)


def test_readme_trains_a_network(folder):
    names = {}
    exec(CODE.search(PAGES[0].read_text(encoding="utf-8")).group(1), names)
    assert names["model"].history.history["val_AUROC"][-1] > 0.9
    assert gd.load_model("ctcf.genodl").predict(names["x"][:3], verbose=0).shape == (3, 1)


def test_readme_has_two_commands_of_one_line():
    commands = re.findall(r"^```sh\n(.*?)^```", PAGES[0].read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(commands) == 2
    assert all(command.count("\n") == 1 and command.startswith("python3 -m venv .venv") for command in commands)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    missing = [t for t in targets if "://" not in t and not (page.parent / t).exists()]
    assert not missing
