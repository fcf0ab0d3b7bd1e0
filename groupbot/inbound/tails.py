"""Stage: members' own words that tell the last digits of their phone number, by which their orders are found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Iterable

from groupbot.core.clock import Clock
from groupbot.core.events import AnyEvent, MessageReceived
from groupbot.settings.tracking import StageSettings
from groupbot.tracking.conversion_book import Tails
from groupbot.tracking.matching import tail_of

GROUP = "tail"
"""The named group of a stage's pattern that holds them."""
_SAID = re.compile(r"尾号\s*(?:是|为|[:：])?\s*(\d{4})(?!\d)")
_LONGEST = 500
"""Signs of a message that may be an answer; longer ones are no sign-up."""


class TailStage:
    """Keep what members tell: 尾号 1234, or what a stage's pattern calls `tail`. Whole numbers are not kept.

    `stages`: those of the settings that hold now; `ours`: ids of our own accounts.
    """

    name = "tails"
    limit_s = 10.0

    def __init__(
        self, *, tails: Tails, stages: Callable[[], Iterable[StageSettings]], clock: Clock, ours: Container[str]
    ) -> None:
        self._tails = tails
        self._stages = stages
        self._clock = clock
        self._ours = ours

    async def handle(self, event: AnyEvent) -> None:
        """Keep the digits that `event` tells."""
        if not isinstance(event, MessageReceived) or event.kind != "text" or event.sender.id in self._ours:
            return
        if tail := tail_in(event.text, self._stages()):
            await self._tails.add({event.sender.id: [tail]}, by="", now=self._clock.now())


def tail_in(text: str, stages: Iterable[StageSettings]) -> str:
    """Return the last digits that `text` tells, "" for none."""
    if len(text) > _LONGEST:
        return ""
    if found := _SAID.search(unicodedata.normalize("NFKC", text)):
        return found[1]
    said = (re.search(stage.pattern, text) for stage in stages if f"(?P<{GROUP}>" in stage.pattern)
    return next((tail for found in said if found and (tail := tail_of(found[GROUP] or ""))), "")
