"""The demo and its command: what is written, what is printed, what is refused."""

import re
import subprocess
import sys

import pytest

from genodl import cli, datasets, demo


@pytest.fixture
def fewer_peaks(monkeypatch):
    """A fifth of the data: enough to learn from, quick to run."""
    peaks = datasets.ctcf_peaks()[::5]
    monkeypatch.setattr(datasets, "ctcf_peaks", lambda: peaks)


def test_split_is_by_chromosome_and_pairs_sites_with_their_shuffles():
    from genodl import sequence as sq

    peaks = datasets.ctcf_peaks()
    train, validation, test = demo.split(peaks, seed=0)
    sizes = [sum(i.startswith(f"{c}:") for i in peaks.ids) for c in ("chr2", "chr1")]
    assert [len(p.y) for p in (train, validation, test)] == [4 * (7837 - sum(sizes)), 2 * sizes[0], 2 * sizes[1]]
    for part in (train, validation, test):
        assert part.y.mean() == 0.5 and len(part.x) == len(part.y)
    half = len(test.y) // 2
    assert test.y[:half].all() and not test.y[half:].any()
    counts = sq.kmer_counts(test.x, 2, both_strands=False)
    assert (counts[:half] == counts[half:]).all()


def test_demo_writes_what_it_says(tmp_path, capsys, fewer_peaks):
    out = tmp_path / "results"
    assert cli.main(["demo", "--out", str(out), "--epochs", "6"]) == 0
    printed = capsys.readouterr().out
    scores = dict(re.findall(r"^  (best PWM|network)\b.*?(0\.\d{3})  0\.\d{3}$", printed, re.M))
    assert 0.9 < float(scores["best PWM"]) < 1 and 0.8 < float(scores["network"]) < 1
    page = (out / "index.html").read_text()
    assert all(f">{score}<" in page for score in scores.values())
    assert not re.search(r'(src|href)="(?!data:)', page)  # one file, nothing fetched
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        assert "pip install" in page and "pip install" in printed
        assert {f.name for f in out.iterdir()} == {"index.html", demo.MODEL_FILE}
    else:
        assert page.count("data:image/png;base64,") == 2
        assert {f.name for f in out.iterdir()} == {"index.html", demo.MODEL_FILE, "history.png", "roc.png"}


def test_demo_without_matplotlib_says_what_is_missing(tmp_path, capsys, monkeypatch, fewer_peaks):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    demo.run(tmp_path, epochs=1)
    sentence = 'No pictures: they need matplotlib. Install it with: pip install "genodl[plot]"'
    assert sentence in capsys.readouterr().out
    assert sentence.replace('"', "&quot;") in (tmp_path / "index.html").read_text()
    assert {f.name for f in tmp_path.iterdir()} == {"index.html", demo.MODEL_FILE}


def test_saved_model_predicts_as_the_network_did(tmp_path, fewer_peaks):
    import genodl as gd

    results = demo.run(tmp_path, epochs=1)
    test = demo.split(datasets.ctcf_peaks(), seed=0)[2]
    p = demo.predict_both_strands(gd.load_model(tmp_path / demo.MODEL_FILE), test.x)
    assert float(gd.metrics.AUROC()(test.y, p)) == results["network"]["auroc"]


def test_bad_arguments_are_exit_code_2(tmp_path, capsys):
    assert cli.main(["demo", "--out", str(tmp_path), "--epochs", "0"]) == 2
    assert "genodl demo: expected at least 1 epoch, got 0" in capsys.readouterr().err
    file = tmp_path / "file"
    file.write_text("")
    assert cli.main(["demo", "--out", str(file)]) == 2
    assert str(file) in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        cli.main(["demon"])
    assert caught.value.code == 2
    assert cli.main([]) == 2


def test_the_command_itself():
    run = [sys.executable, "-m", "genodl.cli"]
    helped = subprocess.run([*run, "demo", "--help"], capture_output=True, text=True)
    assert helped.returncode == 0 and "Example: genodl demo" in helped.stdout
    version = subprocess.run([*run, "--version"], capture_output=True, text=True)
    assert re.fullmatch(r"genodl \d+\.\d+\.\d+\n", version.stdout)
