"""What messages are: their words, codes in their pictures, what their senders do, and what plugins find."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from loguru import logger

from groupbot.chat.errors import ChatError
from groupbot.core.events import MessageReceived
from groupbot.core.findings import Finding
from groupbot.inbound.risk_ports import Context, Judged
from groupbot.risk.behaviour import Behaviour, Limits, Said
from groupbot.risk.cards import CARDS, carried
from groupbot.risk.ladder import OUT, Concern, concern_of
from groupbot.risk.rules import Rules

if TYPE_CHECKING:
    from groupbot.risk.codes import Codes
    from groupbot.risk.model import Model
    from groupbot.risk.scan import Scanner

_SAID = frozenset({"text", "link", *CARDS})
"""Kinds of message whose text is what people read of them."""
LARGEST = 8_000_000
"""Bytes of a picture that is fetched: chats shrink them far below."""
UNSAID = -3.9
"""Log-odds that a message without words is an advertisement: one in fifty, before its picture was read."""
_FLAT = 1e-6

Fetch = Callable[[str, str], Awaitable[bytes]]
"""Fetch the picture of a message, by account and message id. Raises ChatError."""
Find = Callable[[MessageReceived], Awaitable[Sequence[Finding]]]


class Models(Protocol):
    """The scorers in use. `revision` is another one once they are others."""

    @property
    def revision(self) -> int:
        """Return it."""
        ...

    async def models(self) -> Sequence[Model]:
        """Return them. Never raises StoreError."""
        ...


class Judging:
    """An `inbound.risk.Judge` over the scorers in use, which are loaded when the first message comes."""

    def __init__(self, *, rules: Rules, models: Models, fetch: Fetch, find: Find) -> None:
        self._rules = rules
        self._models = models
        self._fetch = fetch
        self._find = find
        newcomer = timedelta(seconds=rules.settings.newcomer_s)
        self._behaviour = Behaviour(Limits(newcomer=newcomer))
        self._loading = asyncio.Lock()
        self._reader: Any = None
        self._made_for: tuple[frozenset[str], int] | None = None
        self._scanner: Scanner | None = None
        self._codes: Codes | None = None

    async def judge(self, message: MessageReceived, context: Context) -> Judged:
        scanner = await self._ready()
        scan = scanner.scan(message.text) if message.kind in _SAID and message.text.strip() else None
        found = carried(message.kind, message.text, self._rules.settings.allowed_cards)
        is_allowed = message.kind in CARDS and not found  # members of every group share it
        if message.kind == "image" and context.looks:
            found += await self._pictured(message)
        told = [*(scan.findings if scan else ()), *found]
        said = Said(
            at=message.at,
            group=context.group,
            member=message.sender.id,
            skeleton=self._reader.skeleton(message.text) if scan and not is_allowed else "",
            carries=any(one.rule in OUT for one in told),
        )
        conduct = [] if context.is_private else [*self._behaviour.said(said), *await self._find(message)]
        further = [*found, *conduct]
        scanned = {str(kind): score for kind, score in scan.scores.items()} if scan else {}
        scores = self._scores(scanned, further)
        return Judged(scores=scores, findings=(*(scan.findings if scan else ()), *further))

    def joined(self, group: str, members: Sequence[str], at: datetime) -> Sequence[Finding]:
        return [found for member in members for found in self._behaviour.joined(group, member, at)]

    def _scores(self, scanned: Mapping[str, float], further: Iterable[Finding]) -> dict[Concern, float]:
        """Return the score of each concern, with what was found beside the words."""
        further = list(further)
        odds = {"ads": _log_odds(scanned.get("ads")), "negative": _log_odds(scanned.get("negative"))}
        fused = self._reader.fused(odds, further) if further else {kind: _probability(odds[kind]) for kind in odds}
        floods = (found.score for found in further if concern_of(found.kind) is Concern.FLOOD)
        return {
            Concern.ADS: fused["ads"],
            Concern.NEGATIVE: fused["negative"] if scanned else 0.0,
            Concern.FLOOD: max(floods, default=0.0),
        }

    async def _ready(self) -> Scanner:
        """Return the scanner for the links that are allowed and the scorers that are in use now."""
        if self._scanner is not None and self._made_for == self._wanted:
            return self._scanner
        async with self._loading:
            if self._scanner is None or self._made_for != self._wanted:
                models = await self._models.models()
                allowed, revision = self._wanted
                self._reader = await asyncio.to_thread(import_module, "groupbot.desk.scanning")
                self._scanner, bands = await asyncio.to_thread(self._reader.scanner, models, allowed)
                self._codes = self._codes or self._reader.codes(ThreadPoolExecutor(1, "risk-codes"))
                self._rules.trained(bands)
                self._made_for = allowed, revision
        return self._scanner

    @property
    def _wanted(self) -> tuple[frozenset[str], int]:
        return frozenset(self._rules.settings.allowed_hosts), self._models.revision

    async def _pictured(self, message: MessageReceived) -> list[Finding]:
        """Return what the codes in a picture are; nothing for one that can't be had."""
        try:
            image = await self._fetch(message.account, message.message_id)
        except ChatError as error:
            logger.bind(action="picture", account=message.account, message=message.message_id).debug("{}", error)
            return []
        if self._codes is None:
            return []
        found: list[Finding] = self._reader.findings_of(await self._codes.read(image))
        return found


def _log_odds(score: float | None) -> float:
    if score is None:
        return UNSAID
    score = min(max(score, _FLAT), 1 - _FLAT)
    return math.log(score / (1 - score))


def _probability(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
