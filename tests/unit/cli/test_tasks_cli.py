"""Launching what an account can't do, and finding it again as a task with all that is to be posted."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from groupbot.cli import app
from groupbot.core.events import Person, Rank
from groupbot.storage.engine import Database
from groupbot.storage.roster import SqlRoster
from groupbot.tracking.roster import Reading, StoredRoster

CONFIG = """\
locale = "en"
[[accounts]]
name = "main"
adapter = "wechaty"
endpoint = "127.0.0.1:1"
token_env = "NO_SUCH_TOKEN"
cannot = ["voice"]
[[groups]]
name = "camp-1"
account = "main"
id = "r1@chatroom"
[[groups]]
name = "camp-2"
account = "main"
id = "r2@chatroom"
"""
SOP = """\
name: tiny
title: Tiny
materials: {hi: {path: hi.silk}}
phases:
  - name: one
    steps:
      - id: rules
        at: D1 20:00
        parts:
          - text: Welcome
          - announce: |-
              Be kind.
              No [ads].
      - id: voice
        at: D1 21:00
        voice: hi
"""
TOMORROW = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (("config.toml", CONFIG), ("tiny.yaml", SOP), ("hi.silk", "silk")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> str:
    result = CliRunner().invoke(app, [*words])
    assert result.exit_code == 0, result.output
    return result.stdout


def ask(*words: str) -> Any:
    return json.loads(run(*words, "--json"))


def launch() -> Any:
    return ask("campaign", "launch", "tiny.yaml", "--groups", "camp-1,camp-2", "--start", TOMORROW, "--id", "t")


def read_as(folder: Path, rank: Rank) -> None:
    """Let the account have read both groups, where it is `rank`."""

    async def read() -> None:
        database = Database(f"sqlite:///{folder}/groupbot.db")
        for group in ("camp-1", "camp-2"):
            people = (Person(id="wxid_1"), Person(id="wxid_2"))
            now = datetime.now(UTC)
            await SqlRoster(database).apply(
                Reading(account="main", group=group, topic=group, at=now, members=people, baseline=True, rank=rank),
                StoredRoster(),
            )
        await database.close()

    asyncio.run(read())


def codes(launched: Any) -> list[str]:
    return [problem["code"] for problem in launched["problems"]]


def test_a_launch_tells_and_the_tasks_are_ready_to_copy(folder: Path) -> None:
    first = launch()
    assert (first["inserted"], codes(first)) == (2, ["done-by-person", "rights-unknown"])
    read_as(folder, Rank.MEMBER)
    again = launch()
    assert (again["moved"], codes(again)) == (2, ["done-by-person", "done-by-person"])
    assert "2 groups" in again["problems"][0]["message"]

    tasks = ask("tasks", "list", "--campaign", "t")
    assert [(task["step"], task["group"], task["state"]) for task in tasks] == [
        ("rules", "camp-1", "open"),
        ("rules", "camp-2", "open"),
        ("voice", "camp-1", "open"),
        ("voice", "camp-2", "open"),
    ]
    rules, voice = ask("tasks", "show", tasks[0]["key"]), ask("tasks", "show", tasks[2]["key"])
    assert rules["words"] == "[announcement]\nBe kind.\nNo [ads]."
    assert rules["parts"] == [{"kind": "announcement", "text": "Be kind.\nNo [ads]."}]
    assert (rules["files"], voice["files"]) == ([], [str(folder / "hi.silk")])

    shown = run("tasks", "show", tasks[0]["key"])
    assert "camp-1 · open" in shown
    assert "announcement (after part 1)" in shown
    assert "\n[announcement]\nBe kind.\nNo [ads].\n" in shown
    assert f"\n{folder / 'hi.silk'}\n" in run("tasks", "show", tasks[2]["key"])


def test_rights_that_came_later_give_the_work_back(folder: Path) -> None:
    launch()
    read_as(folder, Rank.MEMBER)
    launch()
    read_as(folder, Rank.ADMIN)
    again = launch()
    assert (again["moved"], codes(again)) == (2, ["done-by-person"])
    states = {task["step"]: task["state"] for task in ask("tasks", "list", "--campaign", "t")}
    assert states == {"rules": "cancelled", "voice": "open"}


def test_a_key_that_no_task_has(folder: Path) -> None:
    launch()
    result = CliRunner().invoke(app, ["tasks", "show", "t/nothing"])
    assert (result.exit_code, "tasks list" in result.stderr) == (1, True)
