"""Incidents: negative messages that a person takes care of. Pure: open -> acked -> resolved, with what happened.

A member's further messages in the same group join their open incident. Its owner is the leader of the group's squad.
Nothing is deleted and nobody is punished: the incident calls people, again until somebody acknowledges it, and holds
what sells in that group meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from groupbot.core.findings import Finding
from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.risk.ladder import SURE_WORDS, URGENT
from groupbot.settings.risk import IncidentSettings

LONGEST = 300
"""Signs of an excerpt: what a person needs to see what it is about, no archive of members' words."""
MOST_HISTORY = 50
"""Entries that are kept of one incident, the first and the youngest."""


class IncidentState(StrEnum):
    """How far an incident is."""

    OPEN = "open"
    ACKED = "acked"
    """Somebody takes care of it."""
    RESOLVED = "resolved"


class Outcome(StrEnum):
    """How it ended."""

    SETTLED = "settled"
    FALSE_ALARM = "false_alarm"


class What(StrEnum):
    """What an entry of the history tells."""

    OPENED = "opened"
    SAID = "said"
    """A further message of the member."""
    CHASED = "chased"
    ESCALATED = "escalated"
    ACKED = "acked"
    RESOLVED = "resolved"
    FALSE_ALARM = "false_alarm"


class IncidentError(GroupbotError):
    """The incident is not there, or not in a state that allows this; nothing was changed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line of the history. `by`: a person of config.toml, "" = the bot by itself or the member."""

    at: datetime
    what: What
    by: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewIncident:
    """A negative message that asks for a person. `group`: its name in config.toml. `kind`: the gravest finding's.

    `owner`: a name of [[people]], "" where the group has no leader; then the admin group is asked. `private`: it was
    said to the account 1:1, not before the group. `score`: 0..1, as it was judged.
    """

    kind: str
    account: str
    group: str
    squad: str = ""
    owner: str = ""
    member: str
    name: str = ""
    message_id: str = ""
    excerpt: str
    words: str = ""
    """What the playbook says to answer, "" = none fits."""
    private: bool = False
    score: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """An incident in the store. `said_at`: the member's last message; `told`: how often it was told since it opened.

    `revision` counts changes, so that two that meet are not both written.
    """

    number: int
    kind: str
    account: str
    group: str
    squad: str
    owner: str
    member: str
    name: str
    message_id: str
    excerpt: str
    words: str
    private: bool = False
    score: float = 0.0
    opened_at: datetime
    said_at: datetime
    state: IncidentState = IncidentState.OPEN
    told: int = 0
    told_at: datetime
    escalated: bool = False
    closed_at: datetime | None = None
    outcome: Outcome | None = None
    history: tuple[Entry, ...] = ()
    revision: int = 0

    @property
    def is_urgent(self) -> bool:
        """Whether it is about fraud or a refund."""
        return self.kind in URGENT

    @property
    def rank(self) -> tuple[bool, datetime]:
        """Sort key: fraud and refund claims first, then the oldest."""
        return not self.is_urgent, self.opened_at


class Incidents(Protocol):
    """Keep incidents. Raises StoreError."""

    async def open(self, new: NewIncident, at: datetime) -> tuple[Incident, bool]:
        """Keep `new` under the next number; False = the member has one in that group that is not resolved, which is
        returned as it is.
        """
        ...

    async def get(self, number: int) -> Incident | None:
        """Return the incident of that number."""
        ...

    async def unresolved(self) -> tuple[Incident, ...]:
        """Return what is open or acknowledged, by number."""
        ...

    async def of_member(self, member: str, limit: int = 5) -> tuple[Incident, ...]:
        """Return the youngest incidents of a member, in whatever state, newest first."""
        ...

    async def change(self, changed: Incident) -> bool:
        """Write `changed`, one revision further than it was read; False = somebody else changed it since."""
        ...


def gravest(findings: Iterable[Finding]) -> str:
    """Return the kind that an incident has: fraud, refund, complaint, else negative."""
    kinds = {finding.kind for finding in findings if finding.kind not in URGENT or finding.score >= SURE_WORDS}
    return next((kind for kind in ("fraud", "refund", "complaint") if kind in kinds), "negative")


