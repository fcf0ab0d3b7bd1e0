"""A friendship request on its way through a whole daemon: accepted by rule, within the budget, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from groupbot.app import App, build
from groupbot.campaign.one_off import ONE_OFF
from groupbot.core.actions import AcceptFriend
from groupbot.core.events import FriendRequested, Person
from groupbot.delivery.values import State
from groupbot.lifecycle import Daemon, opened
from groupbot.settings import Settings, load
from groupbot.testing import FakeAdapter
from groupbot.tracking.facts import FactKind
from groupbot.tracking.ports import FactQuery

CONFIG = """\
locale = "en"
[pacing]
enabled = false
[budgets]
accept_friend = 1
[friends]
accept = "code"
codes = ["blue"]
[[accounts]]
name = "main"
adapter = "console"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    return load(tmp_path / "config.toml", {})


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[tuple[App, FakeAdapter]]:
    """Run a daemon on the project's database until the block ends."""
    adapter = FakeAdapter(account="main")
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


def request(number: int, greeting: str) -> FriendRequested:
    now = datetime.now(UTC)
    person = Person(id=f"u{number}", name="Ann")
    return FriendRequested(
        account="main", event_id=f"f{number}", at=now, request_id=f"q{number}", person=person, greeting=greeting
    )


async def until(condition) -> None:
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.02)


def accepted(adapter: FakeAdapter) -> list[object]:
    return [post.content for post in adapter.posts]


async def test_accepted_by_rule_within_the_budget_and_never_twice(settings: Settings) -> None:
    async with running(settings) as (app, adapter):

        async def ordered() -> bool:
            return len(await app.campaigns.deliveries(ONE_OFF)) == 2

        async def one_done() -> bool:
            return bool(adapter.posts)

        for event in (request(1, "Blue please"), request(2, "hello"), request(3, "blue")):
            adapter.emit(event)
        await until(ordered)
        await until(one_done)
        kept = await app.facts.find(FactQuery(kinds=frozenset({FactKind.FRIEND_REQUEST})))
        assert [stored.fact.text for stored in kept] == ["Blue please", "hello", "blue"]
    assert accepted(adapter) == [AcceptFriend(request_id="q1")]
    async with running(settings) as (app, adapter):
        for event in (request(1, "blue"), request(3, "blue"), request(4, "blue")):
            adapter.emit(event)

        async def third_ordered() -> bool:
            return len(await app.campaigns.deliveries(ONE_OFF)) == 3

        await until(third_ordered)
        rows = await app.campaigns.deliveries(ONE_OFF)
        assert [row.state for row in rows] == [State.SENT, State.PLANNED, State.PLANNED]
    assert accepted(adapter) == []


async def test_a_fault_in_what_is_done_now_and_then_ends_no_daemon(settings: Settings) -> None:
    asked = asyncio.Event()

    async def fails(_query: FactQuery) -> None:
        asked.set()
        raise OverflowError("a fault of ours")

    async with running(settings) as (app, adapter):
        app.facts.find = fails  # type: ignore[method-assign, assignment]
        async with asyncio.timeout(20):
            await asked.wait()
        adapter.emit(request(1, "blue"))

        async def one_done() -> bool:
            return bool(adapter.posts)

        await until(one_done)
