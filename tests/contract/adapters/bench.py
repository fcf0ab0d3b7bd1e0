"""One way to drive every adapter's world, so that one suite fits them all."""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, get_args

from groupbot.adapters.console.adapter import ConsoleAdapter
from groupbot.adapters.console.scene import Happening, Joined, Left, Post, Said, Scene
from groupbot.adapters.wechaty import WechatyAdapter
from groupbot.chat.adapter import Adapter
from groupbot.core.clock import SystemClock
from groupbot.core.content import Content, File, Image, Link, Text, Video
from groupbot.core.events import AccountState, Person
from groupbot.testing.adapter import FakeAdapter
from tests.gateway.listener import Listener
from tests.gateway.rig import Rig

ROOM = "r1@chatroom"
_KINDS = frozenset(cls.kind for cls in get_args(Content))
_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What members see of a post: the words, the URL, or the file's name and size."""

    to: str
    kind: str
    text: str
    mentions: tuple[str, ...] = ()
    size: int | None = None


class Bench(Protocol):
    """An adapter that is not connected yet, in a world with one group `group` of at least `ann` and `bob`.

    `cat` is a contact outside the group.
    """

    adapter: Adapter
    group: str
    ann: str
    bob: str
    cat: str

    def poorer(self) -> Adapter:
        """Return an adapter of the same account that can't do everything there is."""
        ...

    async def say(self, member: str, text: str, *, message_id: str = "") -> None: ...
    async def share(self, member: str, name: str, data: bytes) -> None: ...
    async def join(self, member: str, *, by: str) -> None: ...
    async def leave(self, member: str) -> None: ...
    async def lose(self) -> None: ...
    async def restore(self) -> None: ...
    def posts(self) -> list[Seen]: ...


def _seen(to: str, content: Content) -> Seen:
    match content:
        case Text(text=text, mentions=mentions):
            return Seen(to=to, kind="text", text=text, mentions=mentions)
        case Link(url=url):
            return Seen(to=to, kind="link", text=url)
        case Image(path=path) | Video(path=path):
            return Seen(to=to, kind="media", text=Path(path).name, size=Path(path).stat().st_size)
        case File(path=path, name=name):
            return Seen(to=to, kind="media", text=name or Path(path).name, size=Path(path).stat().st_size)
        case _:
            return Seen(to=to, kind=content.kind, text="")


class FakeBench:
    group, ann, bob, cat = "r1", "ann", "bob", "cat"

    def __init__(self) -> None:
        self.adapter = FakeAdapter(groups={"r1": ("ann", "bob")})

    def poorer(self) -> Adapter:
        return FakeAdapter(groups={"r1": ("ann", "bob")}, kinds=_KINDS - {"voice", "rename"})

    async def say(self, member: str, text: str, *, message_id: str = "") -> None:
        self.adapter.say(self.group, member, text, message_id=message_id)

    async def share(self, member: str, name: str, data: bytes) -> None:
        self.adapter.share(self.group, member, name, data, kind=_kind(name))

    async def join(self, member: str, *, by: str) -> None:
        self.adapter.join(self.group, member, by=by)

    async def leave(self, member: str) -> None:
        self.adapter.leave(self.group, member)

    async def lose(self) -> None:
        self.adapter.disconnect()

    async def restore(self) -> None:
        self.adapter.connect()

    def posts(self) -> list[Seen]:
        return [_seen(post.to, post.content) for post in self.adapter.posts]


class ConsoleBench:
    group, ann, bob, cat = "r1", "u-ann", "u-bob", "u-cat"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._clock = SystemClock()
        self._posts: list[Seen] = []
        self.adapter = ConsoleAdapter(account="main", groups={"r1": "Room One"}, clock=self._clock, watch=self._watch)

    def poorer(self) -> Adapter:
        return self.adapter

    def _watch(self, scene: Scene) -> None:
        if isinstance(scene, Post):
            self._posts.append(_seen(scene.to, scene.content))

    def _do(self, happening: Happening) -> None:
        self.adapter.happen(happening)

    async def say(self, member: str, text: str, *, message_id: str = "") -> None:
        self._do(Said(at=self._clock.now(), group=self.group, member=_named(member), text=text))

    async def share(self, member: str, name: str, data: bytes) -> None:
        path = self._folder / name
        path.write_bytes(data)
        self._do(Said(at=self._clock.now(), group=self.group, member=_named(member), text=name, path=str(path)))

    async def join(self, member: str, *, by: str) -> None:
        self._do(Joined(at=self._clock.now(), group=self.group, member=_named(member), inviter=_named(by)))

    async def leave(self, member: str) -> None:
        self._do(Left(at=self._clock.now(), group=self.group, member=_named(member)))

    async def lose(self) -> None:
        raise NotImplementedError("a terminal is not lost")

    async def restore(self) -> None:
        raise NotImplementedError("a terminal is not lost")

    def posts(self) -> list[Seen]:
        return self._posts


