"""Numbered replies to an answer: `1` stands for the command line of its first option, for who was answered, there."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

from groupbot.admin.declare import Answer
from groupbot.admin.places import Place
from groupbot.admin.rights import Actor
from groupbot.core.clock import Clock

_LASTS = timedelta(minutes=5)
"""As long as one looks at an answer."""
_MOST = 1_000
_MOST_OPTIONS = 9
"""One digit each."""


class Menus:
    """The latest options of each person in each chat; a further answer there replaces them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lines: OrderedDict[tuple[str, str, str], tuple[datetime, str, tuple[str, ...]]] = OrderedDict()

    def offer(self, actor: Actor, place: Place, answer: Answer) -> str:
        """Return the answer's text with its options, and remember them."""
        key = actor.account, actor.member_id, place.key
        self._lines.pop(key, None)
        options = answer.options[:_MOST_OPTIONS]
        if options:
            self._lines[key] = self._clock.now() + _LASTS, answer.text, tuple(option.line for option in options)
        if len(self._lines) > _MOST:
            self._lines.popitem(last=False)
        return "\n".join((answer.text, *(f"{digit} {item.label}" for digit, item in enumerate(options, start=1))))

    def choose(self, actor: Actor, place: Place, digit: int, quoted: str | None = None) -> str:
        """Return the command line of that digit, "" when nothing is offered to that person there.

        `quoted`: the words that the digit is a reply to; those of another message are about something else.
        """
        until, text, lines = self._lines.get((actor.account, actor.member_id, place.key), (None, "", ()))
        if until is None or until <= self._clock.now() or not 1 <= digit <= len(lines):
            return ""
        if quoted is not None and text.partition("\n")[0] not in quoted:
            return ""
        return lines[digit - 1]
