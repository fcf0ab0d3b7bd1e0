"""The command line as an outsider uses it: launch, run, look, settle, in separate processes on one database."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.integration.conftest import SOP, Folder

TODAY = f"{datetime.now(ZoneInfo('Asia/Shanghai')):%Y-%m-%d}"


@contextmanager
def daemon(folder: Folder) -> Iterator[subprocess.Popen[str]]:
    """Run the daemon; end it by SIGTERM and wait."""
    process = subprocess.Popen(
        [sys.executable, "-m", "groupbot", "run"],
        cwd=folder.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"GROUPBOT_LOCALE": "en"},
    )
    try:
        until(lambda: folder.json("status")["state"] == "running" or process.poll() is not None)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def until(condition, seconds: float = 20.0) -> None:
    """Wait for a condition with a deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.05)


def posts(folder: Folder) -> list[tuple[str, str]]:
    """Return what was posted, as (group, text)."""
    log = folder.path / "posts.jsonl"
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return [(post["to"], post["text"]) for post in map(json.loads, lines)]


def launch(folder: Folder, *more: str, ok: bool = True):
    return folder.json("campaign", "launch", "hello.yaml", "--groups", "camp-1,camp-2", "--start", TODAY, *more, ok=ok)


def test_a_campaign_from_launch_to_finish(folder: Folder) -> None:
    launched = launch(folder)
    assert launched == {
        "campaign": f"hello-{TODAY.replace('-', '')}",
        "inserted": 3,
        "moved": 0,
        "cancelled": 0,
        "problems": [],
    }
    with daemon(folder):
        until(lambda: folder.json("campaign", "show", launched["campaign"])["state"] == "finished")
    shown = folder.json("campaign", "show", launched["campaign"])
    assert shown["counts"] == dict.fromkeys(shown["counts"], 0) | {"sent": 3}
    said = posts(folder)
    assert [text for group, text in said if group == "c1"] == ["Good morning", "How are you?", "Who is here?"]
    assert [text for group, text in said if group == "c2"] == ["Good morning", "How are you?"]
    listed = folder.json("deliveries", "list", "--campaign", launched["campaign"])
    assert {(row["group"], row["step"], row["state"]) for row in listed} == {
        ("camp-1", "greet", "sent"),
        ("camp-1", "ask", "sent"),
        ("camp-2", "greet", "sent"),
    }
    assert all(row["message_id"] and row["sent_at"].endswith("+08:00") for row in listed)
    facts = folder.json("facts", "list", "--campaign", launched["campaign"], "--kind", "own_post")
    assert sorted(fact["step"] for fact in facts) == ["ask", "greet", "greet", "greet", "greet"]
    assert folder.json("status")["state"] == "stopped"


def test_launching_again_changes_nothing_and_an_edit_changes_what_waits(folder: Folder) -> None:
    launch(folder)
    assert launch(folder)["inserted"] == 0
    edited = (folder.path / "hello.yaml").read_text(encoding="utf-8").replace("Who is here?", "Anybody here?")
    folder.write("hello.yaml", edited)
    assert launch(folder) | {"campaign": ""} == {
        "campaign": "",
        "inserted": 0,
        "moved": 1,
        "cancelled": 0,
        "problems": [],
    }


def test_pause_and_resume_reach_a_running_daemon(folder: Folder) -> None:
    campaign = launch(folder)["campaign"]
    folder.cli("campaign", "pause", campaign)
    with daemon(folder):
        until(lambda: folder.json("status")["accounts"][0]["state"] == "online")
        assert posts(folder) == []
        folder.cli("campaign", "resume", campaign)
        until(lambda: len(posts(folder)) == 5)


def test_a_second_daemon_is_refused(folder: Folder) -> None:
    with daemon(folder):
        refused = folder.cli("run", ok=False)
    assert refused.returncode == 1
    assert "Another groupbot is running" in refused.stderr


def test_cancel_ends_a_campaign_for_good(folder: Folder) -> None:
    campaign = launch(folder)["campaign"]
    assert folder.json("campaign", "cancel", campaign, "--yes")["counts"]["cancelled"] == 3
    assert folder.cli("campaign", "resume", campaign, ok=False).returncode == 1


def test_an_account_can_be_rested(folder: Folder) -> None:
    launch(folder)
    with daemon(folder):
        until(lambda: len(posts(folder)) == 5)
        folder.cli("accounts", "pause", "main")
        assert folder.json("status")["accounts"][0]["state"] == "paused"
        folder.cli("accounts", "resume", "main")


