"""Single orders as an outsider gives them: planned by a command, done by the daemon, refused in words."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.integration.conftest import Folder
from tests.integration.test_commands import daemon, launch, until


def done(folder: Folder) -> list[dict[str, Any]]:
    """Return what the console account did, as its log has it."""
    log = folder.path / "posts.jsonl"
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []


def states(folder: Folder) -> dict[str, str]:
    return {row["step"]: row["state"] for row in folder.json("deliveries", "list", "--campaign", "one-off")}


def test_orders_are_planned_at_once_and_done_by_the_daemon(folder: Folder) -> None:
    [rename] = folder.json("groups", "rename", "camp-1", "Tea round")["orders"]
    assert rename == {"key": rename["key"], "kind": "rename", "account": "main", "group": "camp-1"}
    assert rename["key"].startswith("one-off/rename/")
    said = folder.cli("groups", "announce", "camp-2", "Come at eight").stdout
    assert "one-off/announcement/" in said
    assert "groupbot run" in said
    assert states(folder) == {"rename": "planned", "announcement": "planned"}
    with daemon(folder):
        until(lambda: len(done(folder)) == 2)
        placed = folder.json("groups", "remove", "camp-1", "m1", "m2", "m1")
        assert placed["daemon_runs"] is True
        until(lambda: len(done(folder)) == 3)
    assert [(row["to"], row["kind"]) for row in done(folder)] == [
        ("c1", "rename"),
        ("c2", "announcement"),
        ("c1", "remove_members"),
    ]
    assert set(states(folder).values()) == {"sent"}
    assert [row["state"] for row in folder.json("campaign", "list")] == ["running"]
    config = (folder.path / "config.toml").read_text(encoding="utf-8")
    folder.write("config.toml", config.replace('"c2"', '"other"').replace("camp-2", "camp-3"))
    listed = folder.json("groups", "list")
    assert {(row["account"], row["group"]) for row in listed} == {("main", "camp-1"), ("main", None)}


def test_a_post_is_taken_back_within_two_minutes_and_not_later(folder: Folder) -> None:
    campaign = launch(folder)["campaign"]
    with daemon(folder):
        until(lambda: len(done(folder)) == 5)
        rows = folder.json("deliveries", "list", "--campaign", campaign)
        row = next(row for row in rows if row["step"] == "greet")
        placed = folder.json("deliveries", "recall", row["key"])
        assert len(placed["orders"]) == 2
        until(lambda: len(done(folder)) == 7)
    assert folder.json("deliveries", "recall", row["key"])["orders"] == placed["orders"]
    recalled = [post for post in done(folder) if post["kind"] == "recall"]
    assert recalled[0]["recalled"] == row["message_id"]
    with sqlite3.connect(folder.path / "groupbot.db") as books:
        old = (datetime.now(UTC) - timedelta(minutes=3)).replace(tzinfo=None).isoformat(" ")
        books.execute("UPDATE posts SET started_at = ?", (old,))
    refused = folder.cli("deliveries", "recall", row["key"], ok=False)
    assert refused.returncode == 1
    assert "2 minutes" in refused.stderr
