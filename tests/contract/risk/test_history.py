"""What an earlier process did is read back from what it left in the store."""

from datetime import timedelta

import pytest

from groupbot.admin.audit import BY_ITSELF, AuditEntry, Result
from groupbot.admin.cards import CardOption, NewCard
from groupbot.admin.places import Place, PlaceKind
from groupbot.admin.risk_ports import case_subjects
from groupbot.campaign.one_off import OneOff, Order, order_key
from groupbot.chat.directory import Directory
from groupbot.core.actions import RemoveMembers
from groupbot.core.content import Part, Text
from groupbot.core.events import MembersJoined, Person
from groupbot.risk.ladder import Concern
from groupbot.storage.audit import SqlAudit
from groupbot.storage.cards import SqlCards
from groupbot.storage.facts import SqlFacts
from groupbot.storage.one_off import SqlOrders
from groupbot.storage.risk_history import SqlHistory
from groupbot.testing import FakeClock
from groupbot.testing.events import NOON, after
from groupbot.tracking.facts import facts_of

DAY = timedelta(days=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    return request.getfixturevalue(request.param).database


async def note(database, action, detail="", *, at=NOON, result=Result.DONE):
    entry = AuditEntry(
        at=at, actor=BY_ITSELF, role="", account="main", place="g:camp-1", action=action, result=result, detail=detail
    )
    await SqlAudit(database).write(entry)


async def repeats(database, member="ann", concern=Concern.ADS, now=NOON):
    return await SqlHistory(database).repeats(member, concern, now - DAY)


async def test_cases_of_which_people_heard_count_for_their_member_and_concern(database):
    await note(database, "risk/ads/alert", "ann 0.90 model:ads")
    await note(database, "risk/ads/remove", "ann 0.99 invite")
    for action, detail, more in (
        ("risk/ads/log", "ann 0.9", {}),
        ("risk/flood/warn", "ann 0.9", {}),
        ("risk/ads/warn", "anna 0.9", {}),
        ("risk/ads/warn", "ann 0.9", {"result": Result.FAILED}),
        ("risk/ads/warn", "ann 0.9", {"at": NOON - 2 * DAY}),
        ("risk/blocked", "ann came back", {}),
    ):
        await note(database, action, detail, **more)
    assert await repeats(database) == 2
    assert await repeats(database, concern=Concern.FLOOD) == 1
    assert await repeats(database, now=NOON + 2 * DAY) == 0


async def test_what_was_called_wrong_is_forgotten_with_all_before_it(database):
    cards = SqlCards(database)
    subject = case_subjects("ann", Concern.ADS)[1]
    new = NewCard(
        kind="risk",
        subject=subject,
        place=Place(account="main", group="ops", kind=PlaceKind.ADMIN_GROUP),
        text="?",
        options=(CardOption(digit=2, label="wrong", choice="wrong"),),
    )
    await note(database, "risk/ads/alert", "ann 0.90")
    card, _is_new = await cards.open(new, NOON)
    assert await repeats(database) == 1
    assert await cards.claim(card.number, choice="wrong", by="Lena", at=NOON)
    await note(database, f"card/{card.number}")
    assert await repeats(database) == 0
    await note(database, "risk/ads/alert", "ann 0.90")
    assert await repeats(database) == 1


async def test_the_last_warning_of_a_group_is_found_among_the_orders(database):
    clock = FakeClock(NOON)
    desk = OneOff(orders=SqlOrders(database), clock=clock, timezone="Asia/Shanghai")
    history = SqlHistory(database)
    assert await history.warned_at("camp-1") is None
    words, out = Part(content=Text(text="请撤回")), Part(content=RemoveMembers(members=("ann",)))
    for key, group, part in (
        (order_key("risk", "warn", "camp-1", "m1"), "camp-1", words),
        (order_key("risk", "warn", "camp-1", "m" * 300), "camp-1", words),
        (order_key("risk", "remove", "camp-1", "ann", "m2"), "camp-1", out),
        ("say/1", "camp-1", words),
        (order_key("risk", "warn", "camp-2", "m1"), "camp-2", words),
    ):
        await desk.submit(Order(account="main", key=key, parts=(part,), group=group))
        clock.advance(60)
    assert await history.warned_at("camp-1") == after(60)
    assert await history.warned_at("camp-2") == after(240)


async def test_where_a_member_was_taken_out_since(database):
    clock = FakeClock(NOON)
    desk = OneOff(orders=SqlOrders(database), clock=clock, timezone="Asia/Shanghai")
    for key, group, member in (
        ("risk/remove/camp-3/ann/m0", "camp-3", "ann"),
        ("risk/block/camp-2/ann/m1", "camp-2", "ann"),
        ("risk/block/camp-1/ann/m1", "camp-1", "ann"),
        ("risk/remove/camp-2/ann/m2", "camp-2", "ann"),
        ("risk/remove/camp-4/bob/m3", "camp-4", "bob"),
        ("group/kick/camp-5/ann", "camp-5", "ann"),
    ):
        out = Part(content=RemoveMembers(members=(member,)))
        await desk.submit(Order(account="main", key=key, parts=(out,), group=group))
        clock.advance(60)
    assert await SqlHistory(database).removed_from("ann", after(60)) == ["camp-2", "camp-1"]


async def test_who_joined_lately(database):
    joined = MembersJoined(
        account="main", event_id="e1", at=NOON, group="g1", members=(Person(id="ann"), Person(id="bob"))
    )
    await SqlFacts(database).append(facts_of(joined, Directory({})), recorded_at=NOON)
    assert await SqlHistory(database).joins(NOON) == [("g1", "ann", NOON), ("g1", "bob", NOON)]
    assert await SqlHistory(database).joins(after(1)) == []
