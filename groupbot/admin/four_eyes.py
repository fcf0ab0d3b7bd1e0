"""What posts to many groups needs a second person, asked by a card: somebody else of the same right must agree."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from groupbot.admin.answers import Answers
from groupbot.admin.cards import Card, CardKind, CardKinds, CardOption, NewCard, Onward
from groupbot.admin.declare import Call, Plan
from groupbot.admin.places import Place, PlaceKind
from groupbot.admin.rights import Actor, Forbidden
from groupbot.admin.running import Outcome, Runner
from groupbot.admin.services import Services
from groupbot.core.events import MessageReceived, Person
from groupbot.core.roles import Role
from groupbot.i18n import _, ngettext

KIND = "four-eyes"
AGREE_WITHIN = timedelta(hours=2)
"""Longer, and what was shown is no longer what would be done."""
_AGREE, _REFUSE = "agree", "refuse"

Read = Callable[[Actor, Place, MessageReceived, str], Call | None]
"""Read a command line again, None when it can't be read any more."""


class FourEyes:
    """Ask a second person. `most_groups`: so many are posted to without one, 0 = any number."""

    def __init__(
        self,
        *,
        services: Services,
        answers: Answers,
        kinds: CardKinds,
        runner: Runner,
        read: Read,
        most_groups: int,
    ) -> None:
        self._services = services
        self._answers = answers
        self._runner = runner
        self._read = read
        self.most_groups = most_groups
        kinds.register(KIND, CardKind(answer=self._answer))
        runner.second = self.ask

    async def ask(self, call: Call, plan: Plan) -> str:
        """Return what is told while a second person is asked, "" when none is needed.

        Raises Forbidden where there is nobody to ask.
        """
        if not self.most_groups or plan.posts_to <= self.most_groups:
            return ""
        place = self._services.places.admin_group()
        others = [known.name for known in self._services.people.of_role(call.command.role)]
        if place is None or not set(others) - {call.actor.name}:
            raise Forbidden(
                _("This posts to {n} groups, and there is no second person to agree.").format(n=plan.posts_to),
                hint=_("See [admin] groups and four_eyes_groups, and [[people]], in config.toml."),
            )
        card = await self._services.cards.open(self._card(call, plan, place))
        return _("A second person is asked: #{number} in {chat}.").format(number=card.number, chat=place.spoken)

    def _card(self, call: Call, plan: Plan, place: Place) -> NewCard:
        head = ngettext("{name} wants to post to {n} group:", "{name} wants to post to {n} groups:", plan.posts_to)
        reach = sorted(map(_short, plan.reach))
        asked_by = (call.actor.name, call.actor.account, call.actor.member_id)
        labels = ((1, _("Agree"), _AGREE), (2, _("Refuse"), _REFUSE))
        return NewCard(
            kind=KIND,
            subject=_short("/".join((*asked_by, call.line, *reach))),
            place=place,
            text="\n".join((head.format(name=call.actor.name, n=plan.posts_to), call.line, plan.text)),
            options=tuple(CardOption(digit=digit, label=label, choice=choice) for digit, label, choice in labels),
            role=max(call.command.role, Role.STAFF),
            expires_at=self._services.clock.now() + AGREE_WITHIN,
            about=(*asked_by, call.place.key, call.line, _meaning(call), *reach),
        )

    async def _answer(self, card: Card, choice: str, actor: Actor) -> str | Onward:
        name, account, member, place_key, line, meaning, *reach = card.about
        if choice == _REFUSE:
            await self._tell_first(card, _("{name} refused: {line}").format(name=actor.name, line=line))
            return _("Refused; nothing was done.")
        if actor.name == name or actor.member_id == member:
            raise Forbidden(_("Somebody else must agree: #{number} is your own.").format(number=card.number))
        first = self._services.people.identify(account, member)
        place = self._place(place_key, account, member)
        event = MessageReceived(
            account=account,
            event_id=f"{KIND}/{card.number}",
            at=self._services.clock.now(),
            group=None,
            sender=Person(id=member),
            message_id="",
            text=line,
        )
        call = self._read(first, place, event, line) if place is not None and first.name == name else None
        if call is None:
            raise Forbidden(_("{name} may no longer ask for this; nothing was done.").format(name=name))
        if _meaning(call) != meaning:
            raise Forbidden(
                _("It would now mean something else than was shown; nothing was done."),
                hint=_("Type the command again."),
            )

        async def work() -> Outcome:
            done = await self._runner.seconded(call, lambda found: {*map(_short, found)} <= set(reach))
            await self._tell_first(card, done[1].text)
            return done

        return Onward(text=_("Agreed by {name}.").format(name=actor.name), work=work)

    async def _tell_first(self, card: Card, text: str) -> None:
        """Tell who asked what came of it, where that was in another chat."""
        _name, account, member, key = card.about[:4]
        place = self._place(key, account, member)
        if place is not None and place.key != card.place_key:
            await self._answers.say(place, text, KIND, str(card.number), "done")

    def _place(self, key: str, account: str, member: str) -> Place | None:
        if key.startswith("g:"):
            found = self._services.places.named(key.removeprefix("g:"))
            return replace(found, account=account) if found is not None else None
        return Place(account=account, member=member, kind=PlaceKind.PRIVATE)


def _meaning(call: Call) -> str:
    """Return what tells apart two readings of one line: 明天 is another day after midnight."""
    return _short(repr(sorted(call.arguments.items())))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
