"""Stage: accept friendship requests by rule. The request itself, greeting included, is a fact already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from loguru import logger

from groupbot.campaign.one_off import Order, order_key
from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.core.actions import AcceptFriend
from groupbot.core.clock import Clock
from groupbot.core.content import Part
from groupbot.core.events import AnyEvent, FriendRequested
from groupbot.i18n import ngettext
from groupbot.inbound.desk import Desk
from groupbot.settings import FriendSettings
from groupbot.tracking.facts import Fact
from groupbot.tracking.greetings import holds

DIGEST = timedelta(hours=1)
"""How often a person hears of requests that no rule accepts: a poster can bring hundreds of them."""


class FriendStage:
    """Order the acceptance of what `rule` accepts, once for each request; count the others for a digest.

    `words`: what counts as a code besides those of `rule`, the greetings of channels.
    """

    name = "friends"
    limit_s = 30.0

    def __init__(
        self, *, rule: FriendSettings, desk: Desk, alerts: Alerts, clock: Clock, words: Sequence[str] = ()
    ) -> None:
        self.rule = rule
        self._words = words
        self._desk = desk
        self._alerts = alerts
        self._clock = clock
        self._left: Counter[str] = Counter()
        self._told: dict[str, datetime] = {}

    async def handle(self, event: AnyEvent) -> None:
        """Judge one request. Raises StoreError when the order can't be written."""
        if not isinstance(event, FriendRequested):
            return
        if not accepts(self.rule, event.greeting, self._words):
            self._left[event.account] += 1
            await self.tell_left()
            return
        await self._accept(event.account, event.request_id)

    async def catch_up(self, fact: Fact) -> None:
        """Order what was recorded and not ordered: a daemon died in between, or the rule is new. Known keys pass."""
        request = fact.extra.get("request")
        if request and accepts(self.rule, fact.text or "", self._words):
            await self._accept(fact.account, request)

    async def _accept(self, account: str, request_id: str) -> None:
        key = order_key(AcceptFriend.kind, account, request_id)
        part = Part(content=AcceptFriend(request_id=request_id))
        if await self._desk.submit(Order(account=account, key=key, parts=(part,))):
            logger.bind(action="friend-accept", account=account, order=key).info("ordered")

    async def tell_left(self) -> None:
        """Tell how many no rule accepted, once in `DIGEST` for each account; called now and then, for the last ones."""
        now = self._clock.now()
        for account in [account for account in self._left if not self._told_lately(account, now)]:
            count, self._told[account] = self._left.pop(account), now
            text = ngettext(
                "{account}: {n} friendship request waits that no rule accepts; answer it on the phone.",
                "{account}: {n} friendship requests wait that no rule accepts; answer them on the phone.",
                count,
            ).format(account=account, n=count)
            alert = Alert(severity=Severity.INFO, code="friend-requests", text=text, fields={"account": account})
            await self._alerts.send(alert)

    def _told_lately(self, account: str, now: datetime) -> bool:
        told = self._told.get(account)
        return told is not None and told <= now < told + DIGEST


def accepts(rule: FriendSettings, greeting: str, words: Sequence[str] = ()) -> bool:
    """Tell whether `rule` accepts a request with this greeting; `words` count as its codes do."""
    match rule.accept:
        case "all":
            return True
        case "code":
            return holds(greeting, (*rule.codes, *words))
        case _:
            return False
