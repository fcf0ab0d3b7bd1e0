from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from groupbot import i18n
from groupbot.adapters.console.adapter import ConsoleAdapter
from groupbot.adapters.console.playback import VirtualClock
from groupbot.adapters.console.scene import Post
from groupbot.core.content import Content

ZONE = ZoneInfo("Asia/Shanghai")
TITLES = {"g1": "晨读 1 群", "g2": "晨读 2 群"}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = i18n.present()
    i18n.use("en")
    yield
    i18n.use(before)


@pytest.fixture
def zone() -> ZoneInfo:
    return ZONE


@pytest.fixture
def titles() -> dict[str, str]:
    return dict(TITLES)


@pytest.fixture
def start() -> datetime:
    return datetime(2026, 5, 18, 8, 0, tzinfo=ZONE)


@pytest.fixture
def clock(start) -> VirtualClock:
    return VirtualClock(start)


@pytest.fixture
def plain_console() -> Console:
    """An 80-column console without colours that keeps what is written; `console.file.getvalue()` reads it."""
    return Console(file=StringIO(), width=80, no_color=True, force_terminal=False)


@pytest.fixture
def post_of(start):
    """Build a post to the first group at the start."""

    def build(content: Content, *, to: str = "g1", at: datetime = start, message_id: str = "s-1") -> Post:
        return Post(at=at, account="bot", to=to, content=content, message_id=message_id)

    return build


@pytest.fixture
async def adapter_of(clock, titles) -> AsyncIterator[object]:
    """Build adapters on the virtual clock; each is closed at the end."""
    built: list[ConsoleAdapter] = []

    def build(**changes) -> ConsoleAdapter:
        values = {"account": "bot", "groups": titles, "clock": clock, "session": "s"} | changes
        built.append(ConsoleAdapter(**values))
        return built[-1]

    yield build
    for adapter in built:
        await adapter.close()


@pytest.fixture
async def online(adapter_of):
    """Build an adapter and its events, read up to the last roster: online, nothing waiting."""
    streams = []

    async def build(**changes):
        adapter = adapter_of(**changes)
        events = adapter.events()
        streams.append(events)
        for _ in range(1 + len(TITLES)):
            await anext(events)
        return adapter, events

    yield build
    for events in streams:
        await events.aclose()
