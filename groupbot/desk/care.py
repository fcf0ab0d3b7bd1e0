"""Care over the store: questions brought to leaders as cards, and the list of the day."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from groupbot.admin.cards import Card, CardKind, CardKinds, CardOption, NewCard
from groupbot.admin.places import Place
from groupbot.admin.rights import Actor
from groupbot.core.events import AnyEvent, MessageRecalled, MessageReceived
from groupbot.core.roles import Role
from groupbot.desk.care_list import CareList
from groupbot.desk.care_parts import CareParts, short, who
from groupbot.i18n import _
from groupbot.tracking.care import Asked, Heard, after, ripe
from groupbot.tracking.facts import FactKind
from groupbot.tracking.ports import FactQuery

KIND = "question"
FORGOTTEN = timedelta(hours=6)
"""A question that is older was answered elsewhere, or is none any more."""


class CareDesk:
    """A stage that hears customer groups, and what is looked after every few seconds."""

    name = "care"
    limit_s = 10.0

    def __init__(self, parts: CareParts, kinds: CardKinds) -> None:
        self._at = parts
        self._waiting: dict[str, tuple[Asked, ...]] = {}
        self._has_read = False
        self._list = CareList(parts)
        kinds.register(KIND, CardKind(answer=self._answer))

    async def handle(self, event: AnyEvent) -> None:
        """Hear one message of a group."""
        if isinstance(event, MessageRecalled):
            for group, waiting in self._waiting.items():
                self._waiting[group] = tuple(one for one in waiting if one.message_id != event.message_id)
        if isinstance(event, MessageReceived) and event.group is not None and event.kind == "text":
            self._hear(
                Heard(
                    at=event.at,
                    group=self._at.directory.name_of(event.account, event.group),
                    account=event.account,
                    member=event.sender.id,
                    name=event.sender.name,
                    message_id=event.message_id,
                    text=event.text,
                    quoted_id=event.quoted_id,
                    mentions=event.mentions,
                    is_staff=self._at.is_staff(event.account, event.sender.id),
                )
            )

    async def look(self) -> None:
        """Bring what waits to people, take back what is answered, and list the day's members. Raises StoreError."""
        now, told = self._at.clock.now(), self._at.settings().care
        if told.question_after_s:
            await self._read_past(now)
            await self._bring(now)
        await self._list.look(now)

    async def _read_past(self, now: datetime) -> None:
        """Hear once what was said before this process began, group by group."""
        if self._has_read:
            return
        for group in self._at.customers():
            query = FactQuery(groups=(group,), kinds=frozenset({FactKind.MESSAGE}), since=now - FORGOTTEN)
            past: tuple[Asked, ...] = ()
            for stored in await self._at.facts.find(query):
                heard = self._at.heard(stored.fact)
                past = after(past, heard) if heard is not None and self._at.hears(heard.account, group) else past
            known = {asked.member for asked in past}
            lately = self._waiting.get(group, ())
            self._waiting[group] = (*past, *(one for one in lately if one.member not in known))
        self._has_read = True

    def _hear(self, heard: Heard) -> None:
        if self._at.hears(heard.account, heard.group) and self._at.is_customers(heard.group):
            self._waiting[heard.group] = after(self._waiting.get(heard.group, ()), heard)

    async def _bring(self, now: datetime) -> None:
        told = self._at.settings()
        patience = timedelta(seconds=told.care.question_after_s)
        for group, every in tuple(self._waiting.items()):  # a busy year must not fill the memory
            self._waiting[group] = tuple(one for one in every if now - one.at < FORGOTTEN)
        waiting = [asked for every in self._waiting.values() for asked in every]
        due = {_subject(asked): asked for asked in ripe(waiting, now, patience, FORGOTTEN)}
        shown = {card.subject: card for card in await self._at.cards.open_of(KIND)}
        for subject in shown.keys() - due.keys():
            await self._at.cards.withdraw(KIND, subject)
        quiet = told.alerts.quiet_hours(told.timezone)
        if quiet is not None and quiet.until(now) is not None:
            return
        here = Counter(card.place_key for subject, card in shown.items() if subject in due)
        for subject, asked in due.items():
            place = self._at.place(asked.group)
            if subject in shown or place is None or here[place.key] >= told.care.questions_at_once:
                continue
            if await self._is_answered(asked, subject):
                self._settle(asked)
                continue
            here[place.key] += 1
            await self._at.cards.open(self._card(asked, place, now))

    async def _is_answered(self, asked: Asked, subject: str) -> bool:
        """Tell whether a plugin has answered, or a person said that it is: before this process began, too."""
        if await self._at.replies.answered(asked.account, asked.message_id):
            return True
        return await self._at.cards.is_settled(KIND, subject)

    def _card(self, asked: Asked, place: Place, now: datetime) -> NewCard:
        minutes = int((now - asked.at) / timedelta(minutes=1))
        text = _("{group}: {name} asks and waits for {n} minutes: “{words}”").format(
            group=asked.group, name=who(asked.name, asked.member), n=minutes, words=short(asked.text)
        )
        if asked.times > 1:
            text += " " + _("Asked {n} times.").format(n=asked.times)
        return NewCard(
            kind=KIND,
            subject=_subject(asked),
            place=place,
            text=text,
            options=(CardOption(digit=1, label=_("Answered, or none is needed"), choice="done"),),
            role=Role.STAFF,
            squad=place.squad,
        )

    async def _answer(self, card: Card, _choice: str, _actor: Actor) -> str:
        for waiting in tuple(self._waiting.values()):
            for asked in waiting:
                if _subject(asked) == card.subject:
                    self._settle(asked)
        return _("Noted.")

    def _settle(self, asked: Asked) -> None:
        kept = self._waiting.get(asked.group, ())
        self._waiting[asked.group] = tuple(one for one in kept if one != asked)


def _subject(asked: Asked) -> str:
    return f"{asked.group}/{asked.message_id}"[:255]
