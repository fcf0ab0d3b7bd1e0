"""`groupbot tracking` as a person uses it."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from groupbot.cli import app
from groupbot.cli.context import open_database
from tests.contract.rollups.world import World, joined, wrote

CONFIG = """
[database]
url = "sqlite:///bot.db"
[[accounts]]
name = "main"
adapter = "console"
"""


@pytest.fixture
async def config(tmp_path: Path) -> Path:
    """Return the config of a project in which somebody joined, wrote and paid."""
    file = tmp_path / "config.toml"
    file.write_text(CONFIG, encoding="utf-8")
    async with open_database(file) as (_settings, database):
        world = World(database=database)
        await world.campaign()
        await world.tell(joined("ann", 1), wrote("ann", 5))
        await world.convert("paid", "ann", minutes=9, amount=Decimal(1980))
    return file


def ask(config: Path, *words: str) -> tuple[int, str]:
    """Give a command; return its exit status and what it printed."""
    done = CliRunner().invoke(app, ["tracking", *words, "--config", str(config)], catch_exceptions=False)
    return done.exit_code, done.stdout


def test_sums_are_refreshed_verified_rebuilt_and_exported(config, tmp_path):
    assert ask(config, "refresh")[0] == 0
    assert ask(config, "rebuild", "spring")[0] == 0
    status, told = ask(config, "verify", "spring", "--json")
    assert (status, json.loads(told)) == (0, {"campaign": "spring", "ok": True, "differences": []})

    assert ask(config, "export", "spring", "--csv", str(tmp_path / "out"))[0] == 0

    texts = {name: (tmp_path / "out" / f"{name}.csv").read_text(encoding="utf-8-sig") for name in FILES}
    rows = {name: list(csv.DictReader(text.splitlines())) for name, text in texts.items()}
    assert {row["metric"]: row["n"] for row in rows["sums"]}["revenue:CNY"] == "1980"
    (ann,) = rows["members"]
    assert (ann["joined_at"], ann["messages"], ann["stages"]) == ("2026-05-18T08:01:00+08:00", "1", "paid")
    assert [row["amount"] for row in rows["conversions"]] == ["1980"]


FILES = ("sums", "members", "conversions")


def test_a_campaign_that_is_not_there_is_told(config):
    assert ask(config, "rebuild", "nowhere")[0] == 1
    assert ask(config, "export", "nowhere", "--csv", "x")[0] == 1
