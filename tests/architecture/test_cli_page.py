"""docs/cli.md lists every command with the words of its help, and no command that isn't one."""

from __future__ import annotations

import pytest

from tests.architecture import commands

PAGE = commands.ROOT / "docs" / "cli.md"


@pytest.fixture(scope="module")
def listed() -> list[str]:
    return commands.lines()


def test_every_command_stands_on_the_page_with_its_help(listed):
    page = PAGE.read_text(encoding="utf-8").splitlines()
    missing = [line for line in listed if line not in page]
    assert not missing, "`python -m tests.architecture.commands` prints the tables; not on the page:\n" + "\n".join(
        missing
    )


def test_the_page_lists_no_command_that_is_gone(listed):
    shown = PAGE.read_text(encoding="utf-8").partition("## JSON")[0].splitlines()
    assert [line for line in shown if line.startswith("|")] == listed


def test_the_list_is_that_of_the_command_line(listed):
    assert any(line.startswith("| `campaign launch` |") for line in listed)
    assert any(line.startswith("| `run` |") for line in listed)
