"""Incidents and blocked members come back as they went in, once each, on every store."""

import asyncio
from dataclasses import replace

import pytest

from groupbot.admin.risk_ports import Blocked
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
from groupbot.storage.facts import SqlFacts
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
