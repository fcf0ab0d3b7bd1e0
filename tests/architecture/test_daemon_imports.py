"""What `groupbot run` imports before its first post. Posts wait for it at every start."""

import subprocess
import sys

import pytest

HEAVY = (
    *("alembic", "apprise", "jinja2", "openpyxl", "PIL", "watchfiles", "yaml"),
    *("betterproto", "grpclib", "wechaty_grpc", "psycopg", "segno"),
    *("groupbot.doctor", "groupbot.reload", "groupbot.sop.load", "groupbot.sop.workbook", "groupbot.sop.timecell"),
)
"""Libraries and parts of the house that other commands need, or the daemon later, or only for some adapter."""

LOADED = "import sys, typer; from groupbot.cli import app; typer.main.get_command(app).get_command(None, {command!r});"


def modules(command: str) -> set[str]:
    """Return the names of the modules that are there when `command` begins."""
    code = LOADED.format(command=command) + "print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def imported() -> set[str]:
    return modules("run")


@pytest.mark.parametrize("name", HEAVY)
def test_the_daemon_starts_without(name: str, imported: set[str]) -> None:
    assert "groupbot.lifecycle" in imported
    assert not {module for module in imported if module == name or module.startswith(f"{name}.")}


def test_what_the_daemon_does_without_is_there_for_who_needs_it() -> None:
    assert {"openpyxl", "jinja2", "yaml", "groupbot.sop.load"} <= modules("sop")
    assert "groupbot.doctor" in modules("doctor")
