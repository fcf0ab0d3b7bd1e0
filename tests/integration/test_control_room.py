"""A command through a whole daemon: heard in the admin group, answered there, silent elsewhere."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from groupbot.admin.cards import CardKind, CardOption, NewCard
from groupbot.app import App, build
from groupbot.core.clock import SystemClock
from groupbot.lifecycle import Daemon, opened
from groupbot.settings import Settings, load
from groupbot.storage.people import SqlPeople
from groupbot.testing import FakeAdapter

CONFIG = """\
locale = "en"
[pacing]
enabled = false
[admin]
groups = ["ops"]
[[accounts]]
name = "main"
adapter = "console"
[[groups]]
name = "ops"
account = "main"
id = "g-ops"
[[groups]]
name = "camp-1"
account = "main"
id = "g-camp"
[[people]]
name = "Olga"
role = "owner"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    return load(tmp_path / "config.toml", {})


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[tuple[App, FakeAdapter]]:
    adapter = FakeAdapter(account="main", clock=SystemClock())
    app = build(settings, adapters={"main": adapter})
    stop = asyncio.Event()
    async with opened(app):
        daemon = asyncio.create_task(Daemon(app, config=None, stop=stop, hurry=asyncio.Event()).run())
        adapter.connect()
        try:
            yield app, adapter
        finally:
            stop.set()
            await daemon


async def posted(adapter: FakeAdapter, count: int) -> list[tuple[str, str]]:
    async with asyncio.timeout(20):
        while len(adapter.posts) < count:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.01)
    return [(post.to, post.content.text) for post in adapter.posts]


async def test_from_the_first_code_to_a_question_answered_by_quoting_it(settings: Settings) -> None:
    async with running(settings) as (app, adapter):
        code = await app.room.people.issue("Olga")
        adapter.say("g-camp", "u-eve", "/状态")
        adapter.say(None, "u-eve", "/状态")
        adapter.say(None, "u-olga", f"/认领 {code}")
        assert (await posted(adapter, 1))[0][0] == "u-olga"
        assert [item.person for item in await SqlPeople(app.database).bindings()] == ["Olga"]
        adapter.say("g-ops", "u-olga", "／状态")
        to, text = (await posted(adapter, 2))[1]
        assert to == "g-ops"
        assert re.search(r"main online", text)

        answered = []

        async def answer(_card, choice, actor):
            answered.append((choice, actor.name))
            return "noted"

        app.room.desk.kinds.register("door", CardKind(answer=answer))
        place = app.room.places.named("ops")
        assert place is not None
        for subject in ("front", "back"):
            options = (CardOption(digit=1, label="open", choice=subject),)
            await app.room.desk.open(NewCard(kind="door", subject=subject, place=place, text="?", options=options))
        await posted(adapter, 4)
        card = next(post for post in adapter.posts if post.content.text.startswith("#2"))
        adapter.say("g-ops", "u-olga", "1", quoted_id=card.message_id)
        assert (await posted(adapter, 5))[4] == ("g-ops", "noted")
        assert answered == [("back", "Olga")]
