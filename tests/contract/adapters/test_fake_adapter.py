"""What the fake can do beyond its port: scripted outcomes for tests of everything above it."""

from __future__ import annotations

import asyncio

import pytest

from groupbot.chat.errors import Temporary, UnknownOutcome, Unsupported
from groupbot.core.actions import AddMembers, CreateGroup, Recall, RemoveMembers, Rename
from groupbot.core.content import Text
from groupbot.core.events import (
    AccountState,
    AccountStateChanged,
    MembersJoined,
    MembersLeft,
    OwnPost,
    Rank,
    RosterRead,
    TopicChanged,
)
from groupbot.testing import Echo, FakeAdapter, Outcome
from tests.gateway.listener import Listener

HELLO = Text(text="hello")


async def test_outcomes_are_used_once_each_in_order() -> None:
    adapter = FakeAdapter()
    async with Listener(adapter) as heard:
        await heard.roster("r1")
        adapter.will(
            Outcome.fails(Temporary("later")),
            Outcome.fails(UnknownOutcome("lost"), posted=True),
            Outcome.fails(UnknownOutcome("lost")),
            Outcome(tells_id=False),
        )
        for error, posts in ((Temporary, 0), (UnknownOutcome, 1), (UnknownOutcome, 1)):
            with pytest.raises(error):
                await adapter.send("r1", HELLO)
            assert len(adapter.posts) == posts
        assert (await adapter.send("r1", HELLO)).message_id is None
        assert (await adapter.send("r1", HELLO)).message_id is not None
        await heard.until(lambda: len(heard.of(OwnPost)) == 3, what="an echo of each post, the unknown one too")
    assert (len(adapter.posts), adapter.attempts) == (3, 5)


@pytest.mark.parametrize("posted", [True, False])
async def test_a_hanging_call_waits_to_be_released(posted: bool) -> None:
    adapter = FakeAdapter(echo=Echo.OFF)
    async with Listener(adapter) as heard:
        await heard.state(AccountState.ONLINE)
        adapter.will(Outcome(hang=True, posted=posted))
        call = asyncio.create_task(adapter.send("r1", HELLO))
        await asyncio.sleep(0)
        assert (adapter.in_flight, len(adapter.posts)) == (1, int(posted))
        adapter.release()
        async with asyncio.timeout(2):
            await call
        assert adapter.in_flight == 0


async def test_an_echo_can_come_before_the_call_returns() -> None:
    adapter = FakeAdapter(echo=Echo.BEFORE)
    async with Listener(adapter) as heard:
        await heard.state(AccountState.ONLINE)
        adapter.will(Outcome(hang=True))
        call = asyncio.create_task(adapter.send("r1", HELLO))
        echo = await heard.one(OwnPost)
        assert not call.done()
        adapter.release()
        assert (await call).message_id == echo.message_id


async def test_joins_that_nobody_saw_show_in_the_next_roster_only() -> None:
    adapter = FakeAdapter()
    async with Listener(adapter) as heard:
        await heard.roster("r1")
        adapter.disconnect()
        adapter.join("r1", "cat", seen=False)
        before = len(heard.events)
        adapter.connect()
        roster = await heard.one(RosterRead, since=before, group="r1")
        assert [person.id for person in roster.members] == ["ann", "bob", "cat"]
        assert heard.of(MembersJoined) == []


async def test_a_group_follows_the_accounts_actions() -> None:
    adapter = FakeAdapter(own_id="bot", rank=Rank.ADMIN)
    async with Listener(adapter) as heard:
        assert (await heard.roster("r1")).rank is Rank.ADMIN
        assert (await heard.one(AccountStateChanged)).own_id == "bot"
        await adapter.send("r1", Rename(topic="new"))
        await adapter.send("r1", AddMembers(members=("cat",)))
        await adapter.send("r1", RemoveMembers(members=("ann",)))
        posted = await adapter.send("r1", HELLO)
        await adapter.send("r1", Recall(message_id=posted.message_id or ""))
        made = await adapter.send("", CreateGroup(topic="second", members=("ann",)))
        assert (await heard.one(TopicChanged)).topic == "new"
        assert [p.id for p in (await heard.one(MembersJoined)).members] == ["cat"]
        assert [p.id for p in (await heard.one(MembersLeft)).members] == ["ann"]
        assert (await heard.one(OwnPost)).message_id == posted.message_id
        assert adapter.recalled == [posted.message_id]
        adapter.read_roster(made.message_id or "")
        assert (await heard.roster(made.message_id or "")).topic == "second"


async def test_a_kind_that_it_was_not_given_is_not_supported() -> None:
    adapter = FakeAdapter(kinds=frozenset({"text"}))
    async with Listener(adapter) as heard:
        await heard.roster("r1")
        with pytest.raises(Unsupported):
            await adapter.send("r1", Rename(topic="new"))
        assert adapter.posts == []
