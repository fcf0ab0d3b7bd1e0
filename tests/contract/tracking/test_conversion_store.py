"""Conversions, costs, aliases, tails, marks and proposals on every store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert, select

from groupbot.campaign.values import Campaign
from groupbot.errors import GroupbotError
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.channel_marks import SqlChannelMarks
from groupbot.storage.conversions import SqlConversions
from groupbot.storage.costs import SqlCosts
from groupbot.storage.engine import Database
from groupbot.storage.persons import SqlAliases, SqlRoll, SqlTails
from groupbot.storage.proposals import SqlProposals
from groupbot.storage.tables import (
    campaign_groups,
    channel_marks,
    conversions,
    members,
    metadata,
    rollups,
    trail_changes,
)
from groupbot.testing.conversions import MemoryConversions
from groupbot.testing.events import NOON, after
from groupbot.tracking.channels import Source as ChannelSource
from groupbot.tracking.conversion_book import Cost, Proposal
from groupbot.tracking.stages import Added, Conversion, ConversionBook, Source
from tests import postgres


@dataclass(frozen=True, kw_only=True)
class Stores:
    """The port over one store. `database`: None in memory."""

    book: ConversionBook
    memory: MemoryConversions | None = None
    database: Database | None = None

    async def changes(self) -> set[tuple[str, str]]:
        if self.memory is not None:
            return set(self.memory.changed)
        return {(row.campaign, row.member) for row in await rows(self.database, trail_changes)}


async def rows(database, table):
    async with database.read() as conn:
        return (await conn.execute(select(table))).all()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    async with database.engine.begin() as conn:
        await conn.run_sync(metadata.create_all)
    yield database
    await database.close()


@pytest.fixture
async def sqlite(tmp_path):
    async with opened(f"sqlite:///{tmp_path}/c.db") as database:
        yield database


@pytest.fixture
async def postgresql():
    with postgres.shared().schema() as url:
        async with opened(url) as database:
            yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def stores(request):
    if request.param == "memory":
        memory = MemoryConversions()
        return Stores(book=memory, memory=memory)
    database = request.getfixturevalue(request.param)
    return Stores(book=SqlConversions(database), database=database)


def paid(key="order:1", member="ann", amount="99.90", **more):
    told = {"campaign": "camp", "stage": "paid", "at": NOON, "source": Source.IMPORT, "currency": "CNY"}
    return Conversion(**told | {"key": key, "member": member, "amount": Decimal(amount)} | more)


async def test_written_once_under_its_key(stores):
    assert await stores.book.add([paid(), paid("order:2", "bob")], now=NOON) == Added(added=("order:1", "order:2"))
    assert await stores.book.add([paid(), paid("order:3")], now=after(9)) == Added(
        added=("order:3",), known=("order:1",)
    )
    assert [one.conversion.key for one in await stores.book.of_members("camp", ["ann"])] == ["order:1", "order:3"]
    assert (await stores.book.of_members("camp", ["ann"]))[0].conversion == paid()
    assert await stores.changes() == {("camp", "ann"), ("camp", "bob")}


async def test_other_values_take_the_place_of_the_old(stores):
    await stores.book.add([paid()], now=NOON)
    assert await stores.book.add([paid(amount="100")], now=after(5)) == Added(changed=("order:1",))
    assert await stores.book.add([paid(amount="100", member="bob")], now=after(6)) == Added(changed=("order:1",))
    (one,) = await stores.book.of_members("camp", ["ann", "bob"])
    assert (one.conversion.amount, one.conversion.member, one.recorded_at) == (Decimal(100), "bob", after(6))
    assert await stores.changes() == {("camp", "ann"), ("camp", "bob")}


async def test_what_a_person_took_back_stays_so(stores):
    await stores.book.add([paid(), paid("order:2")], now=NOON)
    (gone,) = await stores.book.undo("camp", ["order:1", "order:9"], by="Olga", now=after(5))
    assert gone.conversion == paid()
    assert await stores.book.undo("camp", ["order:1"], by="Olga", now=after(6)) == []
    assert await stores.book.add([paid(amount="5"), paid("order:2")], now=after(7)) == Added(
        known=("order:2",), undone=("order:1",)
    )
    assert (await stores.book.of_keys("camp", ["order:1"]))["order:1"].undone_by == "Olga"
    assert await stores.book.add([paid()], now=after(8), again=True) == Added(added=("order:1",))
    assert len(await stores.book.of_members("camp", ["ann"])) == 2


async def test_campaigns_have_keys_of_their_own(stores):
    await stores.book.add([paid(), paid(campaign="other")], now=NOON)
    await stores.book.undo("other", ["order:1"], by="Olga", now=NOON)
    assert [one.conversion.campaign for one in await stores.book.of_members("camp", ["ann"])] == ["camp"]
    assert await stores.book.of_members("other", ["ann"]) == []


async def test_many_at_once_and_again(stores):
    many = [paid(f"order:{n}", f"m{n % 700}", f"{n}.01") for n in range(1_700)]
    assert len((await stores.book.add(many, now=NOON)).added) == 1_700
    assert len((await stores.book.add(many, now=NOON)).known) == 1_700
    assert len(await stores.book.of_members("camp", [f"m{n}" for n in range(700)])) == 1_700


async def test_of_one_key_twice_the_last_counts(stores):
    assert await stores.book.add([paid(), paid(amount="1")], now=NOON) == Added(added=("order:1",))
    (one,) = await stores.book.of_members("camp", ["ann"])
    assert one.conversion.amount == Decimal(1)


def cost(amount="3000", **more):
    told = {"campaign": "camp", "channel": "poster", "day": "2026-05-18", "currency": "CNY", "key": "cost:1"}
    return Cost(**told | {"amount": Decimal(amount)} | more)


async def spent(database):
    found = await rows(database, rollups)
    return {(row.day, row.metric, row.channel): row.n for row in found}


async def test_costs_are_in_the_sums(database):
    book = SqlCosts(database)
    assert await book.add(cost(), now=NOON)
    assert not await book.add(cost("9"), now=NOON)
    assert await book.add(cost("0.5", key="cost:2", note="ink"), now=NOON)
    assert await spent(database) == {("2026-05-18", "cost:CNY", "poster"): 30_005_000}
    assert [one.amount for one in await book.list("camp")] == [Decimal(3000), Decimal("0.50")]
    assert await book.undo("camp", "cost:1", by="Olga", now=NOON) == cost()
    assert await book.undo("camp", "cost:1", by="Olga", now=NOON) is None
    assert await spent(database) == {("2026-05-18", "cost:CNY", "poster"): 5_000}
    await book.undo("camp", "cost:2", by="Olga", now=NOON)
    assert await spent(database) == {}
    assert await book.add(cost(), now=NOON)


async def make_campaign(database):
    more = {"sop": "s", "title": "S", "version": "v", "timezone": "Asia/Shanghai"}
    await SqlCampaigns(database).open_draft(Campaign(id="camp", start=NOON.date(), created_at=NOON, **more))


async def test_several_accounts_of_one_person(database):
    aliases = SqlAliases(database)
    assert await aliases.join("ann", "ann2", by="Olga", now=NOON) == "ann"
    assert await aliases.join("bob", "bob2", by="Olga", now=NOON) == "bob"
    assert await aliases.join("ann2", "bob2", by="Olga", now=NOON) == "ann"
    assert await aliases.join("bob", "ann", by="Olga", now=NOON) == "ann"
    await make_campaign(database)
    async with database.write() as conn:
        await conn.execute(insert(campaign_groups).values(campaign="camp", group="g"))
        seats = [
            {"group": "g", "member": one, "name": one, "joined_at": NOON} for one in ("ann", "ann2", "bob", "bob2")
        ]
        await conn.execute(insert(members), seats)
    people = await SqlRoll(database).people("camp")
    assert people.persons == dict.fromkeys(("ann2", "bob", "bob2"), "ann")
    with pytest.raises(GroupbotError, match="stands for other accounts"):
        await aliases.part("ann", by="Olga", now=NOON)
    assert await aliases.part("bob", by="Olga", now=NOON)
    assert not await aliases.part("bob", by="Olga", now=NOON)
    assert {("", one) for one in ("ann", "ann2", "bob", "bob2")} == {
        (row.campaign, row.member) for row in await rows(database, trail_changes)
    }


async def test_who_may_be_meant(database):
    await make_campaign(database)
    async with database.write() as conn:
        await conn.execute(insert(campaign_groups).values(campaign="camp", group="g1"))
        await conn.execute(insert(campaign_groups).values(campaign="camp", group="g2"))
        told = [("g1", "ann", "Ａnn", 5), ("g2", "ann", "Annie", 0), ("g2", "bob", "Ann", 1), ("g3", "eve", "Eve", 0)]
        seats = [{"group": g, "member": m, "name": n, "joined_at": after(at)} for g, m, n, at in told]
        await conn.execute(insert(members), seats)
    await SqlTails(database).add({"ann": ["1234", "5678"], "eve": ["1234"]}, by="Olga", now=NOON)
    await SqlTails(database).add({"ann": ["1234"]}, by="Olga", now=NOON)
    people = await SqlRoll(database).people("camp")
    assert people.groups == {"ann": "g2", "bob": "g2"}
    assert {name: sorted(who) for name, who in people.names.items()} == {"Ann": ["ann", "bob"], "Annie": ["ann"]}
    assert {tail: list(who) for tail, who in people.tails.items()} == {"1234": ["ann"], "5678": ["ann"]}


async def test_a_mark_takes_the_place_of_the_one_before(database):
    book = SqlChannelMarks(database)
    more = {"source": ChannelSource.COMMAND, "campaign": "camp", "by": "Olga"}
    assert await book.mark({"ann": "poster", "bob": "live"}, now=NOON, **more) == 2
    assert await book.mark({"ann": "live", "bob": "live"}, now=after(5), **more) == 1
    assert await book.mark({"bob": ""}, now=after(6), **more) == 1
    found = [(row.member, row.channel) for row in await rows(database, channel_marks) if row.undone_at is None]
    assert found == [("ann", "live")]


def doubtful(key="order:1", **more):
    refund = paid("refund:1", "", "9.90", stage="refunded", at=NOON + timedelta(days=1))
    told = {"campaign": "camp", "key": key, "batch": "b1", "row": 7, "conversions": (paid(key, ""), refund)}
    return Proposal(**told | {"called": "Ann …1234", "candidates": ("ann", "bob")} | more)


async def test_doubtful_rows_wait_for_a_word(database):
    book = SqlProposals(database)
    await book.put([doubtful(), doubtful("order:2")], now=NOON)
    await book.put([doubtful("order:2", row=8, batch="b2")], now=NOON)
    first, second = await book.list("camp")
    assert replace(first, id=0) == doubtful()
    assert replace(second, id=0) == doubtful("order:2", row=8, batch="b2")
    assert await book.settle(first.id, state="taken", member="ann", by="Olga", now=NOON)
    assert not await book.settle(first.id, state="dropped", member="", by="Olga", now=NOON)
    assert [one.key for one in await book.list("camp")] == ["order:2"]
    told = (await book.of_keys("camp", ["order:1", "order:9"]))["order:1"]
    assert (told.state, told.member, told.by, told.called, told.candidates) == ("taken", "ann", "Olga", "", ())
    assert [one.id for one in await book.get([second.id, 99])] == [second.id]


async def test_nothing_is_half_done(database):
    await SqlConversions(database).add([paid()], now=NOON)
    with pytest.raises(Exception, match=r"NULL|null"):
        await SqlConversions(database).add([paid(amount="5"), paid("order:2", at=None)], now=NOON)
    assert [row.amount for row in await rows(database, conversions) if row.undone_at is None] == [999_000]
    assert len(await rows(database, trail_changes)) == 1


async def test_two_that_import_one_list_at_once_write_it_once(database):
    await make_campaign(database)
    book, many = SqlConversions(database), [paid(f"order:{n}", amount=f"{n}.5") for n in range(300)]
    done = await asyncio.gather(*(book.add(many, now=NOON) for _ in range(4)))
    assert sorted(len(one.added) for one in done) == [0, 0, 0, 300]
    assert len(await book.of_members("camp", ["ann"])) == 300
    spent_twice = await asyncio.gather(*(SqlCosts(database).add(cost(), now=NOON) for _ in range(4)))
    assert sorted(spent_twice) == [False, False, False, True]
    assert await spent(database) == {("2026-05-18", "cost:CNY", "poster"): 30_000_000}
