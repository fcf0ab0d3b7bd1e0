"""`groupbot doctor` as outsiders build on it: JSON, exit status, and nothing made on the way."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from groupbot.cli import app
from groupbot.cli.doctor import diagnose
from groupbot.core.events import Rank
from groupbot.desk.doctor import Asked
from groupbot.paths import Project
from groupbot.storage import migrate
from groupbot.storage.engine import Database
from groupbot.storage.ledger import SqlLedger
from groupbot.storage.presence import Presence
from groupbot.storage.roster import SqlRoster
from groupbot.tracking.roster import Reading, StoredRoster

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
    found = {check.name: check for check in await diagnose(Path("config.toml"), Asked())}
    assert {"database", "database-schema", "database-write"} <= set(found)
    assert "endpoint:main" not in found
    assert found["account:main"].ok is ok
    assert known or "does not know account main yet" in found["account:main"].message
    assert not known or "groupbot run" in found["groups:main"].hint


def test_a_test_alert_without_a_channel_is_a_failure(folder: Path) -> None:
    assert doctor(status=0)["alerts"]["hint"]
    assert not doctor("--send-test-alert", status=1)["alerts"]["ok"]


def test_channels_that_cant_be_used_fail_without_showing_their_url(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = folder / "config.toml"
    started = config.read_text(encoding="utf-8")
    named = started.replace("\n[alerts]\n", '\n[alerts]\nurls_env = "DOCTOR_TEST_URLS"\n')
    config.write_text(named, encoding="utf-8")
    check = doctor(status=1)["alerts"]
    assert "DOCTOR_TEST_URLS" in check["message"]
    monkeypatch.setenv("DOCTOR_TEST_URLS", "nonsense://hush-hush-token")
    checks = doctor("--send-test-alert", status=1)
    assert "1 (nonsense)" in checks["alerts"]["message"]
    assert "hush-hush" not in json.dumps(checks)


def test_links_are_asked_on_request_only(folder: Path, closed_port: str) -> None:
    for shipped in (folder / "sops").glob("*.yaml"):
        shipped.unlink()
    (folder / "sops/tiny.yaml").write_text(
        "name: tiny\ntitle: Tiny\nphases:\n  - name: one\n    steps:\n      - id: hello\n        at: D1 08:00\n"
        f"        link: {{url: 'http://{closed_port}/join', title: Join}}\n",
        encoding="utf-8",
    )
    assert "links-open:tiny.yaml" not in doctor(status=0)
    check = doctor("--links", status=1)["links-open:tiny.yaml"]
    assert closed_port in check["message"]


async def test_groups_that_a_daemon_saw_or_lost_are_judged_while_it_runs(
    folder: Path, closed_port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCTOR_TEST_TOKEN", "hush-hush")
    second = '[[groups]]\nname = "camp-2"\naccount = "main"\nid = "r2@chatroom"\n'
    config = 'locale = "en"\n' + WECHATY.format(endpoint=closed_port) + second
    (folder / "config.toml").write_text(config, encoding="utf-8")
    database = Database(f"sqlite:///{folder}/groupbot.db")
    await migrate.upgrade(database, Project(root=folder).migrations())
    now = datetime.now(UTC)
    await SqlLedger(database).acquire("main", "one", now)
    await Presence(database).set_account_state("main", "online", "", now - timedelta(hours=1))
    await Presence(database).beat("one", "running", now, 1, now)
    reading = Reading(account="main", group="camp-1", topic="", at=now, members=(), baseline=True, rank=Rank.MEMBER)
    await SqlRoster(database).apply(reading, StoredRoster())
    await database.close()
    found = {check.name: check for check in await diagnose(Path("config.toml"), Asked())}
    assert not found["group:camp-2"].ok
    assert "group:camp-1" not in found
    offline = {check.name: check for check in await diagnose(Path("config.toml"), Asked(offline=True))}
    assert not offline["group:camp-2"].ok
    assert "not seen yet in camp-2." in offline["rights:main"].message