def test_launch_refusals_say_what_and_where(folder: Folder) -> None:
    unknown = folder.json("campaign", "launch", "hello.yaml", "--groups", "camp-1,nobody", "--start", TODAY, ok=False)
    assert [(p["code"], "nobody" in p["message"]) for p in unknown["problems"]] == [("unknown-group", True)]
    past = folder.json("campaign", "launch", "hello.yaml", "--groups", "camp-1", "--start", "2020-01-01", ok=False)
    assert [p["code"] for p in past["problems"]] == ["past-start"]
    assert folder.json("campaign", "list") == []


def test_a_missing_config_says_how_to_get_one(tmp_path: Path) -> None:
    refused = Folder(tmp_path).cli("status", ok=False)
    assert refused.returncode == 1
    assert "groupbot init" in refused.stderr


def test_init_makes_a_project_whose_sops_are_clean(tmp_path: Path) -> None:
    Folder(tmp_path).cli("init", "mine")
    mine = Folder(tmp_path / "mine")
    assert {file["ok"] for file in mine.json("sop", "check", "sops")["files"]} == {True}
    assert Folder(tmp_path).cli("init", "mine", ok=False).returncode == 1


def test_tasks_are_told_when_due_and_ticked_off(folder: Folder) -> None:
    campaign = launch(folder)["campaign"]
    task = folder.json("tasks", "list", "--campaign", campaign)[0]
    assert (task["step"], task["text"], task["state"]) == ("call", "Call the newcomers", "open")
    folder.cli("tasks", "done", task["key"])
    assert folder.json("tasks", "list", "--campaign", campaign)[0]["state"] == "done"
    assert folder.cli("tasks", "done", task["key"], ok=False).returncode == 1


def test_db_commands_tell_the_revision(folder: Folder) -> None:
    assert folder.json("db", "current") == {"revision": None, "newest": "0001", "current": False}
    assert folder.json("db", "upgrade") == {"before": None, "revision": "0001"}
    assert folder.json("db", "current")["current"] is True


def test_resolving_what_is_not_open_is_refused(folder: Folder) -> None:
    campaign = launch(folder)["campaign"]
    key = folder.json("deliveries", "list", "--campaign", campaign)[0]["key"]
    refused = folder.cli("deliveries", "resolve", key, "sent", ok=False)
    assert refused.returncode == 1
    assert "not open" in refused.stderr
    assert folder.cli("deliveries", "resolve", key, "maybe", ok=False).returncode == 2


def test_a_cancelled_campaign_is_not_launched_again_under_its_id(folder: Folder) -> None:
    campaign = launch(folder)["campaign"]
    folder.json("campaign", "cancel", campaign, "--yes")
    refused = launch(folder, ok=False)
    assert [problem["code"] for problem in refused["problems"]] == ["campaign-cancelled"]
    assert launch(folder, "--id", "second")["inserted"] == 3


def test_another_sop_does_not_take_over_a_campaign(folder: Folder) -> None:
    launch(folder, "--id", "mine")
    folder.write("other.yaml", SOP.replace("name: hello", "name: other"))
    refused = folder.json(
        *("campaign", "launch", "other.yaml", "--groups", "camp-1", "--start", TODAY, "--id", "mine"), ok=False
    )
    assert [problem["code"] for problem in refused["problems"]] == ["other-campaign"]


def test_refusals_with_json_are_one_document(folder: Folder) -> None:
    for words in (("campaign", "show", "nope"), ("deliveries", "list", "--campaign", "nope")):
        refused = folder.cli(*words, "--json", ok=False)
        assert refused.returncode == 1
        assert "nope" in json.loads(refused.stdout)["error"]["message"]
    asks = folder.cli("campaign", "cancel", "nope", "--json", ok=False)
    assert (asks.returncode, "error" in json.loads(asks.stdout)) == (2, True)


def test_markup_in_an_operators_words_is_shown_as_it_is(folder: Folder) -> None:
    folder.write("hello.yaml", SOP.replace("title: Hello", "title: 'Camp [/b] [red]now'"))
    campaign = launch(folder)["campaign"]
    assert "Camp [/b] [red]now" in folder.cli("campaign", "show", campaign).stdout


def test_a_database_that_is_deleted_under_a_daemon_stops_it(folder: Folder) -> None:
    with daemon(folder) as process:
        for file in folder.path.glob("groupbot.db*"):
            file.unlink()
        until(lambda: process.poll() is not None)
    assert process.returncode == 0
