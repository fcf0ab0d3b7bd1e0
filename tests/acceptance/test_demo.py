"""The shipped seven-day camp on the real application: what `make demo` promises a newcomer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def demo(folder: Path, *more: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "groupbot", "demo", *more],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"GROUPBOT_LOCALE": "en"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict:
    return json.loads(demo(tmp_path_factory.mktemp("demo"), "--json"))


def test_every_planned_post_went_out_once_and_on_time(told: dict) -> None:
    assert told["planned"] > 50
    assert told["sent"] == told["on_time"] == told["planned"]
    assert (told["late"], told["skipped"], told["doubled"]) == (0, 0, 0)


def test_members_joined_and_replied_in_three_groups(told: dict) -> None:
    assert len(told["groups"]) == 3
    for name in ("planned", "sent", "on_time", "late", "skipped", "joins", "replies"):
        assert told[name] == sum(group[name] for group in told["groups"]), name
    assert all(group["joins"] > 0 and group["replies"] > 0 for group in told["groups"])


def test_a_seed_gives_the_same_bytes_and_leaves_nothing_behind(tmp_path: Path) -> None:
    first = demo(tmp_path, "--seed", "7")
    assert first == demo(tmp_path, "--seed", "7")
    assert "Day 7" in first
    assert list(tmp_path.iterdir()) == []


def test_the_flash_group_plays_too(tmp_path: Path) -> None:
    told = json.loads(demo(tmp_path, "--sop", "flash-2h", "--json"))
    assert told["sent"] == told["planned"] > 20
