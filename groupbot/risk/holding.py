"""The guard that keeps a group from being sold to while somebody there complains.

A step says itself whether it sells (`promo: true` or `promo: false` in the SOP). Where it says nothing, what it posts
decides: words of selling, a price, or a card that opens a shop. Lessons, greetings and answers to people go out as
planned, since members wait for them. Held posts go out by themselves when the incident is acknowledged or its time is
over, within their own grace; what comes behind them in the group doesn't wait for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from groupbot.core.content import Content, Link, MiniProgram, Text
from groupbot.core.verdicts import ALLOW, Block, Defer, Verdict
from groupbot.delivery.ports import Draft
from groupbot.delivery.values import Candidate
from groupbot.i18n import _
from groupbot.risk.incidents import Incident, Incidents, IncidentState, holds_until, spreading
from groupbot.settings.risk import IncidentSettings

LOOK_AGAIN = timedelta(seconds=10)
"""How soon a held post is judged again: an incident that is acknowledged lets it out that late."""
FRESH = timedelta(seconds=2)
"""How long what was read of the store holds: thousands of posts a minute must not each ask for incidents."""
IN_EVENT = timedelta(minutes=2)
"""`ask_timeout` of what is planned inside an event window, at most; see `sop.planner.EVENT_ASK_TIMEOUT`."""
IN_TIME = timedelta(seconds=15)
"""How long before a post of an event is late it is held no more: one more look, and the part before it."""
_SELLS = re.compile(
    r"优惠|特价|折扣|[一二三四五六七八九\d.]\s*折|抢购|秒杀|限时|名额|立减|满减|原价|现价|券后|拼团|团购价|下单|付款|支付|定金|尾款"
    r"|购买|开售|报名(?:链接|通道|入口|费)|立即报名|抢位|加购|福利价|活动价|早鸟|返现|[¥￥]\s*\d|\d+\s*(?:元|块钱|块)(?!素)"
)
"""Words by which community scripts sell."""


def sells(contents: Iterable[Content]) -> bool:
    """Return whether a post sells, by its words: a text, the title of a card, a shop's mini-program."""
    return any(_SELLS.search(words) is not None for content in contents if (words := _words(content)))


def is_promotional(candidate: Candidate) -> bool:
    """Return whether a delivery sells: as its step says, else by what it posts."""
    said = candidate.policies.promo
    return sells(part.content for part in candidate.parts) if said is None else said


class IncidentGuard:
    """A `delivery.ports.Guard`. What can't be read holds, as with every guard: its StoreError goes to the chain.

    `rules` gives the settings in force. Single orders (answers, warnings, removals) are never held.
    """

    name = "incidents"

    def __init__(self, incidents: Incidents, rules: Callable[[], IncidentSettings], *, one_off: str) -> None:
        self._incidents = incidents
        self._rules = rules
        self._one_off = one_off
        self._read_at: datetime | None = None
        self._found: Sequence[Incident] = ()

    async def check(self, draft: Draft) -> Verdict:
        candidate = draft.candidate
        if candidate.campaign == self._one_off or candidate.is_of_account or not is_promotional(candidate):
            return ALLOW
        found = await self._unresolved(draft.now)
        if candidate.member is not None:
            return _for_member(candidate, found)
        return self._for_group(candidate, found, draft.now)

    async def _unresolved(self, now: datetime) -> Sequence[Incident]:
        if self._read_at is None or not self._read_at <= now < self._read_at + FRESH:
            self._found, self._read_at = await self._incidents.unresolved(), now
        return self._found

    def _for_group(self, candidate: Candidate, found: Sequence[Incident], now: datetime) -> Verdict:
        rules = self._rules()
        here = [one for one in found if one.group == candidate.group]
        if rules.hold.on_spread and (spread := spreading(found, now, rules)) is not None:
            here = [*here, *(one for one in found if one.number in spread.numbers)]
        in_event = candidate.policies.ask_timeout <= IN_EVENT
        ends = [(until, one) for one in here if (until := holds_until(one, rules, in_event=in_event))]
        if in_event:  # trolls who take turns stop a sale no longer than one, and none of them makes it late
            ends = [(min(until, _in_time(candidate)), one) for until, one in sorted(ends, key=lambda end: end[0])[:1]]
        ends = [(until, one) for until, one in ends if until > now]
        if not ends:
            return ALLOW
        last, incident = max(ends, key=lambda end: end[0])
        reason = _("incident {number} is open in {group}").format(number=incident.number, group=incident.group)
        return Defer(until=min(last, now + LOOK_AGAIN), reason=reason, aside=True)


def _for_member(candidate: Candidate, found: Sequence[Incident]) -> Verdict:
    """Who complains leaves sales journeys; where somebody took it for a false alarm or settled it they go on."""
    mine = next((one for one in found if one.member == candidate.member), None)
    if mine is None or mine.state is IncidentState.RESOLVED:
        return ALLOW
    return Block(reason=_("the member has a complaint: incident {number}").format(number=mine.number))


def _in_time(candidate: Candidate) -> datetime:
    """Return until when a post can wait and still goes out."""
    ends = [end - IN_TIME for end in (candidate.late_at, candidate.until) if end is not None]
    return min(ends, default=datetime.max.replace(tzinfo=UTC))


def _words(content: Content) -> str:
    match content:
        case Text(text=text):
            return text
        case Link(title=title, description=description) | MiniProgram(title=title, description=description):
            return f"{title} {description}"
    return ""
