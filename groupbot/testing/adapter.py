"""A chat platform in memory: a test says what happens in it and how posts fare."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from groupbot.chat.adapter import Receipt
from groupbot.chat.capabilities import Capabilities
from groupbot.chat.errors import AuthFailed, ChatError, Limited, NotConnected, Rejected
from groupbot.core.clock import Clock, SystemClock
from groupbot.core.content import Content, File, Image, Link, Text, Video, fingerprint
from groupbot.core.events import (
    AccountState,
    AccountStateChanged,
    AnyEvent,
    MembersJoined,
    MembersLeft,
    MessageReceived,
    OwnPost,
    Person,
    RosterRead,
    TopicChanged,
)

_KINDS = frozenset({"text", "image", "file", "video", "link"})


class Echo(StrEnum):
    """Whether and when an own post comes back as an event."""

    OFF = "off"
    BEFORE = "before"
    """Before `send` returns, as fast platforms do."""
    AFTER = "after"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How one call of `send` fares.

    `error` is raised; `posted` says whether members see the post (with an error only an unknown outcome may be posted).
    With `hang` the call waits for `release()`, after having posted when `posted`. `tells_id`: the receipt has an id.
    """

    error: ChatError | None = None
    posted: bool = True
    hang: bool = False
    tells_id: bool = True

    @classmethod
    def fails(cls, error: ChatError, *, posted: bool = False) -> Outcome:
        """Return an outcome that raises `error`."""
        return cls(error=error, posted=posted)


FINE = Outcome()


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """What members see of one successful (or unknown) call."""

    to: str
    content: Content
    message_id: str


