"""`facts list` and `members forget` on a real database."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from groupbot.chat.directory import Directory
from groupbot.cli import facts as facts_command
from groupbot.cli import members as members_command
from groupbot.paths import bundle
from groupbot.storage import migrate
from groupbot.storage.engine import Database
from groupbot.storage.facts import SqlFacts
from groupbot.storage.tables import campaign_groups, campaigns
from groupbot.testing.events import NOON, after, joined, message, own_post
from groupbot.tracking.facts import facts_of

NO_NAMES = Directory([])
CONFIG = """
[database]
url = "sqlite:///facts.db"
"""


@pytest.fixture
async def database(tmp_path):
    """A database as `groupbot db upgrade` makes it, which is what commands ask for."""
    database = Database(f"sqlite:///{tmp_path}/facts.db")
    await migrate.upgrade(database, bundle() / "migrations")
    yield database
    await database.close()


@pytest.fixture
async def recorded(database):
    store = SqlFacts(database)
    async with database.write() as conn:
        whole = {"sop": "camp", "version": "1", "state": "running", "start_date": "2026-05-18"}
        when = {"timezone": "Asia/Shanghai", "created_at": NOON}
        await conn.execute(insert(campaigns).values(id="c1", **whole, **when))
        await conn.execute(insert(campaign_groups).values(campaign="c1", group="r1"))
    events = [
        replace(message("m0", text="before the campaign"), at=after(-1)),
        message("m1", text="多少钱 [微笑]"),
        joined("j1", "bob", at=after(5), found_late=True),
        joined("j2", "cat", at=after(6), group="elsewhere"),
        own_post("o1", at=after(7)),
    ]
    await store.append([fact for event in events for fact in facts_of(event, NO_NAMES)], recorded_at=NOON)


@pytest.fixture
def run(recorded, tmp_path, monkeypatch):
    """Run a command line beside a config.toml that names the database."""
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def invoke(app, *line, **more):
        return CliRunner().invoke(app, list(line), **more)

    return invoke


def test_facts_of_a_campaign_as_json(run):
    result = run(facts_command.app, "list", "--campaign", "c1", "--json")
    assert result.exit_code == 0
    common = {"group": "r1", "account": "main"}
    assert json.loads(result.stdout) == [
        common | {"at": "2026-05-18T12:00:00+08:00", "kind": "message", "member": "ann", "text": "多少钱 [微笑]"},
        common | {"at": "2026-05-18T12:00:05+08:00", "kind": "join", "member": "bob", "found_late": True},
        common
        | {
            "at": "2026-05-18T12:00:07+08:00",
            "kind": "own_post",
            "member": None,
            "text": "lesson one",
        },
    ]


def test_facts_are_narrowed_by_kind_and_number(run):
    def kinds(*more):
        result = run(facts_command.app, "list", "--campaign", "c1", "--json", *more)
        return [row["kind"] for row in json.loads(result.stdout)]

    assert kinds("--kind", "join") == ["join"]
    assert kinds("--kind", "join", "--kind", "message") == ["message", "join"]
    assert kinds("--limit", "1") == ["message"]


def test_words_are_shown_as_they_were_said(run):
    result = run(facts_command.app, "list", "--campaign", "c1")
    assert result.exit_code == 0
    assert "[微笑]" in result.stdout
    assert "BOB" in result.stdout


def test_an_unknown_campaign_is_refused_on_stderr(run):
    result = run(facts_command.app, "list", "--campaign", "c9", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "c9" in result.stderr


def test_an_unknown_kind_is_wrong_use(run):
    assert run(facts_command.app, "list", "--campaign", "c1", "--kind", "wish").exit_code == 2


def test_forgetting_says_what_changed(run):
    result = run(members_command.app, "forget", "ann", "--yes", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"rows": {"message": 2}}
    listed = run(facts_command.app, "list", "--campaign", "c1", "--json").stdout
    assert "多少钱" not in listed
    assert '"ann"' not in listed


def test_forgetting_asks_first_and_no_means_no(run):
    assert run(members_command.app, "forget", "ann", input="n\n").exit_code == 1
    assert "多少钱" in run(facts_command.app, "list", "--campaign", "c1", "--json").stdout
    assert run(members_command.app, "forget", "ann", input="y\n").exit_code == 0
    assert "多少钱" not in run(facts_command.app, "list", "--campaign", "c1", "--json").stdout


def test_forgetting_a_stranger_is_refused(run):
    result = run(members_command.app, "forget", "nobody", "--yes")
    assert result.exit_code == 1
    assert "nobody" in result.stderr


def test_without_a_config_the_command_says_so(run, tmp_path):
    result = run(facts_command.app, "list", "--campaign", "c1", "--config", str(tmp_path / "none.toml"))
    assert result.exit_code == 1
    assert "none.toml" in result.stderr
