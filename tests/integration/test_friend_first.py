"""Friend first through a whole daemon: greeted by a poster's word, accepted in budget, invited where there is room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from groupbot.app import App, build
from groupbot.campaign.one_off import ONE_OFF
from groupbot.core.actions import AcceptFriend, AddMembers
from groupbot.core.events import FriendAdded, FriendRequested, Person
from groupbot.lifecycle import Daemon, opened
from groupbot.settings import load
from groupbot.storage.entries import SqlEntries
from groupbot.storage.tables import channel_marks
from groupbot.testing import FakeAdapter
from tests.unit.delivery.bench import Inbox

CONFIG = """\
locale = "en"
[pacing]
enabled = false
[budgets]
accept_friend = 3
add_members = 2
[friends]
accept = "code"
[[accounts]]
name = "main"
adapter = "console"
[[groups]]
name = "g1"
account = "main"
id = "r1"
[[groups]]
name = "g2"
account = "main"
id = "r2"
[[pools]]
name = "camp"
groups = ["g1", "g2"]
limit = 10
switch_before = 2
invite_friends = true
[[channels]]
name = "moments"
greetings = ["blue sea"]
"""


@asynccontextmanager
async def running(folder: Path, alerts: Inbox) -> AsyncIterator[tuple[App, FakeAdapter]]:
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    # with our account among them g1 takes one more; ann is in g2 already
    adapter = FakeAdapter(account="main", groups={"r1": [f"m{n}" for n in range(6)], "r2": ["ann"]})
    app, stop = build(load(folder / "config.toml", {}), adapters={"main": adapter}, alerts=alerts), asyncio.Event()
    async with opened(app):
        daemon = asyncio.create_task(Daemon(app, config=None, stop=stop, hurry=asyncio.Event()).run())
        adapter.connect()
        try:
            yield app, adapter
        finally:
            stop.set()
            await daemon


def events(who: str, greeting: str) -> tuple[FriendRequested, FriendAdded]:
    person, now = Person(id=who), datetime.now(UTC)
    return (
        FriendRequested(
            account="main", event_id=f"r-{who}", at=now, request_id=f"q-{who}", person=person, greeting=greeting
        ),
        FriendAdded(account="main", event_id=f"a-{who}", at=now, person=person),
    )


async def until(condition) -> None:
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.02)


async def test_from_the_posters_word_into_the_group_with_room(tmp_path: Path) -> None:
    alerts = Inbox()
    async with running(tmp_path, alerts) as (app, adapter):

        async def counted() -> bool:
            return len(await SqlEntries(app.database).counts(["g1", "g2"])) == 2

        await until(counted)
        for who, greeting in (("bob", "BLUE SEA!"), ("cleo", "hello"), ("ann", "blue sea"), ("dan", "blue sea")):
            for event in events(who, greeting):
                adapter.emit(event)

        async def ordered() -> bool:
            rows = await app.campaigns.deliveries(ONE_OFF)
            return len([row for row in rows if row.step == AddMembers.kind]) == 2

        async def done() -> bool:
            return len(adapter.posts) == 5

        await until(ordered)
        await until(done)
        accepted = {post.content.request_id for post in adapter.posts if isinstance(post.content, AcceptFriend)}
        invited = {post.content.members[0]: post.to for post in adapter.posts if isinstance(post.content, AddMembers)}
        async with app.database.read() as conn:
            marked = (await conn.execute(select(channel_marks.c.member, channel_marks.c.channel))).all()
    assert accepted == {"q-bob", "q-ann", "q-dan"}
    assert invited == {"bob": "r1", "dan": "r2"}
    assert sorted(map(tuple, marked)) == [(who, "moments") for who in ("ann", "bob", "dan")]
