"""Every command is found by its name, whenever it is asked for."""

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from groupbot.cli import app

COMMANDS = get_command(app).list_commands(None)


def test_help_names_every_command() -> None:
    shown = CliRunner().invoke(app, ["--help"]).output
    assert [name for name in COMMANDS if name not in shown] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_each_answers_under_its_own_name(name: str) -> None:
    command = get_command(app).get_command(None, name)
    assert command.name == name
    assert command.help


def test_an_unknown_command_is_none() -> None:
    assert get_command(app).get_command(None, "nothing") is None
