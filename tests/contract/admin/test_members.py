"""Members, what is noted about them, and forgetting them, on real databases."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import text

from groupbot.admin.audit import BY_ITSELF, AuditEntry, AuditQuery, Result
from groupbot.admin.cards import CardOption, NewCard
from groupbot.admin.members import Trust
from groupbot.admin.places import Place, PlaceKind
from groupbot.campaign.one_off import OneOff, Order
from groupbot.chat.directory import Directory
from groupbot.core.actions import AddMembers
from groupbot.core.content import Part, Text
from groupbot.storage.facts import SqlFacts
from groupbot.storage.members import SqlMembers
from groupbot.storage.one_off import SqlOrders
from groupbot.storage.plugin_store import SqlPluginStore
from groupbot.testing import FakeClock
from groupbot.testing.events import NOON, after, joined, left, message
from groupbot.tracking.facts import facts_of

EVENTS = (
    joined("j1", "ann", "bob", at=NOON, group="r1"),
    joined("j2", "ann", "annie", at=after(1), group="r2", found_late=True),
    joined("j3", "ann", at=after(2), group="r3"),
    replace(message("m1"), group="r1", at=after(3)),
    replace(message("m2"), group="r1", at=after(4)),
    replace(message("m3"), group="r3", at=after(4)),
    left("l1", "ann", at=after(5), group="r2"),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    return request.getfixturevalue(request.param).database


@pytest.fixture
async def members(database):
    facts = [fact for event in EVENTS for fact in facts_of(event, Directory([]))]
    await SqlFacts(database).append(facts, recorded_at=NOON)
    return SqlMembers(database, FakeClock(NOON), lambda: ("r1", "r2"))


async def everything(database):
    """All that the store holds, as text."""
    async with database.read() as conn:
        find = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if database.is_sqlite
            else "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        )
        names = (await conn.execute(text(find))).scalars().all()
        tables = [(await conn.execute(text(f'SELECT * FROM "{name}"'))).all() for name in names]
    return "\n".join(repr(row) for table in tables for row in table)


async def test_ids_come_before_names_and_whole_names_before_their_pieces(members):
    assert [one.id for one in await members.find("ann")] == ["ann"]
    assert [one.id for one in await members.find("ANNIE")] == ["annie"]
    assert [one.id for one in await members.find("NN")] == ["ann", "annie"]
    assert [one.id for one in await members.find("%")] == []
    assert [one.id for one in await members.find("ann", {"r2"})] == ["ann"]
    assert await members.find("bob", {"r2"}) == ()


async def test_a_member_is_seen_where_ids_stay_and_only_there(members):
    (ann,) = await members.find("ann")
    first, second = ann.seats
    assert (first.group, first.since, first.messages, first.left_at) == ("r1", NOON, 2, None)
    assert (second.group, second.left_at, second.messages) == ("r2", after(5), 0)
    (annie,) = await members.find("annie")
    assert [(seat.group, seat.found_late) for seat in annie.seats] == [("r2", True)]
    (here,) = await members.find("ann", {"r1"})
    assert [seat.group for seat in here.seats] == ["r1"]


async def test_notes_come_and_go(members):
    await members.tag("ann", add=["vip", "old"], remove=[], by="Olga")
    await members.tag("ann", add=["vip"], remove=["old"], by="Lena")
    await members.trust("ann", Trust.WATCHED, by="Olga")
    await members.trust("ann", Trust.TRUSTED, by="Olga")
    await members.note("ann", "asks a lot", by="Lena")
    (ann,) = await members.find("ann")
    assert (ann.tags, ann.trust) == (("vip",), Trust.TRUSTED)
    assert [(note.value, note.by, note.at) for note in ann.notes][-1] == ("asks a lot", "Lena", NOON)
    await members.trust("ann", None, by="Olga")
    (ann,) = await members.find("ann")
    assert ann.trust is None
    (bob,) = await members.find("bob")
    assert bob.notes == ()


async def test_forgetting_an_id_leaves_the_deeds_of_who_is_called_so(members, database, request):
    audit = request.getfixturevalue("sqlite" if database.is_sqlite else "postgresql").audit
    asked = {"at": NOON, "account": "main", "place": "g:ops", "action": "状态", "result": Result.DONE}
    for actor, role in (("ann", "operator"), ("ann", ""), (BY_ITSELF, "")):
        await audit.write(AuditEntry(actor=actor, role=role, **asked))
    await members.forget("ann")
    await members.forget(BY_ITSELF)
    known, stranger, itself = reversed(await audit.list(AuditQuery()))
    assert (known.actor, itself.actor) == ("ann", BY_ITSELF)
    assert stranger.actor.startswith("forgotten:")


async def test_forgetting_reaches_notes_cards_orders_and_what_plugins_keep(members, database, request):
    stores = request.getfixturevalue("sqlite" if database.is_sqlite else "postgresql")
    place = Place(account="main", member="ann", kind=PlaceKind.PRIVATE)
    options = (CardOption(digit=1, label="keep ann", choice="ann"),)
    card = NewCard(
        kind="k", subject="who/ann", place=place, text="成员ann退群了", options=options, about=("ann", "bob")
    )
    await stores.cards.open(card, NOON)
    await members.note("ann", "hello", by="Olga")
    await SqlPluginStore(database).set("welcome", "greeted/ann", {"ann": ["ann", "annie"]})
    orders = OneOff(orders=SqlOrders(database), clock=FakeClock(NOON), timezone="UTC")
    contents = (AddMembers(members=("ann", "bob")), Text(text='told "ann", not annie'), Text(text="nobody"))
    for number, content in enumerate(contents):
        await orders.submit(Order(account="main", key=f"o/{number}", parts=(Part(content=content),), group="r1"))
    rows = await members.forget("ann")
    assert {"notes": 1, "cards": 1, "plugins": 1, "orders": 2}.items() <= rows.items()
    told = await everything(database)
    assert "'ann'" not in told
    assert "ann退群" not in told
    assert "not annie" in told
    async with database.read() as conn:
        query = "SELECT d.key, d.state, c.parts FROM deliveries d JOIN contents c ON c.id = d.content ORDER BY d.key"
        found = (await conn.execute(text(query))).all()
    assert [(row.key, row.state) for row in found] == [("o/0", "cancelled"), ("o/1", "planned"), ("o/2", "planned")]
    name, other = json.loads(found[0].parts)[0]["content"]["members"]
    assert (name.startswith("forgotten:"), other) == (True, "bob")
    assert [one.id for one in await members.find("ann")] == ["annie"]
