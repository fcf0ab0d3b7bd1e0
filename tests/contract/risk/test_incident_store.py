"""Incidents and blocked members come back as they went in, once each, on every store."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select

from groupbot.admin.cards import CardOption, NewCard
from groupbot.admin.places import Place, PlaceKind
from groupbot.admin.risk_ports import Blocked
from groupbot.campaign.one_off import OneOff, Order
from groupbot.core.content import Part, Text
from groupbot.risk.incidents import (
    Call,
    IncidentState,
    NewIncident,
    Outcome,
    acknowledged,
    called,
    resolved,
    said_more,
)
from groupbot.storage.cards import SqlCards
from groupbot.storage.facts import SqlFacts
from groupbot.storage.one_off import SqlOrders
from groupbot.storage.tables import contents, deliveries
from groupbot.testing import FakeClock
from groupbot.testing.events import NOON, after


def new(member="ann", group="camp-1", **more):
    return NewIncident(
        **{
            "kind": "refund",
            "account": "main",
            "group": group,
            "squad": "east",
            "owner": "Lena",
            "member": member,
            "name": "安安",
            "message_id": "m1",
            "excerpt": "退钱！",
            "words": "先道歉，再问清楚订单号",
            "private": True,
            "score": 0.97,
        }
        | more
    )


async def test_it_comes_back_as_it_went_in(stores):
    made, is_new = await stores.incidents.open(new(), NOON)
    assert is_new
    assert await stores.incidents.get(made.number) == made
    assert (made.owner, made.words, made.history[0].text) == ("Lena", "先道歉，再问清楚订单号", "退钱！")
    changed = resolved(called(said_more(made, "refund", "在吗", after(5)), Call.CHASE, after(300)), "Lena", after(400))
    assert await stores.incidents.change(changed)
    assert await stores.incidents.get(made.number) == replace(changed, revision=1)
    assert await stores.incidents.get(99) is None


async def test_one_for_each_member_and_group_until_it_is_over(stores):
    first, _new = await stores.incidents.open(new(), NOON)
    assert await stores.incidents.open(new(kind="complaint"), after(60)) == (first, False)
    other, is_new = await stores.incidents.open(new(group="camp-2"), after(60))
    assert is_new
    assert await stores.incidents.unresolved() == (first, other)
    assert await stores.incidents.change(acknowledged(first, "Lena", after(61)))
    acked = await stores.incidents.get(first.number)
    assert acked.state is IncidentState.ACKED
    assert not (await stores.incidents.open(new(), after(62)))[1]
    assert await stores.incidents.change(resolved(acked, "Lena", after(63), outcome=Outcome.FALSE_ALARM))
    again, is_new = await stores.incidents.open(new(), after(64))
    assert is_new
    assert [one.number for one in await stores.incidents.of_member("ann")] == [
        again.number,
        other.number,
        first.number,
    ]
    assert len(await stores.incidents.of_member("ann", limit=1)) == 1


async def test_of_two_changes_that_meet_one_is_written(stores):
    made, _new = await stores.incidents.open(new(), NOON)
    by_two = (acknowledged(made, "Lena", after(1)), resolved(made, "Opal", after(1)))
    done = await asyncio.gather(*map(stores.incidents.change, by_two))
    assert sorted(done) == [False, True]
    kept = await stores.incidents.get(made.number)
    assert kept.history[-1].by == ("Lena" if done[0] else "Opal")


async def test_many_at_once_open_one(stores):
    found = await asyncio.gather(*(stores.incidents.open(new(), NOON) for _call in range(5)))
    assert [is_new for _incident, is_new in found].count(True) == 1
    assert len({incident.number for incident, _is_new in found}) == 1


async def test_who_is_blocked(stores):
    ann = Blocked(member="ann", name="安安", by="Opal", reason="广告", at=NOON)
    bob = Blocked(member="bob", by="groupbot", at=after(5))
    await stores.blocked.block(ann)
    await stores.blocked.block(bob)
    await stores.blocked.block(replace(bob, reason="again"))
    assert list(await stores.blocked.among(["bob", "eve"])) == [replace(bob, reason="again")]
    assert list(await stores.blocked.among([])) == []
    assert [one.member for one in await stores.blocked.list()] == ["ann", "bob"]
    assert await stores.blocked.release("ann")
    assert not await stores.blocked.release("ann")


@pytest.mark.parametrize("stores", ["sqlite", "postgresql"], indirect=True)
async def test_a_member_who_is_forgotten_leaves_no_incident(stores):
    await stores.incidents.open(new(), NOON)
    kept, _new = await stores.incidents.open(new("bob"), NOON)
    await stores.blocked.block(Blocked(member="ann", by="Opal", at=NOON))
    await SqlFacts(stores.database).forget("ann")
    assert await stores.incidents.unresolved() == (kept,)
    assert list(await stores.blocked.list()) == []


@pytest.mark.parametrize("stores", ["sqlite", "postgresql"], indirect=True)
async def test_what_operators_were_told_of_them_is_forgotten_too(stores):
    database = stores.database
    mine, _new = await stores.incidents.open(new(), NOON)
    other, _new = await stores.incidents.open(new("bob"), NOON)
    asked = CardOption(digit=1, label="ok", choice="ack")
    cards, place = SqlCards(database), Place(account="main", group="ops", kind=PlaceKind.ADMIN_GROUP)
    told = {"kind": "incident", "place": place, "options": (asked,)}
    first, _new = await cards.open(NewCard(subject=str(mine.number), text="退钱！", **told), NOON)
    second, _new = await cards.open(NewCard(subject=str(other.number), text="退钱！", **told), NOON)
    third = NewCard(subject="ann/ads/asked", text="加我", about=("main", "camp-1", "ann"), **told | {"kind": "risk"})
    third, _new = await cards.open(third, NOON)
    orders = OneOff(orders=SqlOrders(database), clock=FakeClock(NOON), timezone="UTC")
    for key, text in (("card/1", "#1 退钱！"), ("card/2", "#2 退钱！"), (f"incident/{mine.number}/again/1", "退钱！")):
        order = Order(account="main", key=key, parts=(Part(content=Text(text=text)),), group="ops")
        await orders.submit(order)
    await SqlFacts(database).forget("ann")
    kept = {number: await cards.get(number) for number in (first.number, second.number, third.number)}
    assert [(card.text, card.state.value) for card in kept.values()] == [
        ("…", "withdrawn"),
        ("退钱！", "open"),
        ("…", "withdrawn"),
    ]
    assert kept[third.number].about == ()
    async with database.read() as conn:
        said = (await conn.execute(select(contents.c.parts))).scalars().all()
        states = dict((await conn.execute(select(deliveries.c.key, deliveries.c.state))).all())
    assert sorted("退钱" in text for text in said) == [False, True]
    assert states["card/1"] == states[f"incident/{mine.number}/again/1"] == "cancelled"
    assert states["card/2"] == "planned"
