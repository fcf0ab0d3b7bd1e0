"""A project whose one account is a real gateway's, a whole daemon on it, and people who type on their phones.

Time is the daemon's own: it runs, and a test moves it on to where something is due. What the gateway was asked to post
is the truth.
"""

from __future__ import annotations

import asyncio
import base64
import os
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from groupbot.app import App, build
from groupbot.delivery.values import State
from groupbot.lifecycle import Daemon, opened
from groupbot.settings import load
from tests.gateway.rig import Rig
from tests.torture.daemon import until_true

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 5, 18, 7, 0, tzinfo=ZONE)
WITHIN_S = 15.0
NAMES = ("ops", "east-ops", "west-ops", "东1", "东2", "东3", "西1", "西2", "西3")
"""Groups in config.toml; those of customers end in a digit."""
ROOMS = {name: f"x{number}" for number, name in enumerate(NAMES)}
SQUADS = {"东": "东区", "西": "西区"}
PEOPLE = {"Olga": "alice", "Lena": "bob", "Wen": "carol", "customer": "c0"}
"""Who is who on the gateway."""
CONFIG = """\
locale = "en"
timezone = "Asia/Shanghai"
[pacing]
enabled = false
[admin]
groups = ["ops"]
[[accounts]]
name = "main"
adapter = "wechaty"
endpoint = "{endpoint}"
token_env = "CHAT_TOKEN"
plaintext = true
deadline_s = 60.0
[[people]]
name = "Olga"
role = "owner"
[[people]]
name = "Lena"
[[people]]
name = "Wen"
[[squads]]
name = "东区"
leader = "Lena"
group = "east-ops"
[[squads]]
name = "西区"
leader = "Wen"
group = "west-ops"
"""


class MovedClock:
    """The machine's clock, moved on by a test."""

    def __init__(self, start: datetime) -> None:
        self._ahead = start.astimezone(UTC) - datetime.now(UTC)

    def now(self) -> datetime:
        """Return the moved instant."""
        return datetime.now(UTC) + self._ahead

    def move(self, to: datetime) -> None:
        """Move on to `to`; never back."""
        self._ahead += max(to - self.now(), timedelta())


class MovedWaker:
    """`delivery.ports.Waker` on a moved clock."""

    def __init__(self, clock: MovedClock) -> None:
        self._clock = clock
        self._events: dict[str, asyncio.Event] = {}

    async def wait(self, lane: str, until: datetime | None) -> None:
        """Return at `until`, when poked, or soon."""
        event = self._events.setdefault(lane, asyncio.Event())
        left = 1.0 if until is None else (until - self._clock.now()).total_seconds()
        try:
            async with asyncio.timeout(min(max(left, 0), 1.0)):
                await event.wait()
        except TimeoutError:
            pass
        event.clear()

    def poke(self, lane: str | None = None) -> None:
        """End the wait of `lane`, or of all."""
        for name in [lane] if lane is not None else list(self._events):
            self._events[name].set()


