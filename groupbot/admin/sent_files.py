"""Workbooks that people send to the bot: read, shown, offered by a card for a launch, an edit, or to be kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath
from typing import Protocol

from loguru import logger

from groupbot.admin.answers import Answers
from groupbot.admin.audit import AuditQuery, Result
from groupbot.admin.cards import Card, CardKind, CardKinds, NewCard, Onward
from groupbot.admin.declare import Answer
from groupbot.admin.places import Place, PlaceKind
from groupbot.admin.rights import Actor, Refused, decide
from groupbot.admin.running import Outcome, Runner
from groupbot.admin.sent_file_words import choices, faults, headline, launch_options, preview
from groupbot.admin.services import Services
from groupbot.chat.adapter import Received
from groupbot.chat.errors import NotConnected
from groupbot.core.events import MessageReceived
from groupbot.core.roles import Role
from groupbot.errors import StoreError
from groupbot.i18n import _
from groupbot.inbound.turns import Turn, Work

KIND = "sent-file"
ACTION = "文件"
"""The action under which files are audited."""
ENDINGS = frozenset({".xlsx", ".csv", ".yaml", ".yml"})
ANSWER_WITHIN = timedelta(days=3)
"""How long a file waits for a word on it."""
FORGOTTEN_AFTER = timedelta(days=1)
"""How far back files are looked for that a crash left unread; of older ones people have sent another copy."""
READ_WITHIN_S = 120.0
"""Seconds in which a file is fetched, checked and drawn."""
_MOST_AUDITED = 10_000
_LONGEST_MARK = 250

Fetch = Callable[[str, str, int], Awaitable[Received]]
"""Fetch the file of a message: account, message id, bytes at most."""


class PastFiles(Protocol):
    """Messages with files that were recorded. Raises StoreError."""

    async def since(self, at: datetime) -> Sequence[MessageReceived]:
        """Return them by time; groups under their platform's ids."""
        ...


@dataclass(frozen=True, slots=True)
class _Rule:
    """What the decision about rights reads."""

    role: Role = Role.OPERATOR
    places: frozenset[PlaceKind] = frozenset({PlaceKind.ADMIN_GROUP, PlaceKind.PRIVATE})


