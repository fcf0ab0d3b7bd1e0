"""Whose ids are our own: learnt when an account comes online, kept for the next start."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from groupbot.chat.adapter import Receipt
from groupbot.core.actions import Announcement, Rename
from groupbot.core.content import Content, Part, Text
from groupbot.core.events import AccountState, AccountStateChanged, OwnPost
from groupbot.inbound.accounts import AccountStage
from groupbot.inbound.echoes import OwnPosts
from groupbot.storage.engine import Database
from groupbot.storage.presence import Presence
from groupbot.storage.tables import accounts, metadata
from groupbot.testing import FakeClock
from groupbot.testing.events import NOON
from tests.unit.delivery.bench import Inbox
from tests.unit.delivery.candidates import candidate


@pytest.fixture
async def presence(tmp_path) -> AsyncIterator[Presence]:
    database = Database(f"sqlite:///{tmp_path}/bot.db")
    async with database.write() as conn:
        await conn.run_sync(metadata.create_all)
        await conn.execute(accounts.insert(), [{"name": "main"}, {"name": "helper"}])
    yield Presence(database)
    await database.close()


def online(own_id: str = "", *, account: str = "main", state: AccountState = AccountState.ONLINE):
    return AccountStateChanged(account=account, event_id=f"e{own_id}", at=NOON, state=state, own_id=own_id)


async def test_an_own_id_is_known_at_once_and_after_a_restart(presence: Presence) -> None:
    own_ids: dict[str, str] = {}
    stage = AccountStage(presence=presence, clock=FakeClock(NOON), alerts=Inbox(), own_ids=own_ids)
    ours = own_ids.values()
    await stage.handle(online("wxid_1"))
    await stage.handle(online("wxid_2", account="helper"))
    assert await presence.own_ids() == own_ids == {"main": "wxid_1", "helper": "wxid_2"}
    assert "wxid_1" in ours
    await stage.handle(online("wxid_9"))
    assert await presence.own_ids() == own_ids == {"main": "wxid_9", "helper": "wxid_2"}


async def test_a_platform_that_does_not_say_takes_no_id_away(presence: Presence) -> None:
    own_ids = {"main": "wxid_1"}
    await presence.keep_own_id("main", "wxid_1")
    stage = AccountStage(presence=presence, clock=FakeClock(NOON), alerts=Inbox(), own_ids=own_ids)
    await stage.handle(online())
    await stage.handle(online(state=AccountState.OFFLINE))
    assert await presence.own_ids() == own_ids == {"main": "wxid_1"}


class Recorder:
    """Remembers what it was given."""

    def __init__(self) -> None:
        self.events: list[object] = []

    async def submit(self, event: object) -> None:
        self.events.append(event)


@pytest.mark.parametrize("action", [Announcement(text="a"), Rename(topic="b")])
async def test_only_messages_are_recorded_as_own_posts(action: Content) -> None:
    recorder = Recorder()
    own_posts = OwnPosts(recorder)  # type: ignore[arg-type]
    for content in (action, Text(text="hi")):
        made = candidate()
        object.__setattr__(made, "parts", (Part(content=content),))
        await own_posts.posted(made, Receipt(message_id="m1"), NOON)
    [post] = recorder.events
    assert isinstance(post, OwnPost)
    assert (post.text, post.message_id) == ("hi", "m1")