@dataclass(kw_only=True)
class World:
    """The gateway, the daemon on it, and everybody's phone."""

    rig: Rig
    app: App
    clock: MovedClock
    waker: MovedWaker
    folder: Path
    _typed: int = 0
    _places: dict[str, str] = field(default_factory=lambda: {chat: name for name, chat in ROOMS.items()})

    def posts(self, chat: str | None = None) -> list[str]:
        """Return what was posted, in one chat or in all; a file as its name."""
        made = self.rig.calls("text", "file", "url")
        wanted = None if chat is None else _id_of(chat)
        return [str(call["a"][1]) for call in made if wanted is None or call["a"][0] == wanted]

    async def type(self, who: str, text: str, chat: str | None = None, **more: object) -> None:
        """Let `who` type `text` in a group, or 1:1 to the bot."""
        self._typed += 1
        where = {"roomId": _id_of(chat)} if chat else {"listenerId": "bot", "toId": "bot"}
        payload = {"id": f"typed-{self._typed}", "type": 7, "text": text, "talkerId": PEOPLE[who], "timestamp": 0}
        await self.rig.act("message", payload=payload | {"fromId": PEOPLE[who], "mentionIdList": []} | where | more)

    async def ask(self, who: str, text: str, expect: str, chat: str | None = "ops") -> str:
        """Type `text`, wait until `expect` (a regular expression) is said in that chat, and return what was said."""
        return await self._after(lambda: self.type(who, text, chat), expect, chat or who)

    async def confirm(self, who: str, text: str, expect: str, chat: str | None = "ops") -> tuple[str, str]:
        """Type what asks back, reply its digits, wait for `expect`; return the question and the answer."""
        asked = await self.ask(who, text, r"Reply \d{4} within", chat)
        return asked, await self.ask(who, digits(asked), expect, chat)

    async def send(self, who: str, name: str, data: bytes, expect: str, chat: str = "ops") -> str:
        """Send a file to a group, and wait until `expect` is said there."""
        sent = {"name": name, "base64": base64.b64encode(data).decode(), "from": PEOPLE[who], "room": _id_of(chat)}
        return await self._after(lambda: self.rig.act("file", **sent), expect, chat)

    async def _after(self, act: Callable[[], object], expect: str, chat: str) -> str:
        before = len(self.posts(chat))
        await act()  # type: ignore[misc]
        return await self.hear(expect, chat, before)

    async def hear(self, expect: str, chat: str = "ops", since: int = 0) -> str:
        """Wait until `expect` is said in a chat, from its post number `since` on; return all from there on."""

        def said() -> str:
            return "\n".join(self.posts(chat)[since:])

        await until(lambda: re.search(expect, said()) is not None, lambda: f"{chat}: {expect!r} in {said()!r}")
        return said()

    async def move(self, day: int, clock: str) -> None:
        """Move on to a clock of the campaign's day."""
        hour, minute = map(int, clock.split(":"))
        self.clock.move(MONDAY.replace(hour=hour, minute=minute) + timedelta(days=day - 1))
        self.waker.poke()

    async def posted(self, text: str, groups: str) -> None:
        """Wait until `text` was posted, and see that it was in these groups, once in each, and nowhere else."""
        wanted = sorted(groups.split())
        await until(lambda: self.where(text) == wanted, lambda: f"{text!r} in {wanted}, not {self.where(text)}")

    def where(self, text: str) -> list[str]:
        """Return the customers' groups that a text was posted to, one for each time."""
        calls = [call["a"] for call in self.rig.calls("text") if call["a"][1] == text]
        return sorted(
            name for to, *_rest in calls if (name := self._places[to.removesuffix("@chatroom")])[-1].isdigit()
        )

    async def until_all(self, campaign: str, state: State, groups: str) -> None:
        """Wait until exactly these groups have a post of the campaign in that state."""

        async def are_there() -> bool:
            return sorted({row.group for row in await self.app.campaigns.deliveries(campaign, [state])}) == wanted

        wanted = sorted(groups.split())
        await until_true(are_there, within_s=WITHIN_S, what=f"{state} in {groups}")

    def to_customers(self) -> set[str]:
        """Return everything that customers ever saw."""
        return {text for name in ROOMS if is_customers(name) for text in self.posts(name)}


def digits(asked: str) -> str:
    """Return the four digits that an answer asks for."""
    found = re.findall(r"Reply (\d{4}) within", asked)
    assert found, asked
    return found[-1]


async def until(condition: Callable[[], bool], what: Callable[[], str]) -> None:
    """Wait for `condition`. Raises AssertionError after `WITHIN_S`."""
    end = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < end, what()
        await asyncio.sleep(0.02)


def is_customers(name: str) -> bool:
    """Tell whether a group of config.toml is customers'."""
    return name[-1].isdigit()


def _id_of(chat: str) -> str:
    return f"{ROOMS[chat]}@chatroom" if chat in ROOMS else PEOPLE[chat]


def configured(folder: Path, rig: Rig) -> Path:
    """Write config.toml."""
    blocks = [CONFIG.format(endpoint=rig.endpoint)]
    for name, room in ROOMS.items():
        squad = SQUADS.get(name[0], "")
        blocks.append(f'[[groups]]\nname = "{name}"\naccount = "main"\nid = "{room}@chatroom"\nsquad = "{squad}"\n')
    (folder / "sops").mkdir()
    config = folder / "config.toml"
    config.write_text("".join(blocks), "utf-8")
    return config


@asynccontextmanager
async def running(folder: Path, rig: Rig, config: Path) -> AsyncIterator[World]:
    """Run the daemon until the block ends."""
    clock = MovedClock(MONDAY)
    waker = MovedWaker(clock)
    app = build(load(config, os.environ | {"CHAT_TOKEN": rig.token}), clock=clock, waker=waker, rng=Random(5))
    stop = asyncio.Event()
    async with opened(app):
        daemon = asyncio.create_task(Daemon(app, config=config, stop=stop, hurry=asyncio.Event()).run())
        world = World(rig=rig, app=app, clock=clock, waker=waker, folder=folder)
        try:
            await until(lambda: app.adapters["main"].state.value == "online", lambda: "the account is online")
            yield world
        finally:
            stop.set()
            await daemon
