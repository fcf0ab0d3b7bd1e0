"""A chat platform in memory: a test says what happens in it and how posts fare."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import get_args

from groupbot.chat.adapter import Receipt, Received
from groupbot.chat.capabilities import Capabilities
from groupbot.chat.errors import AuthFailed, ChatError, Limited, NotConnected, Rejected, TooLarge, Unsupported
from groupbot.core.actions import AddMembers, CreateGroup, Recall, RemoveMembers, Rename
from groupbot.core.clock import Clock, SystemClock
from groupbot.core.content import MESSAGES, Content, File, Text, fingerprint
from groupbot.core.events import (
    AccountState,
    AccountStateChanged,
    AnyEvent,
    MembersJoined,
    MembersLeft,
    MessageReceived,
    OwnPost,
    Rank,
    RosterRead,
    TopicChanged,
)
from groupbot.testing.outcomes import FINE, Echo, Outcome, Posted, person, require_file, words_of

_KINDS = frozenset(cls.kind for cls in get_args(Content))


class FakeAdapter:
    """One account on a platform that does what the test says.

    `groups`: group id -> member ids (names are the ids in capitals). `posts` is what members see, in order.
    `attempts` counts calls of `send` that found the account online, failed ones too. Actions stand among the posts,
    and a group follows them; `recalled` are the ids of messages that were taken back. `rank` is the account's in every
    group, `own_id` is told with ONLINE.
    """

    def __init__(  # noqa: PLR0913 - each is one plain value from a test
        self,
        *,
        account: str = "main",
        groups: Mapping[str, Iterable[str]] | None = None,
        clock: Clock | None = None,
        echo: Echo = Echo.AFTER,
        stable_ids: bool = True,
        kinds: frozenset[str] = _KINDS,
        check_files: bool = True,
        own_id: str = "",
        rank: Rank = Rank.UNKNOWN,
    ) -> None:
        self._account = account
        self._clock = clock or SystemClock()
        self._echo = echo
        self._stable_ids = stable_ids
        self._kinds = kinds
        self._check_files = check_files
        self._own_id = own_id
        self.rank = rank
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
        self._files: dict[str, Received | ChatError] = {}
        self.posts: list[Posted] = []
        self.recalled: list[str] = []
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
        if content.kind not in self._kinds:
            raise Unsupported(f"The fake account does no {content.kind}.")
        if self._check_files:
            require_file(content)
        outcome = self._outcomes.popleft() if self._outcomes else FINE
        message_id = f"{self._account}-out-{next(self._numbers)}"
        if outcome.posted:
            self._post(to, content, message_id)
        if outcome.hang:
            await self._hang()
        if outcome.posted and self._echo is Echo.AFTER and content.kind in MESSAGES:
            asyncio.get_running_loop().call_soon(self._echo_of, to, content, message_id)
        if outcome.error is not None:
            raise outcome.error
        return Receipt(message_id=message_id if outcome.tells_id else None)

    async def fetch(self, message_id: str, *, most_bytes: int) -> Received:
        """Return what `share` put there, or raise what it was given."""
        self._require_online()
        match self._files.get(message_id):
            case None:
                raise Rejected(f"The message {message_id} has no file.")
            case Received() as found if len(found.data) > most_bytes:
                raise TooLarge(f"The file has more than {most_bytes} bytes.")
            case Received() as found:
                return found
            case error:
                raise error

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
                account=self._account,
                event_id=self._id("state"),
                at=self._clock.now(),
                state=state,
                detail=detail,
                own_id=self._own_id if state is AccountState.ONLINE else "",
            )
        )

    def emit(self, event: AnyEvent) -> None:
        """Let any event come in as it is, a duplicate too."""
        self._queue.put_nowait(event)

    def say(
        self,
        group: str | None,
        member: str,
        text: str,
        *,
        message_id: str = "",
        mentions: tuple[str, ...] = (),
        kind: str = Text.kind,
        quoted_id: str | None = None,
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
                    sender=person(member),
                    message_id=message_id,
                    kind=kind,
                    text=text,
                    mentions=mentions,
                    quoted_id=quoted_id,
                )
            )
        return message_id

    def share(
        self, group: str | None, member: str, name: str, data: bytes | ChatError, *, kind: str = File.kind
    ) -> str:
        """Let a member send a file, or one whose fetching raises `data`; return the message's id."""
        message_id = self._id("in")
        self._files[message_id] = data if isinstance(data, ChatError) else Received(name=name, data=data)
        return self.say(group, member, name, message_id=message_id, kind=kind)

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
                    members=tuple(map(person, members)),
                    inviter=person(by) if by else None,
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
                    members=tuple(map(person, members)),
                    by=person(by) if by else None,
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
                by=person(by) if by else None,
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
                members=tuple(map(person, self._members[group])),
                rank=self.rank,
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
        self._follow(to, content, message_id)
        if self._echo is Echo.BEFORE and content.kind in MESSAGES:
            self._echo_of(to, content, message_id)

    def _follow(self, to: str, content: Content, message_id: str) -> None:
        """Let the platform follow an action."""
        match content:
            case Rename(topic=topic):
                self.rename(to, topic)
            case AddMembers(members=members):
                self.join(to, *members)
            case RemoveMembers(members=members):
                self.leave(to, *members)
            case Recall(message_id=recalled):
                self.recalled.append(recalled)
            case CreateGroup(topic=topic, members=members):
                self._members[message_id], self._topics[message_id] = list(members), topic

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
                text=words_of(content),
            )
        )

    def _id(self, what: str) -> str:
        return f"{self._account}-{what}-{next(self._numbers)}"
