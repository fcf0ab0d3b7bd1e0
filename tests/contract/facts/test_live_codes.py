"""Live codes, their visits, and who came by a greeting, on both databases."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from groupbot.campaign.one_off import OneOff, Order
from groupbot.core.actions import AddMembers
from groupbot.core.content import Part
from groupbot.storage.engine import Database
from groupbot.storage.facts import SqlFacts
from groupbot.storage.friend_first import SqlFriendBook
from groupbot.storage.live_codes import SqlLiveCodes
from groupbot.storage.one_off import SqlOrders
from groupbot.storage.tables import channel_marks, code_visits, trail_changes
from groupbot.testing import FakeClock
from groupbot.tracking.facts import Fact, FactKind
from groupbot.tracking.live_codes import LiveCode, Visits

NOON = datetime(2026, 5, 18, 4, 0, tzinfo=UTC)
ONE = LiveCode(code="k7m2p9qd", channel="moments", pool="camp", variant="A", title="Camp", by="Olga", created_at=NOON)


@pytest.fixture(params=["database", "postgresql"], ids=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Database:
    found: Database = request.getfixturevalue(request.param)
    return found


async def test_a_code_is_kept_once_and_changed(store: Database) -> None:
    codes = SqlLiveCodes(store)
    assert await codes.add(ONE)
    assert not await codes.add(replace(ONE, channel="other"))
    later = replace(ONE, code="zzzzzzzz", created_at=NOON + timedelta(hours=1))
    assert await codes.add(later)
    assert await codes.codes() == [ONE, later]
    assert await codes.change(ONE.code, pool="", group="g9", closed=True)
    assert (await codes.codes())[0] == replace(ONE, pool="", group="g9", closed=True)
    assert not await codes.change("nosuch", closed=True)


async def test_visits_of_two_processes_add_up(store: Database) -> None:
    codes, other = SqlLiveCodes(store), SqlLiveCodes(Database(store.engine.url.render_as_string(hide_password=False)))

    async def count(of: SqlLiveCodes, part: int) -> None:
        for n in range(15):
            rows = [Visits(code=f"c{(n + m * part) % 4}", minute=NOON, group=f"g{n % 2}", count=m) for m in (1, 2)]
            merged = Counter[tuple[str, str]]()
            for row in rows:
                merged[row.code, row.group] += row.count
            await of.add_visits(
                [Visits(code=code, minute=NOON, group=group, count=total) for (code, group), total in merged.items()]
            )

    await asyncio.gather(*(count(of, part) for of in (codes, other) for part in (1, 3)))
    assert sum((await codes.visited()).values()) == 2 * 2 * 15 * 3
    await codes.add_visits([])
    async with store.read() as conn:
        assert len((await conn.execute(select(code_visits))).all()) <= 8
    await other._database.close()


def asked(member: str, greeting: str, *, hours: float = 0, account: str = "main") -> Fact:
    at = NOON + timedelta(hours=hours)
    return Fact(
        at=at,
        kind=FactKind.FRIEND_REQUEST,
        account=account,
        event_id=f"{member}{hours}{account}",
        member=member,
        text=greeting,
    )


async def test_the_newest_greeting_counts_and_a_channel_is_noted_once(store: Database) -> None:
    book = SqlFriendBook(store)
    await SqlFacts(store).append(
        [asked("ann", "蓝海"), asked("ann", "hello", hours=2), asked("ann", "x", hours=3, account="spare")],
        recorded_at=NOON,
    )
    assert await book.greeting_of("main", "ann") == "hello"
    assert await book.greeting_of("main", "bob") is None
    assert await book.mark("ann", "moments", at=NOON, key="r1")
    assert not await book.mark("ann", "elsewhere", at=NOON, key="r1")
    async with store.read() as conn:
        rows = (
            await conn.execute(select(channel_marks.c.member, channel_marks.c.channel, channel_marks.c.source))
        ).all()
        changed = (await conn.execute(select(trail_changes.c.member, trail_changes.c.campaign))).all()
    assert [tuple(row) for row in rows] == [("ann", "moments", "greeting")]
    assert [tuple(row) for row in changed] == [("ann", "")]


async def test_pools_seats_and_invitations_on_their_way_are_found(store: Database) -> None:
    book, codes = SqlFriendBook(store), SqlLiveCodes(store)
    for n, values in enumerate(
        (
            {},
            {"pool": "late"},
            {"pool": "shut", "closed": True},
            {"channel": "other", "pool": "no"},
            {"pool": "", "group": "g"},
        )
    ):
        await codes.add(replace(ONE, code=f"code{n}", created_at=NOON + timedelta(hours=n), **values))
    assert await book.pools_of("moments") == ("late", "camp")
    moves = [
        Fact(at=NOON, kind=FactKind.JOIN, account="main", event_id="j1", group="g1", member="ann"),
        Fact(at=NOON, kind=FactKind.JOIN, account="main", event_id="j2", group="g1", member="bob"),
        Fact(at=NOON + timedelta(hours=1), kind=FactKind.LEAVE, account="main", event_id="l", group="g1", member="bob"),
    ]
    await SqlFacts(store).append(moves, recorded_at=NOON)
    assert [await book.is_in(who, ["g1", "g2"]) for who in ("ann", "bob", "eve")] == [True, False, False]
    assert not await book.is_in("ann", ["g2"])
    orders = OneOff(orders=SqlOrders(store), clock=FakeClock(NOON), timezone="Asia/Shanghai")
    for n in range(3):
        part = Part(content=AddMembers(members=(f"u{n}",)))
        await orders.submit(Order(account="main", key=f"k{n}", parts=(part,), group="g1" if n else "g2"))
    assert await book.invited(["g1", "g2", "g3"]) == {"g1": 2, "g2": 1}