class SentFiles:
    """Take files. `ours`: ids of our own accounts; what they post is never taken. `most_mb`: the limit that holds now.
    `begin` has a turn done beside everything else; False = not now.

    What was recorded and not read before a crash is read by `look`: the audit says which was.
    """

    def __init__(  # noqa: PLR0913 - the composition root fills each
        self,
        *,
        services: Services,
        runner: Runner,
        answers: Answers,
        kinds: CardKinds,
        fetch: Fetch,
        past: PastFiles,
        ours: Container[str],
        most_mb: Callable[[], int],
        begin: Callable[[Turn], bool],
    ) -> None:
        self._services = services
        self._runner = runner
        self._answers = answers
        self._fetch = fetch
        self._past = past
        self._ours = ours
        self._most_mb = most_mb
        self._begin = begin
        self._left: list[MessageReceived] = []
        self._has_looked = False
        self._opened = services.clock.now()
        kinds.register(KIND, CardKind(answer=self._answer))

    async def heed(self, event: MessageReceived) -> Turn | None:
        """Return what is to be done about `event`, None when it is no workbook for us."""
        place = self._services.places.of(event)
        if place.kind is PlaceKind.CUSTOMER_GROUP or not is_workbook(event) or event.sender.id in self._ours:
            return None
        if not self._services.places.hears(place):
            return _turn(event, place, _nothing)
        await self._services.people.freshen()
        actor = self._services.people.identify(event.account, event.sender.id)
        verdict = decide(_Rule(), actor, place)
        if isinstance(verdict, Refused):
            await self._note(event, actor, place, Result.REFUSED, verdict.reason)
            answer = Answer(text=verdict.reason if place.kind is PlaceKind.PRIVATE else "")
            return _turn(event, place, partial(self._say, event, place, answer)) if actor.is_known else None
        return _turn(event, place, partial(self._take, event, actor, place))

    async def look(self) -> None:
        """Have read what came before the bot was stopped and was not read: for every few seconds. Raises StoreError.

        What can't be read yet, since its account is not connected, is there again afterwards.
        """
        if not self._has_looked:
            self._left += await self._unread()
            self._has_looked = True
        for event in tuple(self._left):
            self._left.remove(event)
            turn = await self.heed(event)
            if turn is not None and not self._begin(turn):
                self._left.append(event)

    async def _unread(self) -> list[MessageReceived]:
        since = self._opened - FORGOTTEN_AFTER
        recorded = [event for event in await self._past.since(since) if event.at < self._opened]
        if not recorded:
            return []
        read = await self._marks(since)
        return [event for event in recorded if _mark(event) not in read]

    async def _marks(self, since: datetime) -> set[str]:
        """Return which files were dealt with."""
        entries = await self._services.audit.list(AuditQuery(since=since, action=ACTION, limit=_MOST_AUDITED))
        return {entry.detail.partition(" ")[0] for entry in entries}

    async def _take(self, event: MessageReceived, actor: Actor, place: Place) -> None:
        if _mark(event) in await self._marks(self._services.clock.now() - FORGOTTEN_AFTER):
            return
        waiting = self._left.count(event)
        result, answer = await self._runner.attempt(self._read(event, place), READ_WITHIN_S)
        if self._left.count(event) > waiting:
            return
        try:
            await self._say(event, place, answer)
        except StoreError as error:
            logger.bind(action="sent-file-unsaid", account=event.account).error("{}", error)
            self._left.append(event)
            return
        await self._note(event, actor, place, result, "" if result is Result.DONE else answer.text)

    async def _read(self, event: MessageReceived, place: Place) -> Outcome:
        try:
            received = await self._fetch(event.account, event.message_id, self._most_mb() * 1_000_000)
        except NotConnected:
            self._left.append(event)
            return Result.ASKED, Answer(text="")
        name = event.text.strip() or received.name
        desk = await self._services.desk()
        found = await desk.files.inspect(received.data, name)
        if not found.aside:
            return Result.DONE, Answer(text=faults(name, found), files=(found.marked,) if found.marked else ())
        shown = found.shown
        files = (shown.picture,) if shown and shown.picture else ()
        await self._answers.say(place, preview(name, found), *_keys(event), "preview", files=files)
        await self._services.cards.open(
            NewCard(
                kind=KIND,
                subject=_mark(event),
                place=place,
                text=headline(name, found),
                options=choices(found.runs),
                role=_Rule().role,
                expires_at=self._services.clock.now() + ANSWER_WITHIN,
                about=(found.aside, *found.runs),
            )
        )
        return Result.DONE, Answer(text="")

    async def _answer(self, card: Card, choice: str, _actor: Actor) -> str | Onward:
        files = (await self._services.desk()).files
        aside = card.about[0]
        if choice == "drop":
            await files.drop(aside)
            return _("{file} is dropped.").format(file=PurePath(aside).name)
        kept = await files.keep(aside)
        said = _("Kept as sops/{file}.").format(file=kept)
        what, _sign, campaign = choice.partition(" ")
        if what == "edit":
            return Onward(text=said, line=f'/活动 修改 {campaign} "{kept}"')
        if what == "launch":
            day = self._services.clock.now().astimezone(self._services.zone).date() + timedelta(days=1)
            told = _("Choose, or copy this and change it:") + f'\n/活动 启动 "{kept}" {day:%m-%d} 全部'
            return Onward(text=f"{said}\n{told}", options=launch_options(kept, day, self._services.directory.groups))
        return said

    async def _say(self, event: MessageReceived, place: Place, answer: Answer) -> None:
        if answer.text or answer.files:
            await self._answers.say(place, answer.text, *_keys(event), "0", files=answer.files)

    async def _note(self, event: MessageReceived, actor: Actor, place: Place, result: Result, why: str) -> None:
        detail = " ".join(filter(None, (_mark(event), event.text, f"({why})" if why else "")))
        await self._runner.note(actor, place, ACTION, result, detail)


def is_workbook(event: MessageReceived) -> bool:
    """Return whether a message brings a file that may be an SOP, by its name."""
    return event.kind == "file" and PurePath(event.text.strip().casefold()).suffix in ENDINGS


def _mark(event: MessageReceived) -> str:
    """Name the message: the first word of its audit, and what its card is about."""
    return "".join(f"{event.account}/{event.message_id or event.event_id}".split())[:_LONGEST_MARK]


def _keys(event: MessageReceived) -> tuple[str, str, str]:
    return KIND, event.account, event.message_id or event.event_id


def _turn(event: MessageReceived, place: Place, work: Work) -> Turn:
    """Let files of one chat be read one by one, beside its commands."""
    return Turn(key=f"{KIND}/{event.account}/{place.key}", work=work, limit_s=READ_WITHIN_S * 1.5)


async def _nothing() -> None:
    """Do nothing: another account takes it."""