class FakeAdapter:
    """One account on a platform that does what the test says.

    `groups`: group id -> member ids (names are the ids in capitals). `posts` is what members see, in order.
    `attempts` counts calls of `send` that found the account online, failed ones too.
    """

    def __init__(
        self,
        *,
        account: str = "main",
        groups: Mapping[str, Iterable[str]] | None = None,
        clock: Clock | None = None,
        echo: Echo = Echo.AFTER,
        stable_ids: bool = True,
        kinds: frozenset[str] = _KINDS,
        check_files: bool = True,
    ) -> None:
        self._account = account
        self._clock = clock or SystemClock()
        self._echo = echo
        self._stable_ids = stable_ids
        self._kinds = kinds
        self._check_files = check_files
        self._members = {group: list(members) for group, members in (groups or {"r1": ("ann", "bob")}).items()}
        self._topics = {group: group.upper() for group in self._members}
        self._state = AccountState.OFFLINE
        self._wants_online = True
        self._closed = False
        self._queue: asyncio.Queue[AnyEvent | None] = asyncio.Queue()
        self._numbers = itertools.count(1)
        self._outcomes: deque[Outcome] = deque()
        self._released = asyncio.Event()
        self._delivered: set[str] = set()
        self.posts: list[Posted] = []
        self.attempts = 0
        self.in_flight = 0

    @property
    def account(self) -> str:
        """Name of the account."""
        return self._account

    @property
    def capabilities(self) -> Capabilities:
        """What the test configured."""
        return Capabilities(
            kinds=self._kinds,
            stable_ids=self._stable_ids,
            echoes=self._echo is not Echo.OFF,
            mentions=True,
            member_lists=True,
        )

    @property
    def state(self) -> AccountState:
        """How the account stands now."""
        return self._state

    async def events(self) -> AsyncIterator[AnyEvent]:
        """Go online unless `disconnect` was called, then yield what the test makes happen."""
        if self._closed:
            return
        if self._wants_online:
            self.connect()
        while (event := await self._queue.get()) is not None:
            yield event

    async def send(self, to: str, content: Content) -> Receipt:
        """Post, or do what `will` said about this call."""
        self._require_online()
        self.attempts += 1
        if self._check_files:
            _require_file(content)
        outcome = self._outcomes.popleft() if self._outcomes else FINE
        message_id = f"{self._account}-out-{next(self._numbers)}"
        if outcome.posted:
            self._post(to, content, message_id)
        if outcome.hang:
            await self._hang()
        if outcome.posted and self._echo is Echo.AFTER:
            asyncio.get_running_loop().call_soon(self._echo_of, to, content, message_id)
        if outcome.error is not None:
            raise outcome.error
        return Receipt(message_id=message_id if outcome.tells_id else None)

    async def close(self) -> None:
        """Go offline and end `events()`; idempotent."""
        if not self._closed:
            self._closed = True
            self._state = AccountState.OFFLINE
            self._queue.put_nowait(None)

    def will(self, *outcomes: Outcome) -> None:
        """Decide how the next calls of `send` fare, one outcome per call; later calls succeed."""
        self._outcomes.extend(outcomes)

    def release(self) -> None:
        """Let every hanging call go on."""
        self._released.set()
        self._released = asyncio.Event()

    def connect(self) -> None:
        """Come online: ONLINE, then the member list of each group."""
        self._wants_online = True
        self.stand(AccountState.ONLINE)
        for group in self._members:
            self.read_roster(group)

    def disconnect(self, detail: str = "connection lost") -> None:
        """Lose the connection; members go on living."""
        self._wants_online = False
        self.stand(AccountState.OFFLINE, detail)

    def stand(self, state: AccountState, detail: str = "") -> None:
        """Change how the account stands and report it."""
        self._state = state
        self.emit(
            AccountStateChanged(
                account=self._account, event_id=self._id("state"), at=self._clock.now(), state=state, detail=detail
            )
        )

    def emit(self, event: AnyEvent) -> None:
        """Let any event come in as it is, a duplicate too."""
        self._queue.put_nowait(event)

    def say(
        self, group: str | None, member: str, text: str, *, message_id: str = "", mentions: tuple[str, ...] = ()
    ) -> str:
        """Let a member write; return the message's id. An id that was used before is dropped, as adapters do."""
        message_id = message_id or self._id("in")
        if message_id not in self._delivered:
            self._delivered.add(message_id)
            self.emit(
                MessageReceived(
                    account=self._account,
                    event_id=f"message:{message_id}",
                    at=self._clock.now(),
                    group=group,
                    sender=_person(member),
                    message_id=message_id,
                    text=text,
                    mentions=mentions,
                )
            )
        return message_id

    def join(self, group: str, *members: str, by: str = "", seen: bool = True) -> None:
        """Let members come into a group; `seen=False`: while nobody looked, so that no event tells it."""
        present = self._members.setdefault(group, [])
        present.extend(member for member in members if member not in present)
        if seen:
            self.emit(
                MembersJoined(
                    account=self._account,
                    event_id=self._id("join"),
                    at=self._clock.now(),
                    group=group,
                    members=tuple(map(_person, members)),
                    inviter=_person(by) if by else None,
                )
            )

    def leave(self, group: str, *members: str, by: str = "", seen: bool = True) -> None:
        """Let members leave a group, or be removed `by` somebody."""
        self._members[group] = [member for member in self._members[group] if member not in members]
        if seen:
            self.emit(
                MembersLeft(
                    account=self._account,
                    event_id=self._id("leave"),
                    at=self._clock.now(),
                    group=group,
                    members=tuple(map(_person, members)),
                    by=_person(by) if by else None,
                )
            )

    def rename(self, group: str, topic: str, *, by: str = "") -> None:
        """Give a group a new name."""
        self._topics[group] = topic
        self.emit(
            TopicChanged(
                account=self._account,
                event_id=self._id("topic"),
                at=self._clock.now(),
                group=group,
                topic=topic,
                by=_person(by) if by else None,
            )
        )

    def read_roster(self, group: str) -> None:
        """Report a group's member list as it is now."""
        self.emit(
            RosterRead(
                account=self._account,
                event_id=self._id("roster"),
                at=self._clock.now(),
                group=group,
                topic=self._topics.get(group, group.upper()),
                members=tuple(map(_person, self._members[group])),
            )
        )

    def _require_online(self) -> None:
        match self._state:
            case AccountState.ONLINE:
                return
            case AccountState.REFUSED:
                raise AuthFailed("The fake account is refused.")
            case AccountState.LIMITED:
                raise Limited("The fake account is limited.")
            case _:
                raise NotConnected("The fake account is not online.")

    def _post(self, to: str, content: Content, message_id: str) -> None:
        self.posts.append(Posted(to=to, content=content, message_id=message_id))
        if self._echo is Echo.BEFORE:
            self._echo_of(to, content, message_id)

    async def _hang(self) -> None:
        self.in_flight += 1
        try:
            await self._released.wait()
        finally:
            self.in_flight -= 1

    def _echo_of(self, to: str, content: Content, message_id: str) -> None:
        in_group = to in self._members
        self.emit(
            OwnPost(
                account=self._account,
                event_id=f"message:{message_id}",
                at=self._clock.now(),
                group=to if in_group else None,
                member=None if in_group else to,
                message_id=message_id,
                fingerprint=fingerprint(content),
                text=_words(content),
            )
        )

    def _id(self, what: str) -> str:
        return f"{self._account}-{what}-{next(self._numbers)}"


def _person(member: str) -> Person:
    return Person(id=member, name=member.upper())


def _words(content: Content) -> str:
    match content:
        case Text(text=text):
            return text
        case Link(url=url):
            return url
        case File(path=path, name=name):
            return name or Path(path).name
        case Image(path=path) | Video(path=path):
            return Path(path).name


def _require_file(content: Content) -> None:
    if isinstance(content, Image | File | Video) and not Path(content.path).is_file():
        raise Rejected(f"The file {content.path} can't be read.")