def excerpt(text: str) -> str:
    """Return what is kept of a message."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def opened(new: NewIncident, number: int, at: datetime) -> Incident:
    """Return `new` as it is first stored."""
    return Incident(
        number=number,
        kind=new.kind,
        account=new.account,
        group=new.group,
        squad=new.squad,
        owner=new.owner,
        member=new.member,
        name=new.name,
        message_id=new.message_id,
        excerpt=excerpt(new.excerpt),
        words=new.words,
        private=new.private,
        score=new.score,
        opened_at=at,
        said_at=at,
        told_at=at,
        history=(Entry(at=at, what=What.OPENED, text=excerpt(new.excerpt)),),
    )


def said_more(incident: Incident, kind: str, text: str, at: datetime, *, private: bool = False) -> Incident:
    """Return it with a further message of its member; a graver one makes it graver, and calls people again.

    What was said 1:1 and now before the group is before the group.
    """
    graver = kind in URGENT and not incident.is_urgent
    noted = _noted(incident, Entry(at=at, what=What.SAID, text=excerpt(text)))
    noted = replace(noted, private=incident.private and private)
    if not graver:
        return replace(noted, said_at=at)
    return replace(noted, said_at=at, kind=kind, state=IncidentState.OPEN, told=0, told_at=at, escalated=False)


def acknowledged(incident: Incident, by: str, at: datetime) -> Incident:
    """Return it as taken care of by `by`. Raises IncidentError unless it is open."""
    if incident.state is not IncidentState.OPEN:
        raise IncidentError(_standing(incident))
    return replace(_noted(incident, Entry(at=at, what=What.ACKED, by=by)), state=IncidentState.ACKED)


def resolved(incident: Incident, by: str, at: datetime, *, outcome: Outcome = Outcome.SETTLED) -> Incident:
    """Return it as over. Raises IncidentError when it is over already."""
    if incident.state is IncidentState.RESOLVED:
        raise IncidentError(_standing(incident))
    what = What.RESOLVED if outcome is Outcome.SETTLED else What.FALSE_ALARM
    noted = _noted(incident, Entry(at=at, what=what, by=by))
    return replace(noted, state=IncidentState.RESOLVED, closed_at=at, outcome=outcome)


class Call(StrEnum):
    """Whom to call about an incident that nobody acknowledged."""

    CHASE = "chase"
    """Its owner, once more."""
    ESCALATE = "escalate"
    """The admin group, urgently; once."""


def call_due(incident: Incident, now: datetime, rules: IncidentSettings) -> Call | None:
    """Return whom to call now, None = nobody. Fraud and refund claims are called about twice as soon."""
    if incident.state is not IncidentState.OPEN or incident.escalated:
        return None
    every = timedelta(seconds=rules.chase_every_s) / (2 if incident.is_urgent else 1)
    if now < incident.told_at + every:
        return None
    return Call.CHASE if incident.told < rules.chases else Call.ESCALATE


def called(incident: Incident, call: Call, at: datetime) -> Incident:
    """Return it after that call."""
    what = What.CHASED if call is Call.CHASE else What.ESCALATED
    noted = _noted(incident, Entry(at=at, what=what))
    return replace(noted, told=incident.told + 1, told_at=at, escalated=incident.escalated or call is Call.ESCALATE)


def holds_until(incident: Incident, rules: IncidentSettings, *, in_event: bool = False) -> datetime | None:
    """Return until when it holds promotional posts, None = not (any more): nothing is held that is acknowledged, nor
    in a group that has not seen the complaint.

    Counted from its opening, so that a member who goes on writing does not hold a group for ever.
    """
    limit = rules.hold.event_limit_s if in_event else rules.hold.limit_s
    if incident.state is not IncidentState.OPEN or incident.private or not limit:
        return None
    return incident.opened_at + timedelta(seconds=limit)


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """Incidents of several groups or members within minutes."""

    numbers: tuple[int, ...]
    groups: frozenset[str]
    members: frozenset[str]


def spreading(incidents: Collection[Incident], now: datetime, rules: IncidentSettings) -> Spread | None:
    """Return what spreads among `incidents`, resolved ones left out; None = nothing does."""
    since = now - timedelta(seconds=rules.spread_within_s)
    young = [one for one in incidents if one.opened_at >= since and one.state is not IncidentState.RESOLVED]
    groups, members = frozenset(one.group for one in young), frozenset(one.member for one in young)
    if len(groups) < rules.spread_groups and len(members) < rules.spread_members:
        return None
    return Spread(numbers=tuple(sorted(one.number for one in young)), groups=groups, members=members)


def _noted(incident: Incident, entry: Entry) -> Incident:
    history = (*incident.history, entry)
    if len(history) > MOST_HISTORY:
        history = (history[0], *history[-(MOST_HISTORY - 1) :])
    return replace(incident, history=history)


def _standing(incident: Incident) -> str:
    last = next((entry for entry in reversed(incident.history) if entry.by), None)
    text = {
        IncidentState.ACKED: _("{person} takes care of incident {number} already."),
        IncidentState.RESOLVED: _("Incident {number} is over already ({person})."),
    }[incident.state]
    return text.format(number=incident.number, person=last.by if last is not None else "—")