def _named(member: str) -> Person:
    return Person(id=member, name=member.removeprefix("u-").capitalize())


class GatewayBench:
    ann, bob, cat = "alice", "bob", "carol"

    def __init__(self, rig: Rig, **world: object) -> None:
        self.rig = rig
        self.group = f"room{next(_numbers)}@chatroom"
        self._world = {"topic": "Room One", "members": ["bot", "alice", "bob"], "owner": "bot"} | world
        self._open()
        self.adapter = wechaty(rig)

    def poorer(self) -> Adapter:
        return wechaty(self.rig, cannot=("voice", "rename"))

    def _open(self) -> None:
        self.rig.control("room", id=self.group, **self._world)

    async def say(self, member: str, text: str, *, message_id: str = "") -> None:
        if not message_id:
            await self.rig.act("say", **{"from": member, "room": self.group, "text": text})
            return
        payload = {"id": message_id, "type": 7, "text": text, "roomId": self.group, "timestamp": 1_779_076_800_000}
        who = {"talkerId": member, "fromId": member}
        await self.rig.act("message", payload=payload | who)

    async def share(self, member: str, name: str, data: bytes) -> None:
        number = 6 if _kind(name) == "image" else 1
        held = base64.b64encode(data).decode()
        await self.rig.act("file", **{"from": member, "room": self.group, "name": name, "base64": held, "type": number})

    async def join(self, member: str, *, by: str) -> None:
        await self.rig.act("contact", id=member, name=member.capitalize())
        await self.rig.act("join", room=self.group, who=[member], by=by)

    async def leave(self, member: str) -> None:
        await self.rig.act("leave", room=self.group, who=[member], by=member)

    async def lose(self) -> None:
        self.rig.kill()

    async def restore(self) -> None:
        self.rig.start()
        self._open()

    def posts(self) -> list[Seen]:
        found = (_recorded(call["m"], call["a"]) for call in self.rig.calls("text", "file", "url"))
        return [seen for seen in found if seen.to == self.group]


def _kind(name: str) -> str:
    return "image" if name.endswith(".png") else "file"


def _recorded(method: str, args: list[object]) -> Seen:
    match method, args:
        case "text", [str(to), str(text), list(mentions)]:
            words = re.sub(f"^(@[^\u2005]*\u2005){{{len(mentions)}}}", "", text)
            return Seen(to=to, kind="text", text=words, mentions=tuple(mentions))
        case "url", [str(to), {"url": str(url)}]:
            return Seen(to=to, kind="link", text=url)
        case "file", [str(to), str(name), int(size), *_rest]:
            return Seen(to=to, kind="media", text=name, size=size)
    raise AssertionError(f"unreadable record: {method} {args}")


def wechaty(rig: Rig, **changes: object) -> WechatyAdapter:
    """Return an adapter for a gateway of the rig."""
    values: dict[str, object] = {
        "account": "main",
        "endpoint": rig.endpoint,
        "token": rig.token,
        "plaintext": not rig.tls,
        "deadline_s": 5.0,
        "probe_s": 5.0,
    }
    return WechatyAdapter(**(values | changes))  # type: ignore[arg-type]


@asynccontextmanager
async def connected(rig: Rig, **changes: object) -> AsyncIterator[Listener]:
    """Give a listener whose account is online and has read the members of ROOM."""
    async with Listener(wechaty(rig, **changes)) as heard:
        await heard.state(AccountState.ONLINE)
        await heard.roster(ROOM)
        yield heard
