"""Questions that come by the dozen: the first few are posted, the rest is told together.

A raid of a hundred advertisers is a hundred decisions, each with its number, but no hundred posts to who decides; so
are the posts of a banned account in a hundred groups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from groupbot.admin.alert_rules import Bursts
from groupbot.admin.answers import Answers
from groupbot.admin.cards import Card, CardOption, Cards, NewCard
from groupbot.admin.places import Place, Places
from groupbot.core.clock import Clock
from groupbot.i18n import _, ngettext

AT_ONCE = 5
"""Questions of a kind that one chat gets each for itself within `WITHIN`."""
WITHIN = timedelta(minutes=10)
TOGETHER = timedelta(seconds=45)
"""How long further ones are gathered: three looks after the room."""
MOST_LINES = 20
"""Lines of one message: what phones show in two screens; further ones are answered by their numbers all the same."""
_LONGEST = 60
"""Signs of one of its lines."""


@dataclass(slots=True, kw_only=True)
class _Gathered:
    place: Place
    since: datetime
    cards: dict[int, Card] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class CaseCards:
    """Open questions, and tell of those that were not posted: `tend` is for every few seconds. Raises StoreError.

    What is gathered is kept in memory: a new process tells once of as many young questions as are never posted singly.
    """

    cards: Cards
    answers: Answers
    places: Places
    clock: Clock
    kinds: tuple[str, ...] = ()
    """The kinds that are asked through this."""
    _bursts: Bursts = field(default_factory=lambda: Bursts(AT_ONCE, WITHIN))
    _gathered: dict[tuple[str, str], _Gathered] = field(default_factory=dict)
    _unposted: set[int] = field(default_factory=set)
    """Numbers that are told together only; some bytes for each case of a raid."""
    _has_looked: bool = False

    async def open(self, card: NewCard) -> tuple[Card, bool]:
        """Keep a question, and post it unless too many of its kind came to that chat just now: then it is False."""
        key, now = (card.kind, card.place.key), self.clock.now()
        await self._take_up(now)
        kept, is_new = await self.cards.keep(card)
        if kept.number in self._unposted:
            return kept, False
        if is_new and self._bursts.until("/".join(key), now) is not None:
            self._gather(key, card.place, now, {kept.number: kept})
            return kept, False
        await self.cards.post(kept, card.place)
        return kept, True

    async def tend(self) -> None:
        """Tell what was gathered long enough."""
        now = self.clock.now()
        await self._take_up(now)
        for key, waiting in tuple(self._gathered.items()):
            if now - waiting.since >= TOGETHER:
                numbers = sorted(waiting.cards)
                text = together(list(waiting.cards.values()))
                await self.answers.say(waiting.place, text, "cards", str(numbers[0]), str(numbers[-1]))
                del self._gathered[key]

    async def _take_up(self, now: datetime) -> None:
        """Gather, once, what an earlier process may have gathered and not told."""
        if self._has_looked:
            return
        for kind in self.kinds:
            by_place: dict[str, dict[int, Card]] = {}
            for card in await self.cards.open_of(kind):
                if now - card.opened_at <= WITHIN + TOGETHER:
                    by_place.setdefault(card.place_key, {})[card.number] = card
            for key, cards in by_place.items():
                place = self.places.named(key.removeprefix("g:")) or self.places.admin_group()
                if len(cards) > AT_ONCE and place is not None and place.key == key:
                    self._gather((kind, key), place, now, cards)
        self._has_looked = True

    def _gather(self, key: tuple[str, str], place: Place, now: datetime, cards: Mapping[int, Card]) -> None:
        self._gathered.setdefault(key, _Gathered(place=place, since=now)).cards.update(cards)
        self._unposted.update(cards)


def together(cards: Sequence[Card]) -> str:
    """Return many questions in one message, a line each, the replies once."""
    head = ngettext(
        "{n} question more, answered by its number, as #{number} 1:",
        "{n} questions more, each answered by its number, as #{number} 1:",
        len(cards),
    ).format(n=len(cards), number=cards[0].number)
    lines = [head]
    for options in dict.fromkeys(card.options for card in cards):
        alike = [card for card in cards if card.options == options]
        lines += [_replies(options), *map(_line, alike[:MOST_LINES])]
        if len(alike) > MOST_LINES:
            more = _("… and {n} more, up to #{number}")
            lines.append(more.format(n=len(alike) - MOST_LINES, number=alike[-1].number))
    return "\n".join(lines)


def _replies(options: Sequence[CardOption]) -> str:
    return " · ".join(f"{option.digit} {option.label}" for option in options)


def _line(card: Card) -> str:
    line = f"#{card.number} " + " ".join(card.text.split("\n")[:2])
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
