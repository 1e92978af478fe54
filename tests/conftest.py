"""Puts ``cases`` (tests/) and the helpers of tests/python on the path; leaves threads as they were."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
for folder in (HERE, HERE / "python"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes more than ten seconds; left out of the fast suite")


@pytest.fixture
def threads():
    """``set_threads`` that is undone after the test."""
    import genodl as gd

    before = gd.get_threads()
    yield gd.set_threads
    gd.set_threads(before)
