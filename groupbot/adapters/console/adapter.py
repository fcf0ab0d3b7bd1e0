"""The embedded default adapter: groups and their members live in the terminal.

It needs no account and no network, so an SOP can be tried out before it meets people: posts are drawn as members
would see them, members come from a scripted world or from the person at the keyboard.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import os
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from loguru import logger
from rich.console import Console

from groupbot.adapters.console import post_log, received, render, reported, typed
from groupbot.adapters.console.abilities import capabilities
from groupbot.adapters.console.roster import Roster
from groupbot.adapters.console.scene import MEMBER_PREFIX, Happening, Left, Post, Said, Scene, TakenBack, moves_of
from groupbot.adapters.console.terminal import TypedLines
from groupbot.adapters.console.world import World
from groupbot.chat.adapter import Receipt, Received
from groupbot.chat.capabilities import Capabilities
from groupbot.chat.errors import NotConnected, Rejected, Unsupported
from groupbot.chat.words import kind_word
from groupbot.core.actions import Recall, Rename
from groupbot.core.clock import Clock
from groupbot.core.content import MESSAGES, Content, file_of
from groupbot.core.events import AccountState, AnyEvent
from groupbot.core.ids import token
from groupbot.i18n import _

Kept = TypeVar("Kept")
_ZONE = ZoneInfo("Asia/Shanghai")
_REMEMBERED = 1_000  # own posts that can be taken back, members' files: far more than a few minutes' worth
_WORLD_LOOKS_S = 1.0  # how often a scripted world is moved on when nobody moves it: members are not punctual


class ConsoleAdapter:
    """One account whose platform is this process.

    `groups`: id -> title. `console`: where to draw, None for nowhere. `log`: path of a file that gets one JSON line
    per post, on the disk before `send` returns. `interactive`: what is typed on the terminal (`stdin`, a file
    descriptor; the standard input when None) is a member's doing. `echo`: own posts come back as OwnPost. `world`:
    scripted members; with `live` they follow the clock by themselves, else the caller calls `advance`. `watch` sees
    every post and happening. `session` begins every message id and differs per process.
    """

    def __init__(  # noqa: PLR0913 - each is one plain value from the composition root
        self,
        *,
        account: str,
        groups: Mapping[str, str],
        clock: Clock,
        console: Console | None = None,
        log: str | None = None,
        interactive: bool = False,
        echo: bool = True,
        world: World | None = None,
        live: bool = True,
        watch: Callable[[Scene], None] | None = None,
        zone: tzinfo = _ZONE,
        stdin: int | None = None,
        session: str | None = None,
    ) -> None:
        self._account = account
        self._groups = dict(groups)
        self._clock = clock
        self._console = console
        self._zone = zone
        self._interactive = interactive
        self._echo = echo
        self._world = world
        self._live = live
        self._watch = watch
        self._session = session or token()
        self._numbers = itertools.count(1)
        self._state = AccountState.OFFLINE
        self._closed = False
        self._queue: asyncio.Queue[AnyEvent | None] = asyncio.Queue()
        self._roster = Roster(self._groups)
        self._own: dict[str, Post] = {}
        self._files: dict[str, str] = {}
        self._coming: list[tuple[datetime, int, Happening]] = []
        for happening in world.happenings if world else ():
            self._plan(happening)
        self._log = post_log.PostLog(log) if log else None
        self._writer = ThreadPoolExecutor(1, thread_name_prefix=f"console-log-{account}") if log else None
        self._keyboard = TypedLines(self._heard, stdin)

    @property
    def account(self) -> str:
        """Name of the account in config.toml."""
        return self._account

    @property
    def capabilities(self) -> Capabilities:
        """Everything that happens in groups; echoes as configured."""
        return capabilities(echo=self._echo)

    @property
    def state(self) -> AccountState:
        """ONLINE while `events()` is iterated."""
        return self._state

    @property
    def backlog(self) -> int:
        """Events that wait to be taken from `events()`."""
        return self._queue.qsize()

    async def events(self) -> AsyncIterator[AnyEvent]:
        """Go online at once; yield rosters, then what members and the own account do, until closed or cancelled."""
        if self._closed:
            return
        self._come_online()
        try:
            while (event := await self._next()) is not None:
                yield event
        finally:
            self._state = AccountState.OFFLINE
            self._keyboard.stop()

    async def send(self, to: str, content: Content) -> Receipt:
        """Post to a group or a member, or do something to a group; returns once the log, if any, is on the disk.

        Raises NotConnected before `events()` is iterated and after `close`; Unsupported for what happens outside
        groups; Rejected for an unknown conversation or post or a file that can't be read; Temporary or UnknownOutcome
        when the log can't be written.
        """
        self._require_possible(to, content)
        post = Post(at=self._clock.now(), account=self._account, to=to, content=content, message_id=self._new_id())
        if self._log and self._writer:
            line = post_log.line(post, self._zone)
            await asyncio.get_running_loop().run_in_executor(self._writer, self._log.append, line)
        self._posted(post)
        return Receipt(message_id=post.message_id)

    async def fetch(self, message_id: str, *, most_bytes: int) -> Received:
        """Return the file that a member sent. Raises NotConnected, Rejected or TooLarge."""
        if self._state is not AccountState.ONLINE:
            raise _offline(self._account)
        return await asyncio.to_thread(received.read, self._files.get(message_id, ""), most_bytes)

    async def close(self) -> None:
        """Go offline, end `events()` and close the log after the line that is being written; idempotent."""
        if self._closed:
            return
        self._closed = True
        self._state = AccountState.OFFLINE
        self._keyboard.stop()
        self._queue.put_nowait(None)
        if self._log and self._writer:
            self._writer.submit(self._log.close)
            self._writer.shutdown(wait=False)

    def advance(self) -> datetime | None:
        """Let everything happen that the scripted world has up to now; returns when it has more, None if never."""
        now = self._clock.now()
        while self._coming and self._coming[0][0] <= now:
            self.happen(heapq.heappop(self._coming)[2])
        return self._coming[0][0] if self._coming else None

    def happen(self, happening: Happening) -> None:
        """Let a member do something now: it is drawn, and comes out of `events()`."""
        if happening.group and happening.group not in self._groups:
            return
        self._roster.follow(happening)
        self._show(happening)
        event_id = self._new_id()
        if isinstance(happening, Said) and happening.path:
            _remember(self._files, event_id, happening.path)
        self._queue.put_nowait(reported.happening(happening, account=self._account, event_id=event_id))

    def _come_online(self) -> None:
        self._state = AccountState.ONLINE
        rosters = {group: (title, self._roster.members(group)) for group, title in self._groups.items()}
        for event in reported.arrival(self._account, rosters, at=self._clock.now(), new_id=self._new_id):
            self._queue.put_nowait(event)
        if self._interactive and self._keyboard.start():
            self._say(typed.usage())

    async def _next(self) -> AnyEvent | None:
        """Wait for the next event, moving a live world on meanwhile."""
        while not self._closed:
            looks = _WORLD_LOOKS_S if self._live and self._coming else None
            try:
                async with asyncio.timeout(looks):
                    return await self._queue.get()
            except TimeoutError:
                self.advance()
        return None

    def _require_possible(self, to: str, content: Content) -> None:
        """Raise the ChatError that keeps `content` from being sent."""
        if self._state is not AccountState.ONLINE:
            raise _offline(self._account)
        if content.kind not in self.capabilities.kinds:
            raise Unsupported(_("The console can't do this: {kind}.").format(kind=kind_word(content.kind)))
        is_action = content.kind not in MESSAGES
        if to not in self._groups and (is_action or not to.startswith(MEMBER_PREFIX)):
            raise Rejected(_("The console has no group {group}.").format(group=to))
        if isinstance(content, Recall) and content.message_id not in self._own:
            raise Rejected(_("The console knows no own post {id}.").format(id=content.message_id))
        _require_file(content)

    def _posted(self, post: Post) -> None:
        """Let what was sent have its effects."""
        if isinstance(post.content, Recall):
            self._show(TakenBack(at=post.at, post=self._own.pop(post.content.message_id)))
            return
        self._show(post)
        for move in moves_of(post):
            self.happen(move)
        if isinstance(post.content, Rename):
            self._groups[post.to] = post.content.topic
            self._queue.put_nowait(reported.renamed(post, post.content.topic, event_id=post.message_id))
        if post.content.kind in MESSAGES:
            self._said(post)

    def _said(self, post: Post) -> None:
        """Remember a message, let it come back, and let the world answer it."""
        _remember(self._own, post.message_id, post)
        if self._echo:
            self._queue.put_nowait(reported.echo(post, in_group=post.to in self._groups))
        if self._world:
            for reply in self._world.replies_to(post, post.at):
                self._plan(reply)

    def _plan(self, happening: Happening) -> None:
        heapq.heappush(self._coming, (happening.at, next(self._numbers), happening))

    def _new_id(self) -> str:
        return f"{self._session}-{next(self._numbers)}"

    def _heard(self, line: str) -> None:
        """Do what a typed line says, or say what is wrong with it."""
        meant = typed.parse(line, groups=self._groups, at=self._clock.now())
        match meant:
            case None:
                return
            case typed.Asked():
                self._say(typed.usage())
            case typed.Unclear(why=why):
                self._say(why)
            case _:
                if isinstance(meant, Said) and meant.path and not Path(meant.path).is_file():
                    self._say(_("The file {path} can't be read.").format(path=meant.path))
                    return
                known = self._roster.named(meant.group, meant.member.name)
                if isinstance(meant, Left) and known is None:
                    self._say(_("{name} is not in that group.").format(name=meant.member.name))
                    return
                self.happen(replace(meant, member=known or meant.member))

    def _show(self, scene: Scene) -> None:
        if self._watch:
            self._watch(scene)
        if self._console:
            self._draw(render.scene(scene, titles=self._groups, zone=self._zone, width=render.width_of(self._console)))

    def _say(self, words: str) -> None:
        if self._console:
            self._draw([render.note(line) for line in words.splitlines()])

    def _draw(self, lines: list[render.Line]) -> None:
        """Draw on the console. A terminal that can't take it never undoes a post."""
        if self._console is None:
            return
        try:
            render.draw(self._console, lines)
        except (OSError, ValueError) as error:  # gone, closed, or an encoding without these characters
            logger.bind(account=self._account, action="draw").warning("the console can't be drawn on: {}", error)


def _remember(kept: dict[str, Kept], key: str, value: Kept) -> None:
    """Keep `value`; the oldest goes when there are too many."""
    kept[key] = value
    if len(kept) > _REMEMBERED:
        del kept[next(iter(kept))]


def _offline(account: str) -> NotConnected:
    return NotConnected(_("The console account {account} is not online.").format(account=account))


def _require_file(content: Content) -> None:
    path = file_of(content)
    if path and not (Path(path).is_file() and os.access(path, os.R_OK)):
        raise Rejected(
            _("The file {path} can't be read.").format(path=path),
            hint=_("Put it back, or name another material in the SOP."),
        )
