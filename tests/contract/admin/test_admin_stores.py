"""What people, cards and the audit promise, in memory, on SQLite and on PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from groupbot.admin.audit import AuditEntry, AuditQuery, Result
from groupbot.admin.cards import CardOption, CardState, NewCard
from groupbot.admin.people import Binding
from groupbot.admin.places import Place, PlaceKind
from groupbot.campaign.one_off import OneOff, Order
from groupbot.core.content import Part, Text
from groupbot.core.roles import Role
from groupbot.storage.facts import SqlFacts
from groupbot.storage.one_off import SqlOrders
from groupbot.testing import FakeClock
from groupbot.testing.events import NOON, after

OPS = Place(account="main", group="ops", kind=PlaceKind.ADMIN_GROUP)
ALONE = Place(account="main", member="ann", kind=PlaceKind.PRIVATE)


def question(subject="s1", *, place=OPS, kind="unknown", expires_at=None):
    options = (CardOption(digit=1, label="发了", choice="sent"), CardOption(digit=2, label="没发", choice="resend"))
    return NewCard(
        kind=kind,
        subject=subject,
        place=place,
        text="camp-1?",
        options=options,
        role=Role.LEADER,
        squad="east",
        expires_at=expires_at,
    )


def entry(seconds=0, *, actor="Olga", action="状态", result=Result.DONE):
    return AuditEntry(
        at=after(seconds),
        actor=actor,
        role="owner",
        account="main",
        place=OPS.key,
        action=action,
        result=result,
        detail="x=1",
    )


async def test_a_code_binds_once_in_its_time(stores):
    people = stores.people
    await people.issue("h1", "Nina", after(60))
    assert await people.redeem("h2", "main", "u1", NOON) is None
    assert await people.redeem("h1", "main", "u1", after(60)) is None
    assert await people.redeem("h1", "main", "u1", after(59)) == "Nina"
    assert await people.redeem("h1", "main", "u2", after(59)) is None
    assert list(await people.bindings()) == [Binding(account="main", member="u1", person="Nina", bound_at=after(59))]


async def test_one_code_that_two_use_at_once_binds_one(stores):
    await stores.people.issue("h1", "Nina", after(60))
    redeemed = await asyncio.gather(*(stores.people.redeem("h1", "main", f"u{n}", NOON) for n in range(4)))
    assert sorted(filter(None, redeemed)) == ["Nina"]
    assert len(await stores.people.bindings()) == 1


async def test_a_new_code_voids_the_persons_earlier_one_alone(stores):
    people = stores.people
    for code, person in (("h1", "Nina"), ("h2", "Olga"), ("h3", "Nina")):
        await people.issue(code, person, after(60))
    assert await people.redeem("h1", "main", "u1", NOON) is None
    assert await people.redeem("h2", "main", "u2", NOON) == "Olga"
    assert await people.redeem("h3", "main", "u3", NOON) == "Nina"


async def test_forgetting_takes_ids_and_codes(stores):
    people = stores.people
    for code, account in (("h1", "main"), ("h2", "spare")):
        await people.issue(code, "Nina", after(60))
        await people.redeem(code, account, "u1", NOON)
    await people.issue("h3", "Nina", after(60))
    await people.issue("h4", "Olga", after(60))
    await people.redeem("h4", "main", "u2", NOON)
    assert await people.forget("Nina") == 2
    assert await people.forget("Nina") == 0
    assert await people.redeem("h3", "main", "u1", NOON) is None
    assert [item.person for item in await people.bindings()] == ["Olga"]


async def test_an_id_that_is_bound_again_is_the_other_persons(stores):
    for code, person in (("h1", "Nina"), ("h2", "Olga")):
        await stores.people.issue(code, person, after(60))
        await stores.people.redeem(code, "main", "u1", NOON)
    assert [item.person for item in await stores.people.bindings()] == ["Olga"]


async def test_a_card_is_kept_as_it_was_asked(stores):
    made, is_new = await stores.cards.open(question(expires_at=after(60)), NOON)
    assert is_new
    assert (made.number, made.place_key, made.role, made.squad) == (1, "g:ops", Role.LEADER, "east")
    assert (made.opened_at, made.expires_at, made.state) == (NOON, after(60), CardState.OPEN)
    assert made.option(2).choice == "resend"
    assert made.option(3) is None
    assert await stores.cards.get(1) == made
    assert await stores.cards.get(2) is None


async def test_one_question_is_open_once_in_a_chat(stores):
    cards = stores.cards
    first, _new = await cards.open(question(), NOON)
    assert await cards.open(question(), after(1)) == (first, False)
    assert (await cards.open(question(place=ALONE), NOON))[1]
    assert (await cards.open(question("s2"), NOON))[1]
    assert (await cards.open(question(kind="task"), NOON))[1]
    assert len(await cards.open_in("g:ops")) == 3
    assert await cards.claim(1, choice="sent", by="Olga", at=NOON)
    assert not (await cards.open(question(), NOON))[1]
    await cards.end(1, CardState.ANSWERED)
    assert (await cards.open(question(), NOON))[1]


async def test_one_of_many_answers_wins(stores):
    await stores.cards.open(question(), NOON)
    claimed = await asyncio.gather(*(stores.cards.claim(1, choice="sent", by=f"p{n}", at=NOON) for n in range(4)))
    assert sorted(claimed) == [False, False, False, True]
    await stores.cards.end(1, CardState.ANSWERED)
    assert await stores.cards.is_settled("unknown", "s1")
    assert not await stores.cards.is_settled("unknown", "s2")
    card = await stores.cards.get(1)
    assert (card.state, card.choice, card.answered_by) == (CardState.ANSWERED, "sent", f"p{claimed.index(True)}")
    assert not await stores.cards.claim(1, choice="resend", by="late", at=NOON)
    assert not await stores.cards.claim(9, choice="sent", by="x", at=NOON)


async def test_an_answer_that_failed_or_was_cut_off_leaves_the_card_as_new(stores):
    cards = stores.cards
    first, _new = await cards.open(question(), NOON)
    await cards.claim(1, choice="sent", by="Olga", at=NOON)
    await cards.end(1, CardState.OPEN)
    assert await cards.get(1) == first
    await cards.claim(1, choice="sent", by="Olga", at=NOON)
    assert await cards.reopen(NOON) == [], "it may be under way in another process"
    assert await cards.reopen(after(1)) == [first]
    assert await cards.reopen(after(1)) == []
    assert await cards.open_in("g:ops") == [first]


async def test_a_card_reads_what_it_was_given_last(stores):
    await stores.cards.open(question(), NOON)
    await stores.cards.reword(1, "Other words")
    card = await stores.cards.get(1)
    assert (card.text, card.state) == ("Other words", CardState.OPEN)


async def test_cards_are_withdrawn_by_what_they_are_about(stores):
    for subject, place in (("s1", OPS), ("s1", ALONE), ("s2", OPS)):
        await stores.cards.open(question(subject, place=place), NOON)
    assert [card.number for card in await stores.cards.withdraw("unknown", "s1")] == [1, 2]
    assert await stores.cards.withdraw("unknown", "s1") == []
    assert not await stores.cards.is_settled("unknown", "s1")
    assert not await stores.cards.claim(1, choice="sent", by="x", at=NOON)
    assert [card.number for card in await stores.cards.open_in("g:ops")] == [3]


async def test_cards_expire_once_at_their_time(stores):
    for subject, until in (("s1", after(60)), ("s2", None), ("s3", after(61)), ("s4", after(60))):
        await stores.cards.open(question(subject, expires_at=until), NOON)
    await stores.cards.claim(4, choice="sent", by="Olga", at=NOON)
    assert await stores.cards.expire(after(59)) == []
    gone = await stores.cards.expire(after(60))
    assert [(card.number, card.state) for card in gone] == [(1, CardState.EXPIRED)]
    assert await stores.cards.expire(after(60)) == []


async def test_a_quoted_post_leads_to_its_card(sqlite):
    orders = OneOff(orders=SqlOrders(sqlite.database), clock=FakeClock(NOON), timezone="UTC")
    for key in ("card/12", "answer/main/m1/0"):
        await orders.submit(Order(account="main", key=key, parts=(Part(content=Text(text="x")),), group="ops"))
    async with sqlite.database.write() as conn:
        await conn.exec_driver_sql(
            'INSERT INTO posts (token, delivery, part, account, "group", fingerprint, outcome, started_at, message_id)'
            " SELECT 't', id, 0, 'main', 'ops', 'f', 'sent', due, 'post-' || key FROM deliveries"
        )
    assert await sqlite.cards.posted_as("main", "post-card/12") == 12
    assert await sqlite.cards.posted_as("main", "post-answer/main/m1/0") is None
    assert await sqlite.cards.posted_as("spare", "post-card/12") is None


async def test_a_forgotten_member_is_gone_from_audit_and_bindings(sqlite):
    alone = replace(entry(actor="wxann"), role="", place="m:main:wxann", detail="member=wxann, wxannabel id:wxann")
    for one in (alone, entry(1, actor="wxannabel")):
        await sqlite.audit.write(one)
    await sqlite.people.issue("h1", "Nina", after(60))
    await sqlite.people.redeem("h1", "main", "wxann", NOON)
    forgotten = await SqlFacts(sqlite.database).forget("wxann")
    assert forgotten.rows == {"audit": 1, "ids": 1}
    later, first = await sqlite.audit.list(AuditQuery())
    name = forgotten.pseudonym
    assert (first.actor, first.place) == (name, f"m:main:{name}")
    assert first.detail == f"member={name}, wxannabel id:{name}"
    assert later == entry(1, actor="wxannabel")
    assert await sqlite.people.bindings() == []


async def test_the_audit_is_read_newest_first_and_narrowed(stores):
    entries = [
        entry(0),
        entry(2, actor="Adam", result=Result.REFUSED),
        entry(1, action="活动 取消", result=Result.ASKED),
        entry(2, action="活动 取消"),
    ]
    for one in entries:
        await stores.audit.write(one)
    audit = stores.audit
    assert await audit.list(AuditQuery()) == [entries[3], entries[1], entries[2], entries[0]]
    assert await audit.list(AuditQuery(limit=1)) == [entries[3]]
    assert await audit.list(AuditQuery(actor="Adam")) == [entries[1]]
    assert await audit.list(AuditQuery(action="活动 取消", result=Result.ASKED)) == [entries[2]]
    assert await audit.list(AuditQuery(since=NOON + timedelta(seconds=2))) == [entries[3], entries[1]]
