"""`groupbot doctor` as outsiders build on it: JSON, exit status, and nothing made on the way."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from groupbot.cli import app
from groupbot.cli.doctor import diagnose
from groupbot.paths import Project
from groupbot.storage import migrate
from groupbot.storage.engine import Database
from groupbot.storage.ledger import SqlLedger
from groupbot.storage.presence import Presence

WECHATY = """\
[[accounts]]
name = "main"
adapter = "wechaty"
endpoint = "{endpoint}"
token_env = "DOCTOR_TEST_TOKEN"
plaintext = true
[[groups]]
name = "camp-1"
account = "main"
id = "r1@chatroom"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    CliRunner().invoke(app, ["init", str(tmp_path / "camp")])
    monkeypatch.chdir(tmp_path / "camp")
    return tmp_path / "camp"


@pytest.fixture
def closed_port() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{taken.getsockname()[1]}"


def doctor(*options: str, status: int) -> dict[str, dict[str, Any]]:
    """Return the checks by name; stdout holds the document and nothing else."""
    result = CliRunner().invoke(app, ["doctor", "--json", *options])
    assert result.exit_code == status, result.output
    document = json.loads(result.stdout)
    assert list(document) == ["checks"]
    assert all(list(check) == ["name", "ok", "message", "hint"] for check in document["checks"])
    assert all(check["hint"] for check in document["checks"] if not check["ok"])
    return {check["name"]: check for check in document["checks"]}


def test_a_fresh_project_is_fine_and_stays_untouched(folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    checks = doctor(status=0)
    assert {"config", "database", "disk", "groups", "sop:camp-7d.yaml", "clock", "timezone"} <= set(checks)
    assert sorted(folder.rglob("*")) == before


def test_people_read_marks_and_a_verdict(folder: Path) -> None:
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0
    assert "✓ config: config.toml is in order." in result.output
    assert result.output.rstrip().endswith("Nothing stands in the way.")
    (folder / "sops/materials/camp-welcome.png").write_bytes(b"no picture")
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "✗ materials:camp-7d.yaml" in result.output
    assert "1 of these must be mended." in result.output


def test_a_config_that_is_not_there_is_told_beside_the_machine(tmp_path: Path) -> None:
    checks = doctor("--config", str(tmp_path / "none.toml"), status=1)
    assert not checks["config"]["ok"]
    assert "groupbot init" in checks["config"]["hint"]
    assert checks["clock"]["ok"]


def test_a_project_without_sops_is_told_where_to_get_some(folder: Path) -> None:
    (folder / "sops").rename(folder / "elsewhere")
    assert "groupbot init" in doctor(status=0)["sops"]["hint"]


def test_a_damaged_database_fails_and_the_other_checks_go_on(folder: Path) -> None:
    (folder / "groupbot.db").write_bytes(b"this is no database" * 100)
    checks = doctor(status=1)
    assert not checks["database"]["ok"]
    assert checks["sop:flash-2h.yaml"]["ok"]


def test_a_gateway_that_is_not_there_fails_unless_offline(
    folder: Path, closed_port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "config.toml").write_text('locale = "en"\n' + WECHATY.format(endpoint=closed_port), encoding="utf-8")
    checks = doctor(status=1)
    assert not checks["secret:main"]["ok"]
    assert not checks["endpoint:main"]["ok"]
    monkeypatch.setenv("DOCTOR_TEST_TOKEN", "hush-hush")
    checks = doctor("--offline", status=0)
    assert checks["secret:main"]["ok"]
    assert "endpoint:main" not in checks
    assert "hush-hush" not in json.dumps(checks)


@pytest.mark.parametrize(("known", "ok"), [(False, False), (True, True)])
async def test_a_running_daemon_is_asked_instead_of_its_gateway(
    folder: Path, closed_port: str, monkeypatch: pytest.MonkeyPatch, known: bool, ok: bool
) -> None:
    monkeypatch.setenv("DOCTOR_TEST_TOKEN", "hush-hush")
    (folder / "config.toml").write_text('locale = "en"\n' + WECHATY.format(endpoint=closed_port), encoding="utf-8")
    database = Database(f"sqlite:///{folder}/groupbot.db")
    await migrate.upgrade(database, Project(root=folder).migrations())
    now = datetime.now(UTC)
    if known:
        await SqlLedger(database).acquire("main", "one", now)
        await Presence(database).set_account_state("main", "online", "", now)
    await Presence(database).beat("one", "running", now, 1, now)
    await database.close()
    found = {check.name: check for check in await diagnose(Path("config.toml"), offline=False)}
    assert {"database", "database-schema", "database-write"} <= set(found)
    assert "endpoint:main" not in found
    assert found["account:main"].ok is ok
    assert known or "does not know account main yet" in found["account:main"].message
    assert not known or "stop the daemon" in found["groups:main"].hint
