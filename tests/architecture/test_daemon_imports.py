"""What `groupbot run` imports before its first post. Posts wait for it at every start."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

HEAVY = (
    *("alembic", "apprise", "jinja2", "openpyxl", "PIL", "watchfiles", "yaml"),
    *("fastapi", "starlette", "uvicorn", "groupbot.web"),
    *("betterproto", "grpclib", "wechaty_grpc", "psycopg", "scipy", "segno"),
    *("groupbot.doctor", "groupbot.reload", "groupbot.sop.load", "groupbot.sop.workbook", "groupbot.sop.timecell"),
)
"""Libraries and parts of the house that other commands need, or the daemon later, or only for some adapter."""

PEOPLE = (
    *("groupbot.admin.declare", "groupbot.admin.families", "groupbot.admin.parsing", "groupbot.admin.room"),
    *("groupbot.admin.alerting", "groupbot.admin.cards", "groupbot.admin.router", "groupbot.admin.services"),
    *("groupbot.desk.desk", "groupbot.desk.doctor", "groupbot.desk.office", "groupbot.desk.room"),
    *("groupbot.inbound.risk", "groupbot.risk.scan", "groupbot.risk.teaching", "numpy", "opencc"),
    *("groupbot.reports", "groupbot.web"),
)
"""What serves people: it is imported behind the first posts, see `groupbot.desk.opening`."""
GUARDS = (
    *("groupbot.campaign.approvals", "groupbot.campaign.checklist", "groupbot.risk.holding"),
    *("groupbot.delivery.guards", "groupbot.plugin_host.host"),
)
"""What judges the first post."""
CONFIG = """
[[accounts]]
name = "main"
adapter = "console"
"""

LOADED = "import sys, typer; from groupbot.cli import app; typer.main.get_command(app).get_command(None, {command!r});"
PUT_TOGETHER = "from pathlib import Path; from groupbot.cli import daemon; "
PUT_TOGETHER += "daemon.build(daemon.settings_of(Path({config!r})));"


def modules(command: str, then: str = "") -> set[str]:
    """Return the names of the modules that are there when `command` begins, and has done `then`."""
    code = LOADED.format(command=command) + then + "print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the names of the modules that are there when a daemon is put together, before anything is opened."""
    config = tmp_path_factory.mktemp("daemon") / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")
    return modules("run", PUT_TOGETHER.format(config=str(config)))


@pytest.mark.parametrize("name", [*HEAVY, *PEOPLE])
def test_the_daemon_starts_without(name: str, imported: set[str]) -> None:
    assert {"groupbot.lifecycle", *GUARDS} <= imported
    assert not {module for module in imported if module == name or module.startswith(f"{name}.")}


def test_what_it_starts_without_is_called_so() -> None:
    assert [name for name in (*HEAVY, *PEOPLE, *GUARDS) if name.startswith("groupbot") and not find_spec(name)] == []


def test_what_the_daemon_does_without_is_there_for_who_needs_it() -> None:
    assert {"openpyxl", "jinja2", "yaml", "groupbot.sop.load"} <= modules("sop")
    assert "groupbot.doctor" in modules("doctor")
