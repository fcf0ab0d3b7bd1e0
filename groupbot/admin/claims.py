"""Binding a chat id to a person by a one-time code, with few guesses for everybody."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from groupbot.admin.people import People
from groupbot.admin.rights import Actor, Forbidden
from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.core.clock import Clock
from groupbot.i18n import _

GUESSES = 5
"""Wrong codes of one id within the window: typing errors, not a search."""
WINDOW = timedelta(hours=1)
_MOST_IDS = 10_000
"""Ids whose guesses are remembered."""


class Claims:
    """Redeem codes; who guesses is refused unheard for an hour, and told of."""

    def __init__(self, *, people: People, alerts: Alerts, clock: Clock) -> None:
        self._people = people
        self._alerts = alerts
        self._clock = clock
        self._wrong: dict[tuple[str, str], deque[datetime]] = {}

    def is_open_to(self, account: str, member_id: str) -> bool:
        """Tell whether that id may still try a code."""
        wrong = self._recent(account, member_id)
        return len(wrong) < GUESSES

    async def redeem(self, code: str, actor: Actor) -> Actor:
        """Bind the id of `actor` by `code` and return who that is. Raises Forbidden, StoreError."""
        account, member = actor.account, actor.member_id
        if actor.is_known:
            raise Forbidden(
                _("You are known as {name} already.").format(name=actor.name),
                hint=_("`groupbot people forget NAME` frees an id."),
            )
        if not self.is_open_to(account, member):
            raise Forbidden(_("Too many wrong codes; try again in an hour."))
        found = await self._people.redeem(code, account, member)
        if found is None:
            await self._note(account, member)
            raise Forbidden(_("This code is not valid: wrong, used, or older than a day."))
        self._wrong.pop((account, member), None)
        return found

    def _recent(self, account: str, member: str) -> deque[datetime]:
        wrong = self._wrong.get((account, member)) or deque()
        while wrong and wrong[0] <= self._clock.now() - WINDOW:
            wrong.popleft()
        return wrong

    async def _note(self, account: str, member: str) -> None:
        wrong = self._recent(account, member)
        wrong.append(self._clock.now())
        self._wrong[account, member] = wrong
        if len(self._wrong) > _MOST_IDS:
            del self._wrong[next(iter(self._wrong))]
        if len(wrong) == GUESSES:
            text = _("{member} guesses codes on {account}; no further one is tried for an hour.").format(
                member=member, account=account
            )
            fields = {"account": account, "member": member}
            await self._alerts.send(Alert(severity=Severity.WARNING, code="code-guesses", text=text, fields=fields))
