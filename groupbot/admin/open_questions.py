"""Cards for deliveries that wait for a person: held ones, and those of which nobody knows whether they were posted.

They are opened by themselves in the admin group, and in a squad's group for its leader: one card for each step of a
campaign, however many groups it concerns. Whatever is settled elsewhere takes its card with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from groupbot.admin.cards import Card, CardKind, CardKinds, Cards, NewCard
from groupbot.admin.operator_desk import Outcomes
from groupbot.admin.places import Place, PlaceKind, Places
from groupbot.admin.question_words import EACH, headline, options, options_of_one, told
from groupbot.admin.rights import Actor
from groupbot.campaign.views import Pending
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.core.roles import Role
from groupbot.delivery.echo import ECHO_WAIT
from groupbot.delivery.values import Settlement, State
from groupbot.i18n import _

ASKED = (State.UNKNOWN, State.HELD)
_ONE = "-one"
"""What the kind of a card about one group of several ends in; its `about` begins with that group."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Audience:
    """Who is asked where. `squad`: only about its groups, "" = about all; `mark` tells its cards from others'."""

    place: Place
    role: Role = Role.OPERATOR
    squad: str = ""
    mark: str = ""


class OpenQuestions:
    """Ask about deliveries and carry out the answers."""

    def __init__(
        self, *, outcomes: Outcomes, cards: Cards, places: Places, directory: Directory, clock: Clock, kinds: CardKinds
    ) -> None:
        self._outcomes = outcomes
        self._cards = cards
        self._places = places
        self._directory = directory
        self._clock = clock
        self.asked_elsewhere: Callable[[Pending], bool] = lambda _row: False
        """Tells which rows another question is about."""
        for state in ASKED:
            kinds.register(state.value, CardKind(answer=self._answer))
            kinds.register(state.value + _ONE, CardKind(answer=self._answer_one))

    async def look(self) -> None:
        """Open the cards that are missing and withdraw those that are settled: for every few seconds. StoreError."""
        audiences = self._audiences()
        for state in ASKED:
            rows = await self._outcomes.pending((state,))
            await self._withdraw_settled(state, rows)
            ripe = [row for row in rows if self._is_ripe(row)]
            for audience in audiences if ripe else ():
                await self._ask(state, ripe, audience)

    async def ask(self, state: State, audience: Audience) -> list[Card]:
        """Ask about everything in `state` now and return the cards; those that are open already are not posted again.

        Raises StoreError.
        """
        return await self._ask(state, await self._outcomes.pending((state,)), audience)

    def _audiences(self) -> list[Audience]:
        found = [Audience(place=place)] if (place := self._places.admin_group()) else []
        squads = ((squad, self._places.squad_group(squad)) for squad in self._places.squads)
        found += [Audience(place=at, role=Role.LEADER, squad=squad, mark=squad) for squad, at in squads if at]
        return found

    def _is_ripe(self, row: Pending) -> bool:
        """Return whether a person is to be asked: an echo may still tell what became of it."""
        return row.asks and (row.since is None or row.since + ECHO_WAIT <= self._clock.now())

    async def _withdraw_settled(self, state: State, rows: Sequence[Pending]) -> None:
        waiting = {row.mark for row in rows}
        for kind in (state.value, state.value + _ONE):
            for card in await self._cards.open_of(kind):
                if not waiting.intersection(card.about):
                    await self._cards.withdraw(kind, card.subject)

    async def _ask(self, state: State, rows: Sequence[Pending], audience: Audience) -> list[Card]:
        by_step: defaultdict[tuple[str, str], list[Pending]] = defaultdict(list)
        for row in rows:
            if self._concerns(audience, row) and not self.asked_elsewhere(row):
                by_step[row.campaign, row.step].append(row)
        here = audience.place.key
        singly = [card for card in await self._cards.open_of(state.value + _ONE) if card.place_key == here]
        apart = {mark for card in singly for mark in card.about}
        asked = [
            await self._ask_step(state, left, audience)
            for found in by_step.values()
            if (left := [row for row in found if row.mark not in apart])
        ]
        return [*asked, *singly]

    async def _ask_step(self, state: State, rows: Sequence[Pending], audience: Audience) -> Card:
        """Open the card of one step; one that knows less is replaced, and one that knows more stays as it is."""
        card = NewCard(
            kind=state.value,
            subject=_subject(rows[0], audience.mark),
            place=audience.place,
            text=headline(state, rows),
            options=options(state) if len(rows) > 1 else options_of_one(state),
            role=audience.role,
            squad=audience.squad,
            about=tuple(row.mark for row in rows),
        )
        before = next((known for known in await self._cards.open_of(card.kind) if _same(known, card)), None)
        if before is not None and not set(card.about) <= set(before.about):
            await self._cards.withdraw(before.kind, before.subject)
        return await self._cards.open(card)

    async def _answer(self, card: Card, choice: str, actor: Actor) -> str:
        rows = await self._still_open(card)
        if choice == EACH:
            if rows:
                await self._next(card, rows, self._place(card, actor))
            return _("One by one: {count}.").format(count=len(rows)) if rows else _("All of it is settled by now.")
        done = await self._outcomes.settle(rows, Settlement(choice)) if rows else 0
        return told(Settlement(choice), done, len(card.about))

    async def _answer_one(self, card: Card, choice: str, actor: Actor) -> str:
        rows = await self._still_open(card)
        mine = [row for row in rows if row.mark == card.about[0]]
        done = await self._outcomes.settle(mine, Settlement(choice)) if mine else 0
        if rest := [row for row in rows if row not in mine]:
            await self._next(card, rest, self._place(card, actor))
        return told(Settlement(choice), done, 1)

    async def _next(self, card: Card, rows: Sequence[Pending], place: Place) -> None:
        first = rows[0]
        state = first.state
        _root, _at, mark = card.subject.rpartition("@")
        more = _("({count} more) ").format(count=len(rows) - 1) if len(rows) > 1 else ""
        await self._cards.open(
            NewCard(
                kind=state.value + _ONE,
                subject=_subject(first, mark, len(rows)),
                place=place,
                text=more + headline(state, [first]),
                options=options_of_one(state),
                role=card.role,
                squad=card.squad,
                about=tuple(row.mark for row in rows),
            )
        )

    async def _still_open(self, card: Card) -> list[Pending]:
        """Return what the card shows and is still open; what came later was not shown."""
        state = State(card.kind.removesuffix(_ONE))
        found = {row.mark: row for row in await self._outcomes.pending((state,))}
        return [found[mark] for mark in card.about if mark in found]

    def _concerns(self, audience: Audience, row: Pending) -> bool:
        return not audience.squad or self._squad_of(row) == audience.squad

    def _place(self, card: Card, actor: Actor) -> Place:
        group = card.place_key.removeprefix("g:") if card.place_key.startswith("g:") else ""
        named = self._places.named(group) if group else None
        return named or Place(account=actor.account, member=actor.member_id, kind=PlaceKind.PRIVATE)

    def _squad_of(self, row: Pending) -> str:
        group = self._directory.get(row.group)
        return group.squad if group else ""


def _subject(row: Pending, mark: str, left: int | None = None) -> str:
    """Name a question: of a step, or of the group with which `left` remain of it."""
    return f"{row.campaign}/{row.step}{'' if left is None else f'/{left}'}@{mark}"


def _same(known: Card, card: NewCard) -> bool:
    return (known.subject, known.place_key) == (card.subject, card.place.key)
