"""docs/commands.md lists every chat command as it is declared, and none that isn't one."""

from __future__ import annotations

import pytest

from tests.architecture import chat_commands


@pytest.fixture(scope="module")
def listed() -> list[str]:
    return chat_commands.lines()


def test_the_page_lists_the_commands_as_they_are(listed):
    shown = [line for line in chat_commands.PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    wrong = [line for line in listed if line not in shown] + [f"gone: {line}" for line in shown if line not in listed]
    told = "`python -m tests.architecture.chat_commands --write` puts the tables there:\n"
    assert not wrong, told + "\n".join(wrong)
    assert shown == listed


def test_the_list_is_that_of_the_families(listed):
    for command in chat_commands.declared():
        assert any(f"/{command.name}" in line for line in listed), command.name
    assert any("/状态" in line for line in listed)


def test_every_example_is_a_line_of_its_command():
    for command in chat_commands.declared():
        assert command.example.removeprefix("/").startswith(command.name), command.name
