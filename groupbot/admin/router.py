"""The way from a message to a command, a card or a confirmation, and back to an answer.

Heard are the admin groups, squads' groups and 1:1 chats of people whom config.toml names. Elsewhere nothing shows that
a bot listens.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container
from dataclasses import replace
from datetime import timedelta
from functools import partial

from loguru import logger

from groupbot.admin.answers import Answers
from groupbot.admin.audit import Result
from groupbot.admin.card_desk import CardDesk
from groupbot.admin.cards import Onward
from groupbot.admin.declare import Answer, Call
from groupbot.admin.heard import Digits, Line, Reply, mentioned, own_words, quoted_words, sort_out
from groupbot.admin.menus import Menus
from groupbot.admin.overheard import Overheard
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
from groupbot.inbound.turns import Turn, Work

TOO_OLD = timedelta(minutes=5)
"""Age from which on a command is not carried out: it came late, after a lost connection, and its moment may be over."""
LIMIT_S = 180.0
"""Seconds for a command with all around it; the command itself is limited by [admin] command_limit_s or its own."""
_REMEMBERED = 5_000
"""Messages that are remembered, so that none is carried out twice."""
_UNREAD = "?"
"""The action under which lines are audited that are no command."""

Deed = Callable[[Actor], Awaitable[Outcome]]


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
        self._overheard = Overheard(parse=self._parse, people=services.people, runner=runner, ours=ours)

    async def heed(self, event: MessageReceived) -> Turn | None:
        """Return what is to be done about `event`, None when it is not for us; doing it raises nothing of a command."""
        place = self._services.places.of(event)
        is_heard = place.kind is not PlaceKind.CUSTOMER_GROUP and event.kind == "text"
        said = sort_out(own_words(event.text)) if is_heard and event.sender.id not in self._ours else None
        if said is None:
            await self._overheard.note(event, place)
            return None
        if not self._services.places.hears(place):
            return _turn(place, _nothing) if isinstance(said, Line) else None
        await self._services.people.freshen()
        actor = self._services.people.identify(event.account, event.sender.id)
        if not actor.is_known and not self._hears_stranger(event, place, said):
            return None
        if not self._seen.first_time((event.account, event.event_id)):
            return _turn(place, _nothing)
        deed = await self._deed(event, actor, place, said)
        return _turn(place, partial(self._perform, event, place, deed)) if deed else None

    async def _deed(
        self, event: MessageReceived, actor: Actor, place: Place, said: Line | Reply | Digits
    ) -> Deed | None:
        """Return what the words ask for; who asks is told to it when its turn has come."""
        if event.at < self._services.clock.now() - TOO_OLD:
            is_plain = isinstance(said, Line) or said.is_explicit
            return partial(self._too_old, event=event, place=place) if is_plain else None
        match said:
            case Line(text=line):
                return partial(self._line, event=event, place=place, line=line)
            case Digits(digits=digits, is_explicit=is_explicit):
                is_ours = is_explicit or self._runner.confirming.concerns(actor, place, digits)
                return partial(self._runner.confirm, place=place, digits=digits) if is_ours else None
            case Reply():
                return await self._reply(event, actor, place, said)

    async def _perform(self, event: MessageReceived, place: Place, deed: Deed) -> None:
        """Do it as who the sender is by now: what had its turn before may have taken a right away."""
        actor = self._services.people.identify(event.account, event.sender.id)
        await self._say(event, actor, place, await deed(actor))

    async def _line(self, actor: Actor, *, event: MessageReceived, place: Place, line: str) -> Outcome:
        parsed = self._parse(event, line)
        if isinstance(parsed, Misread):
            action = parsed.command.name if parsed.command else _UNREAD
            await self._runner.note(actor, place, action, Result.REFUSED)  # what was typed may hold a code
            return Result.REFUSED, Answer(text=f"{parsed.reason}\n{parsed.hint}".strip())
        return await self._runner.run(self._call(parsed, actor, place, event, line))

    def again(self, actor: Actor, place: Place, event: MessageReceived, line: str) -> Call | None:
        """Return the call that `line` stands for now, None when it can't be read any more."""
        parsed = self._parse(event, line)
        return None if isinstance(parsed, Misread) else self._call(parsed, actor, place, event, line)

    def _call(self, parsed: Parsed, actor: Actor, place: Place, event: MessageReceived, line: str) -> Call:
        return Call(
            command=parsed.command,
            actor=actor,
            place=place,
            event=event,
            arguments=parsed.arguments,
            quoted=event.quoted_id,
            line=line,
            squad_of=self._squad_of,
        )

    async def _reply(self, event: MessageReceived, actor: Actor, place: Place, reply: Reply) -> Deed | None:
        is_bare = reply.number is None and event.quoted_id is None
        words = quoted_words(event.text)
        line = self._menus.choose(actor, place, reply.digit, words) if is_bare else ""
        try:
            number = await self._desk.meant(place, reply.number, event.quoted_id, words)
            is_card = number is not None and (reply.is_explicit or await self._desk.is_here(number, place))
        except StoreError as error:
            return partial(_answered, outcome=(Result.FAILED, Answer(text=str(error))))
        if line and is_card:
            text = _("Which one? For the question write #{number} {digit}; else type the command.")
            text = text.format(number=number, digit=reply.digit)
            return partial(_answered, outcome=(Result.REFUSED, Answer(text=text)))
        if line:
            return partial(self._line, event=event, place=place, line=line)
        if number is None or not is_card:
            return None
        return partial(self._card, event=event, place=place, number=number, digit=reply.digit)

    async def _card(self, actor: Actor, *, event: MessageReceived, place: Place, number: int, digit: int) -> Outcome:
        onward = Onward(text="")

        async def answer() -> Outcome:
            nonlocal onward
            told = await self._desk.answer(number, digit, actor, place)
            if isinstance(told, str):
                return Result.DONE, Answer(text=told)
            onward = told
            return Result.DONE, Answer(text=told.text, options=told.options)

        result, said = await self._runner.attempt(answer())
        why = f" ({said.text})" if result is not Result.DONE else ""
        await self._runner.note(actor, place, f"card/{number}", result, f"{digit}{why}")
        if onward.work is not None:
            result, more = await onward.work()
        elif onward.line:
            result, more = await self._line(actor, event=event, place=place, line=onward.line)
        else:
            return result, said
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

    async def _too_old(self, actor: Actor, *, event: MessageReceived, place: Place) -> Outcome:
        await self._runner.note(actor, place, _UNREAD, Result.REFUSED, "too old")
        minutes = round((self._services.clock.now() - event.at).total_seconds() / 60)
        text = _("This reached me after {n} minutes, so it was not done. Send it again if it still holds.")
        return Result.REFUSED, Answer(text=text.format(n=minutes))

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


def _turn(place: Place, work: Work) -> Turn:
    return Turn(key=place.key, work=work, limit_s=LIMIT_S)


async def _nothing() -> None:
    """Do nothing: another account does it, or it is done."""


async def _answered(_actor: Actor, *, outcome: Outcome) -> Outcome:
    return outcome
