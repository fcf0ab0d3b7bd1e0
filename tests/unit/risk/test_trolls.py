"""Who wants to stop a sale by complaining: what one can do, several, and one who goes on after being settled."""

from dataclasses import replace
from datetime import timedelta

from groupbot.core.verdicts import Allow, Defer
from groupbot.delivery.ports import Draft
from groupbot.risk.incidents import Outcome, resolved
from groupbot.testing.events import after

from .test_incident_guard import Room, candidate

IN_EVENT = {"ask_timeout": timedelta(minutes=2)}


async def test_by_default_nobody_holds_anything_in_an_event():
    room = Room()
    for n in range(10):
        await room.complain(f"m{n}")
    assert await room.judge(1, **IN_EVENT) == Allow()


async def test_trolls_who_take_turns_hold_no_longer_than_one():
    room = Room(event_limit_s=120)
    for n in range(10):
        await room.complain(f"m{n}", at=after(n * 60))
    assert isinstance(await room.judge(100, **IN_EVENT), Defer)
    for seconds in (121, 300, 599):
        assert await room.judge(seconds, **IN_EVENT) == Allow()
    assert isinstance(await room.judge(599), Defer)  # outside of an event each counts


async def test_in_an_event_no_hold_makes_a_post_late():
    room = Room(event_limit_s=120)
    await room.complain()

    async def judge(seconds, **policies):
        promised = replace(candidate(**policies), late_at=after(60))
        return await room.guard.check(Draft(candidate=promised, now=after(seconds)))

    assert (await judge(40, **IN_EVENT)).until == after(45)
    assert await judge(45, **IN_EVENT) == Allow()
    assert isinstance(await judge(45), Defer)


async def test_what_was_settled_holds_no_more_until_it_is_said_again():
    room = Room(limit_s=600)
    incident = await room.complain()
    await room.incidents.change(resolved(incident, "Lena", after(5), outcome=Outcome.FALSE_ALARM))
    assert await room.judge(20) == Allow()


async def test_what_nobody_acknowledges_holds_for_its_time_and_no_longer():
    room = Room(limit_s=600)
    await room.complain()
    seconds = 0.0
    while isinstance(verdict := await room.judge(seconds), Defer):
        assert verdict.until <= after(600)
        seconds = (verdict.until - after(0)).total_seconds()
    assert seconds == 600
