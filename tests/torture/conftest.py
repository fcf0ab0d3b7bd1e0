"""A word at the end of the run on what the kills hit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import postgres
from tests.torture.torturer import Figures

_told: list[Figures | str] = []


@pytest.fixture
def tell():
    """Return what keeps a line for the end of the run."""
    return _told.append


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Give the URL of an empty schema of a PostgreSQL server; None for the file beside config.toml."""
    if request.param == "sqlite":
        yield None
        return
    with postgres.shared().schema() as url:
        yield url


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _told:
        terminalreporter.section("torture")
    for line in _told:
        terminalreporter.line(str(line))
