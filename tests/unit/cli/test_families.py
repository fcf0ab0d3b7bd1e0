"""Every command is found by its name, whenever it is asked for."""

import subprocess
import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from groupbot.cli import app
from groupbot.cli.families import _words

COMMANDS = get_command(app).list_commands(None)


def test_help_names_every_command() -> None:
    shown = CliRunner().invoke(app, ["--help"]).output
    assert [name for name in COMMANDS if name not in shown] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_all_says_what_each_says_of_itself(name: str) -> None:
    assert get_command(app).get_command(None, name).help == _words()[name]


def test_the_list_of_all_waits_for_none_of_them() -> None:
    code = "import sys; from typer.testing import CliRunner; from groupbot.cli import app; "
    code += "assert 'campaign' in CliRunner().invoke(app, ['--help']).output; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"sqlalchemy", "groupbot.settings", "groupbot.cli.campaign"} & set(done.stdout.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_each_answers_under_its_own_name(name: str) -> None:
    command = get_command(app).get_command(None, name)
    assert command.name == name
    assert command.help


def test_an_unknown_command_is_none() -> None:
    assert get_command(app).get_command(None, "nothing") is None
