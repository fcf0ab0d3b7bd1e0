"""`groupbot persona` and the login code on the command line, over a real database."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from groupbot.cli import app
from groupbot.cli.doctor import diagnose
from groupbot.desk.doctor import Asked
from groupbot.doctor.checks import Check
from groupbot.inbound.own_changes import Profile
from groupbot.inbound.qr import drawing
from groupbot.paths import Project
from groupbot.storage import migrate
from groupbot.storage.engine import Database
from groupbot.storage.ledger import SqlLedger
from groupbot.storage.presence import Presence
from groupbot.storage.profiles import SqlProfiles

CONFIG = """\
locale = "en"
[[accounts]]
name = "main"
adapter = "wechaty"
endpoint = "127.0.0.1:1"
token_env = "PERSONA_TEST_TOKEN"
persona = { name = "Ann", bio = "Ask me", avatar = "ann.png", cover = "cover.png" }
[[accounts]]
name = "plain"
adapter = "console"
"""
PNG = b"\x89PNG\r\n\x1a\nann"
CODE = "https://login.test/l/Qx7secret=="


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "ann.png").write_bytes(PNG)
    (tmp_path / "cover.png").write_bytes(PNG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


Work = Callable[[Database], Awaitable[object]]


@pytest.fixture
def stored(folder: Path) -> Callable[[Work], None]:
    """Let a test write what a daemon would have."""

    async def change(work: Work) -> None:
        database = Database(f"sqlite:///{folder}/groupbot.db")
        if await migrate.current(database) is None:
            await migrate.upgrade(database, Project(root=folder).migrations())
        await SqlLedger(database).acquire("main", "one", datetime.now(UTC))
        await work(database)
        await database.close()

    return lambda work: asyncio.run(change(work))


def reading(**profile: str) -> Work:
    return lambda database: SqlProfiles(database).swap_profile("main", Profile(**profile))


def cli(*words: str, status: int = 0) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == status, result.output
    return result.output


def doctor() -> dict[str, Check]:
    return {check.name: check for check in asyncio.run(diagnose(Path("config.toml"), Asked(offline=True)))}


def shown() -> dict[str, str]:
    return {row["trait"]: row["match"] for row in json.loads(cli("persona", "show", "main", "--json"))}


def test_before_anything_was_read_nothing_is_known(folder):
    assert shown() == {"name": "unread", "bio": "unread", "avatar": "unread", "cover": "unread"}
    assert "cover.png" in cli("persona", "check", "main")


def test_what_was_read_is_compared(stored):
    stored(reading(name="Bob", bio="Ask me", avatar=hashlib.sha256(PNG).hexdigest()))
    result = CliRunner()
    assert "'Bob'" in result.invoke(app, ["persona", "check", "main"]).output
    assert result.invoke(app, ["persona", "check", "main"]).exit_code == 1
    found = doctor()
    assert not found["persona:main:name"].ok
    assert found["persona:main:bio"].ok
    assert found["persona:main:avatar"].ok


def test_set_orders_what_differs_once_a_day_and_leaves_the_rest_to_a_person(folder):
    told = cli("persona", "set", "main")
    assert "one-off/profile/main/" in told
    assert "cover: Look at it on the phone of main" in told
    again = cli("persona", "set", "main", status=1)
    assert "ordered already today" in again
    [order] = json.loads(cli("deliveries", "list", "--campaign", "one-off", "--json"))
    assert (order["step"], order["state"]) == ("set_profile", "planned")


def test_a_picture_that_was_set_from_this_file_counts_as_set(stored, folder):
    CliRunner().invoke(app, ["persona", "set", "main"])

    async def carry_out(database: Database) -> None:
        async with database.write() as conn:
            await conn.exec_driver_sql("UPDATE deliveries SET state = 'sent', sent_at = due")

    stored(carry_out)
    stored(reading(name="Ann", bio="Ask me", avatar="as the platform stores it"))

    async def digest(database: Database) -> None:
        assert await SqlProfiles(database).picture_set("main") == hashlib.sha256(PNG).hexdigest()
        assert await SqlProfiles(database).picture_set("plain") == ""

    stored(digest)
    found = doctor()
    assert "was set from the declared file" in found["persona:main:avatar"].message
    (folder / "ann.png").write_bytes(PNG + b" edited")
    found = doctor()
    assert "can't be compared" in found["persona:main:avatar"].message


def test_a_picture_that_is_not_there_is_told_with_its_path(folder):
    (folder / "ann.png").unlink()
    assert "ann.png" in cli("persona", "show", "main", status=1)


def test_the_doctor_tells_a_missing_picture_too(folder):
    (folder / "cover.png").unlink()
    found = doctor()
    assert not found["persona:main"].ok
    assert "cover.png" in found["persona:main"].message


@pytest.mark.parametrize(
    ("account", "said"), [("nobody", "names no account nobody"), ("plain", "plain can have no persona")]
)
def test_accounts_without_a_persona_are_refused(folder, account, said):
    assert said in cli("persona", "show", account, status=1)


def test_an_account_that_declares_none_is_refused(folder):
    lines = [line for line in CONFIG.splitlines() if not line.startswith("persona")]
    (folder / "config.toml").write_text("\n".join(lines), encoding="utf-8")
    assert "no persona for main" in cli("persona", "show", "main", status=1)


def login_needed(*, alive: bool = True) -> Work:
    async def work(database: Database) -> None:
        now = datetime.now(UTC)
        presence = Presence(database)
        await presence.beat("one", "running" if alive else "stopped", now, 1, now)
        await presence.set_account_state("main", "login_needed", CODE, now)

    return work


def test_the_login_code_is_drawn_and_never_written(stored):
    stored(login_needed())
    runner = CliRunner()
    assert drawing(CODE) in runner.invoke(app, ["accounts", "login", "main"]).output
    for words in (["status"], ["status", "--json"], ["accounts", "list"], ["accounts", "list", "--json"]):
        output = runner.invoke(app, words).output
        assert "must log in" in output or "login_needed" in output
        assert "Qx7" not in output
    assert "accounts login main" in "".join(runner.invoke(app, ["status"], env={"COLUMNS": "200"}).output.split("\n"))


def test_a_code_without_a_daemon_is_refused(stored):
    stored(login_needed(alive=False))
    result = CliRunner().invoke(app, ["accounts", "login", "main"])
    assert result.exit_code == 1
    assert "groupbot run" in result.output
    assert "Qx7" not in result.output


def test_an_account_that_waits_for_no_login_is_refused(stored):
    stored(login_needed())
    stored(lambda database: Presence(database).set_account_state("main", "online", "", datetime.now(UTC)))
    result = CliRunner().invoke(app, ["accounts", "login", "main"])
    assert "does not wait" in result.output
    assert "no account called nobody" in CliRunner().invoke(app, ["accounts", "login", "nobody"]).output
