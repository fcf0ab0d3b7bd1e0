"""The way from a message to a command, a card or a confirmation, and back to an answer.

Heard are the admin groups, squads' groups and 1:1 chats of people whom config.toml names. Elsewhere nothing shows that
a bot listens.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import replace
from datetime import timedelta

from loguru import logger

from groupbot.admin.answers import Answers
from groupbot.admin.audit import Result
from groupbot.admin.card_desk import CardDesk
from groupbot.admin.declare import Answer, Call
from groupbot.admin.heard import Digits, Line, Reply, mentioned, own_words, sort_out
from groupbot.admin.menus import Menus
from groupbot.admin.parsing import Grammar, Misread, Parsed
from groupbot.admin.places import Place, PlaceKind
from groupbot.admin.rights import Actor
from groupbot.admin.running import Outcome, Runner
from groupbot.admin.services import Services
from groupbot.admin.values import Names, Surroundings
from groupbot.core.events import MessageReceived
from groupbot.errors import GroupbotError, StoreError
from groupbot.i18n import _
from groupbot.inbound.seen import Seen

TOO_OLD = timedelta(minutes=5)
"""Age from which on a command is not carried out: it came late, after a lost connection, and its moment may be over."""
_REMEMBERED = 5_000
"""Messages that are remembered, so that none is carried out twice."""
_UNREAD = "?"
"""The action under which lines are audited that are no command."""


class Router:
    """Take what operators write. `ours`: ids of our own accounts; what they write is never carried out."""

    def __init__(
        self,
        *,
        services: Services,
        desk: CardDesk,
        runner: Runner,
        answers: Answers,
        names: Callable[[], Names],
        ours: Container[str],
    ) -> None:
        self._services = services
        self._desk = desk
        self._runner = runner
        self._answers = answers
        self._names = names
        self._ours = ours
        self._grammar = Grammar(services.registry)
        self._menus = Menus(services.clock)
        self._seen = Seen(_REMEMBERED)

    async def route(self, event: MessageReceived) -> bool:
        """Take `event` if it is for us: True = nobody behind sees it. Never raises what a command raises."""
        place = self._services.places.of(event)
        if place.kind is PlaceKind.CUSTOMER_GROUP or event.kind != "text" or event.sender.id in self._ours:
            return False
        said = sort_out(own_words(event.text))
        if said is None:
            return False
        if not self._services.places.hears(place):
            return isinstance(said, Line)
        await self._services.people.freshen()
        actor = self._services.people.identify(event.account, event.sender.id)
        if not actor.is_known and not self._hears_stranger(event, place, said):
            return False
        if not self._seen.first_time((event.account, event.event_id)):
            return True
        if event.at < self._services.clock.now() - TOO_OLD:
            return await self._too_old(event, actor, place, said)
        outcome = await self._carry_out(event, actor, place, said)
        if outcome is None:
            return False
        await self._say(event, actor, place, outcome)
        return True

    async def _carry_out(
        self, event: MessageReceived, actor: Actor, place: Place, said: Line | Reply | Digits
    ) -> Outcome | None:
        match said:
            case Line(text=line):
                return await self._line(event, actor, place, line)
            case Digits(digits=digits, is_explicit=is_explicit):
                if is_explicit or self._runner.confirming.concerns(actor, place, digits):
                    return await self._runner.confirm(actor, place, digits)
                return None
            case Reply():
                return await self._reply(event, actor, place, said)

    async def _line(self, event: MessageReceived, actor: Actor, place: Place, line: str) -> Outcome:
        parsed = self._parse(event, line)
        if isinstance(parsed, Misread):
            action = parsed.command.name if parsed.command else _UNREAD
            await self._runner.note(actor, place, action, Result.REFUSED)  # what was typed may hold a code
            return Result.REFUSED, Answer(text=f"{parsed.reason}\n{parsed.hint}".strip())
        call = Call(
            command=parsed.command,
            actor=actor,
            place=place,
            event=event,
            arguments=parsed.arguments,
            quoted=event.quoted_id,
            squad_of=self._squad_of,
        )
        return await self._runner.run(call)

    async def _reply(self, event: MessageReceived, actor: Actor, place: Place, reply: Reply) -> Outcome | None:
        is_bare = reply.number is None and event.quoted_id is None
        line = self._menus.choose(actor, place, reply.digit) if is_bare else ""
        try:
            number = await self._desk.meant(place, reply.number, event.quoted_id)
            is_card = number is not None and (reply.is_explicit or await self._desk.is_here(number, place))
        except StoreError as error:
            return Result.FAILED, Answer(text=str(error))
        if line and is_card:
            text = _("Which one? For the question write #{number} {digit}; else type the command.")
            return Result.REFUSED, Answer(text=text.format(number=number, digit=reply.digit))
        if line:
            return await self._line(event, actor, place, line)
        return await self._card(event, number, reply.digit, actor, place) if number is not None and is_card else None

    async def _card(self, event: MessageReceived, number: int, digit: int, actor: Actor, place: Place) -> Outcome:
        lines: list[str] = []

        async def answer() -> Outcome:
            told = await self._desk.answer(number, digit, actor, place)
            if isinstance(told, str):
                return Result.DONE, Answer(text=told)
            lines.append(told.line)
            return Result.DONE, Answer(text=told.text, options=told.options)

        result, said = await self._runner.attempt(answer())
        why = f" ({said.text})" if result is not Result.DONE else ""
        await self._runner.note(actor, place, f"card/{number}", result, f"{digit}{why}")
        if not any(lines):
            return result, said
        result, more = await self._line(event, actor, place, lines[0])
        return result, replace(more, text="\n".join(filter(None, (said.text, more.text))))

    def _hears_stranger(self, event: MessageReceived, place: Place, said: Line | Reply | Digits) -> bool:
        """Tell whether a stranger's words are ours: in staffed groups what can't be chat, else a claim alone."""
        if place.kind is not PlaceKind.PRIVATE:
            return isinstance(said, Line) or said.is_explicit
        if not isinstance(said, Line):
            return False
        parsed = self._parse(event, said.text)
        return parsed.command is not None

    def _parse(self, event: MessageReceived, line: str) -> Parsed | Misread:
        now = self._services.clock.now().astimezone(self._services.zone)
        around = Surroundings(today=now.date(), names=self._names(), mentioned=mentioned(line, event.mentions))
        return self._grammar.parse(line, around)

    def _squad_of(self, group: str) -> str:
        found = self._services.directory.get(group)
        return found.squad if found else ""

    async def _too_old(self, event: MessageReceived, actor: Actor, place: Place, said: Line | Reply | Digits) -> bool:
        if not isinstance(said, Line) and not said.is_explicit:
            return False
        await self._runner.note(actor, place, _UNREAD, Result.REFUSED, "too old")
        minutes = round((self._services.clock.now() - event.at).total_seconds() / 60)
        text = _("This reached me after {n} minutes, so it was not done. Send it again if it still holds.")
        await self._say(event, actor, place, (Result.REFUSED, Answer(text=text.format(n=minutes))))
        return True

    async def _say(self, event: MessageReceived, actor: Actor, place: Place, outcome: Outcome) -> None:
        result, answer = outcome
        if not actor.is_known and place.kind is PlaceKind.PRIVATE and result is not Result.DONE:
            return  # a stranger learns nothing
        text = self._menus.offer(actor, place, answer)
        try:
            await self._answers.say(
                place, text, "answer", event.account, event.message_id or event.event_id, "0", files=answer.files
            )
        except GroupbotError as error:
            logger.bind(action="answer-lost", account=event.account, place=place.key).error("{}", error)
