"""Command lines that are none: forwarded, quoted, typed by our own accounts, or said where customers read along.

They do nothing and nothing answers them. The audit keeps them, for somebody may be trying; of what customers write it
keeps nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from itertools import islice

from groupbot.admin.audit import Result
from groupbot.admin.heard import own_words
from groupbot.admin.parsing import Misread, Parsed
from groupbot.admin.people import People
from groupbot.admin.places import Place, PlaceKind
from groupbot.admin.running import Runner
from groupbot.core.events import MessageReceived

_LINE = re.compile(r"[/／][^\n」]{1,200}")
"""As far as a command's name can reach; what is forwarded may be megabytes."""
_LOOKED_AT = 3
"""Lines of one message that are looked at: what is forwarded may be a whole day's talk."""


class Overheard:
    """Audit them. `ours`: ids of our own accounts."""

    def __init__(
        self,
        *,
        parse: Callable[[MessageReceived, str], Parsed | Misread],
        people: People,
        runner: Runner,
        ours: Container[str],
    ) -> None:
        self._parse = parse
        self._people = people
        self._runner = runner
        self._ours = ours

    async def note(self, event: MessageReceived, place: Place) -> None:
        """Write down the command in `event`, which is not carried out, if there is one."""
        if "/" not in event.text and "／" not in event.text:
            return
        actor = self._people.identify(event.account, event.sender.id)
        is_ours = event.sender.id in self._ours
        if place.kind is PlaceKind.CUSTOMER_GROUP and (is_ours or not actor.is_known):
            return
        if (action := self._command_in(event)) is not None:
            await self._runner.note(actor, place, action, Result.REFUSED, self._why(event, place, is_ours=is_ours))

    def _command_in(self, event: MessageReceived) -> str | None:
        for found in islice(_LINE.finditer(event.text), _LOOKED_AT):
            if (command := self._parse(event, found[0]).command) is not None:
                return command.name
        return None

    def _why(self, event: MessageReceived, place: Place, *, is_ours: bool) -> str:
        if is_ours:
            return "by our own account"
        if place.kind is PlaceKind.CUSTOMER_GROUP:
            return "in a customers' group"
        if event.kind != "text":
            return "forwarded"
        return "quoted" if own_words(event.text) != event.text.strip() else "amid other words"
