"""Judge parts by what is left of the account's day, and tell a person once a day what is used up."""

from __future__ import annotations

from datetime import datetime, timedelta

from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.chat.words import kind_word
from groupbot.delivery.budgets import Cost, PastPost, cost
from groupbot.delivery.pacing import Pacer
from groupbot.delivery.ports import Ledger
from groupbot.delivery.values import Ask, Candidate, Diversion, Wait
from groupbot.i18n import _

PACE_HISTORY = timedelta(hours=26)
"""How far back pacing counts after a restart or a new pace: a local day, daylight saving included."""


async def paced_lately(ledger: Ledger, account: str, now: datetime) -> list[PastPost]:
    """Return the posts of `account` that pacing counts at `now`.

    What lies far ahead was posted on a clock that was wrong: it would count anew at each start until its time came.
    """
    posts = await ledger.posted_since(account, now - PACE_HISTORY)
    return [post for post in posts if post.at <= now + PACE_HISTORY]


class Rations:
    """The day of one account."""

    def __init__(self, account: str, alerts: Alerts) -> None:
        self._account = account
        self._alerts = alerts
        self._told: dict[str, datetime] = {}

    async def judge(self, candidate: Candidate, pacer: Pacer, now: datetime) -> Diversion | None:
        """Return what keeps the part back today: its group's cap or its kind's budget; None = nothing does.

        What is more than a whole day's budget would wait for ever, so a person is asked; approved, it goes out.
        """
        capped = pacer.group_capped_until(candidate.paced_group, now)
        if capped is not None:
            text = _("{group} has had its posts for today ([pacing] group_daily_cap); the rest waits until tomorrow")
            await self._tell_once("group-cap", capped, text.format(group=candidate.group), group=candidate.group)
            return Wait(until=capped, reason=_("the group has had its posts for today"))
        spent = cost(candidate.part.content)
        until = pacer.spent_until(spent, now)
        if until is None:
            return None
        budget = pacer.budget(spent.kind, now)
        if spent.amount > budget:
            return None if candidate.approved else _too_much(spent, budget)
        reason = _("{account}: its budget for today is used up ({kind}: {n}); the rest waits").format(
            account=self._account, kind=kind_word(spent.kind), n=budget
        )
        await self._tell_once(f"budget-{spent.kind}", until, reason)
        return Wait(until=until, reason=reason)

    async def tell_cap(self, pacer: Pacer, now: datetime, until: datetime) -> None:
        """Tell that the account has posted its number, if that is what it waits for `until` then."""
        if pacer.account_cap_reached(now):
            text = _("{account} has posted its number for today; the rest waits").format(account=self._account)
            await self._tell_once("account-cap", until, text)

    async def _tell_once(self, code: str, until: datetime, text: str, **place: str) -> None:
        about = " ".join((code, *place.values()))
        if self._told.get(about) != until:
            self._told[about] = until
            fields = {"account": self._account} | place
            await self._alerts.send(Alert(severity=Severity.WARNING, code=code, text=text, fields=fields))


def _too_much(spent: Cost, budget: int) -> Ask:
    reason = _("{n} at once are more than a day's budget ({kind}: {budget}); split it, or let it pass")
    return Ask(reason=reason.format(n=spent.amount, kind=kind_word(spent.kind), budget=budget))
