"""Commands that order something, in this process: what they plan, and what they refuse."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from groupbot.cli import app
from groupbot.cli.groups import portions
from groupbot.storage.engine import Database
from groupbot.storage.ledger import SqlLedger

CONFIG = """\
locale = "en"
[budgets]
add_members = 2
[[accounts]]
name = "main"
adapter = "console"
[[accounts]]
name = "phone"
adapter = "wechaty"
endpoint = "localhost:1"
token_env = "T"
[[accounts]]
name = "web"
adapter = "wechaty"
endpoint = "localhost:1"
token_env = "T"
stable_ids = false
[[groups]]
name = "camp-1"
account = "main"
id = "c1"
also = { phone = "p1", web = "w1" }
"""
Cli = Callable[..., Result]


@pytest.fixture
def cli(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GROUPBOT_LOCALE", "en")
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    return lambda *words: CliRunner().invoke(app, words)


def document(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def orders(cli: Cli) -> list[dict[str, Any]]:
    return document(cli("deliveries", "list", "--campaign", "one-off", "--json"))


def test_more_members_than_a_day_allows_are_split(cli: Cli) -> None:
    placed = document(cli("groups", "add", "camp-1", "m1", "m2", "m3", "m1", "--json"))
    assert [order["kind"] for order in placed["orders"]] == ["add_members"] * 2
    assert [row["state"] for row in orders(cli)] == ["planned"] * 2


@pytest.mark.parametrize(("most", "sizes"), [(0, [5]), (2, [2, 2, 1]), (5, [5]), (9, [5])])
def test_portions(most: int, sizes: list[int]) -> None:
    assert [len(some) for some in portions(["a", "b", "c", "d", "e", "a"], most)] == sizes


def test_a_group_is_made_by_an_account_that_can(cli: Cli) -> None:
    [made] = document(
        cli("groups", "create", "Tea", "--account", "phone", "--member", "m1", "--member", "m2", "--json")
    )["orders"]
    assert (made["kind"], made["account"], made["group"]) == ("create_group", "phone", "")
    assert made["key"].startswith("one-off/create_group/")


def test_each_order_is_one_of_its_own(cli: Cli) -> None:
    for _ in range(2):
        cli("groups", "announce", "camp-1", "Come at eight")
    assert len(orders(cli)) == 2


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("groups", "rename", "camp-9", "x"), "camp-9"),
        (("groups", "rename", "camp-1", "x", "--account", "other"), "other"),
        (("groups", "create", "Tea", "--account", "main", "--member", "m1"), "main"),
        (("groups", "create", "Tea", "--account", "nobody", "--member", "m1"), "nobody"),
        (("groups", "remove", "camp-1", "m1", "--account", "web"), "new ids"),
        (("deliveries", "recall", "camp/none"), "camp/none"),
    ],
)
def test_what_can_not_be_done_is_refused_in_words_and_plans_nothing(
    cli: Cli, words: tuple[str, ...], named: str
) -> None:
    refused = cli(*words)
    assert refused.exit_code == 1
    assert named in refused.stderr
    assert document(cli("campaign", "list", "--json")) == []


def test_accounts_show_their_day_of_warm_up(cli: Cli, tmp_path) -> None:
    today = f"{datetime.now(UTC) + timedelta(hours=8):%Y-%m-%d}"
    (tmp_path / "config.toml").write_text(CONFIG.replace("token_env", f"new_since = {today}\ntoken_env", 1))
    cli("accounts", "list")
    asyncio.run(take_over(tmp_path, "main", "phone"))
    shown = document(cli("accounts", "list", "--json"))
    assert [(row["name"], row["warm_up_day"]) for row in shown] == [("main", None), ("phone", 1)]
    assert "20 posts" in " ".join(cli("accounts", "list").stdout.split())


async def take_over(folder, *accounts: str) -> None:
    database = Database(f"sqlite:///{folder}/groupbot.db")
    for account in accounts:
        await SqlLedger(database).acquire(account, "me", datetime.now(UTC))
    await database.close()


def test_empty_words_are_wrong_use(cli: Cli) -> None:
    assert cli("groups", "announce", "camp-1", "  ").exit_code == 2


def test_the_standing_campaign_can_be_paused_but_not_cancelled(cli: Cli) -> None:
    cli("groups", "rename", "camp-1", "Tea")
    assert document(cli("campaign", "pause", "one-off", "--json"))["state"] == "paused"
    assert cli("campaign", "cancel", "one-off", "--yes").exit_code == 1
    assert document(cli("campaign", "resume", "one-off", "--json"))["state"] == "running"


def test_it_is_no_campaign_before_there_is_an_order(cli: Cli) -> None:
    assert document(cli("campaign", "list", "--json")) == []
    assert document(cli("groups", "list", "--json")) == []
