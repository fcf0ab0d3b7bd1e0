"""Which tests run together when several worker processes share them (`pytest -n 2`).

A file's tests stay in one process, so that what they set up together is set up once. Tests that watch real time, of
killed daemons or at the real gateway, form one share: it comes first, and its tests run one after another.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

REAL_TIME = ("tests/torture/", "tests/contract/adapters/", "tests/integration/test_doctor.py")
"""Paths, relative to the project, of tests that would disturb each other's clocks."""

HEAVY_FIRST = ("tests/integration/", "tests/acceptance/", "tests/migration/", "tests/contract/", "tests/architecture/")
"""Folders of tests that take seconds each: what is left for the end should be small."""


class Shares(LoadScopeScheduling):
    """Hands out files, and all tests of real time as if they were one file."""

    def _split_scope(self, nodeid: str) -> str:
        return share(nodeid)


def share(nodeid: str) -> str:
    """Return the name of the share that a test belongs to."""
    return "real time" if nodeid.startswith(REAL_TIME) else nodeid.partition("::")[0]


def rank(nodeid: str) -> int:
    """Return the place of a test in the order of shares: the longest ones first."""
    if nodeid.startswith(REAL_TIME):
        return 0
    return next((place for place, folder in enumerate(HEAVY_FIRST, start=1) if nodeid.startswith(folder)), 99)
