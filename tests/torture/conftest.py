"""A word at the end of the run on what the kills hit."""

from __future__ import annotations

import pytest

from tests.torture.torturer import Figures

_told: list[Figures | str] = []


@pytest.fixture
def tell():
    """Return what keeps a line for the end of the run."""
    return _told.append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _told:
        terminalreporter.section("torture")
    for line in _told:
        terminalreporter.line(str(line))
