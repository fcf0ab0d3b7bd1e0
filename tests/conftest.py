"""What every test has: English messages, whatever the machine or an earlier test chose."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

os.environ["GROUPBOT_LOCALE"] = "en"  # before groupbot is imported: the default of every context and child process

from groupbot import i18n
from tests import sharing


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.use("en")
    yield
    i18n.use("en")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: sharing.rank(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> sharing.Shares:
    return sharing.Shares(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests told, in whichever process: see `tell` in tests/torture/conftest.py."""
    reports = [one for kind in terminalreporter.stats.values() for one in kind if isinstance(one, pytest.TestReport)]
    told = [words for one in reports if one.when == "call" for name, words in one.user_properties if name == "told"]
    if told:
        terminalreporter.section("torture")
    for words in told:
        terminalreporter.line(str(words))
