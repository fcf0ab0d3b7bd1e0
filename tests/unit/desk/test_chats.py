"""Groups without a name, each once, by a number that stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from groupbot.chat.directory import Directory, Group
from groupbot.desk.chats import StoredChats, number_of, with_stable_ids
from groupbot.errors import CampaignError
from groupbot.storage.engine import Database
from groupbot.storage.tables import campaigns, contents, deliveries, groups, metadata
from groupbot.testing.events import NOON


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/chats.db")
    async with database.engine.begin() as conn:
        await conn.run_sync(metadata.create_all)
        seen = [("main", "camp"), ("main", "g-new"), ("spare", "g-new"), ("spare", "g-camp"), ("spare", "g-tea")]
        rows = [{"account": account, "group": group, "topic": f"T {group}"} for account, group in seen]
        await conn.execute(groups.insert().values(rows))
    yield database
    await database.close()


DIRECTORY = Directory([Group(name="camp", account="main", ids={"main": "g-camp"})])


async def test_a_chat_of_several_accounts_stands_once_and_a_named_one_never(database):
    found = await StoredChats(database, DIRECTORY).unbound()
    assert [(chat.account, chat.id, chat.number) for chat in found] == [
        ("main", "g-new", number_of("g-new")),
        ("spare", "g-tea", number_of("g-tea")),
    ]
    assert all(10_000 <= number_of(f"{n}@chatroom") < 100_000 for n in range(1_000))


async def test_campaigns_that_still_post_somewhere_keep_its_name(database):
    async with database.write() as conn:
        await conn.execute(contents.insert().values(id="c", parts="[]"))
        for name, state, of in (
            ("on", "running", "planned"),
            ("off", "cancelled", "planned"),
            ("done", "running", "sent"),
        ):
            whole = {
                "id": name,
                "sop": "s",
                "version": "1",
                "state": state,
                "timezone": "UTC",
                "start_date": "2026-05-18",
            }
            await conn.execute(campaigns.insert().values(**whole, created_at=NOON))
            row = {"campaign": name, "key": "k", "step": "s", "group": "camp", "lane": "g:camp", "account": "main"}
            row |= {"due": NOON, "not_before": NOON, "ordinal": 0, "content": "c", "parts": 1, "policies": "{}"}
            await conn.execute(deliveries.insert().values(**row, plan_version=1, state=of))
    chats = StoredChats(database, DIRECTORY)
    assert await chats.campaigns_in("camp") == ["on"]
    with pytest.raises(CampaignError, match="on still post"):
        await chats.require_idle("camp")
    await chats.require_idle("elsewhere")


def test_groups_count_where_one_account_keeps_ids():
    both = Group(name="both", account="web", ids={"web": "1", "main": "2"})
    web = Group(name="web", account="web", ids={"web": "3"})
    assert with_stable_ids(Directory([both, web]), lambda account: account == "main") == ("both",)
