"""Incidents: opened, told, chased, taken care of, closed; nothing of it is done to the member."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from loguru import logger

from groupbot.admin.answers import Answers
from groupbot.admin.audit import BY_ITSELF, AuditEntry, AuditLog, Result
from groupbot.admin.cards import Card, CardKind, CardKinds, Cards, NewCard
from groupbot.admin.case_cards import CaseCards
from groupbot.admin.people import People
from groupbot.admin.places import Place, PlaceKind, Places
from groupbot.admin.rights import Actor
from groupbot.admin.risk_ports import Lesson, Playbooks, Teaching
from groupbot.admin.risk_words import headline, incident_options, incident_text, many_text, spread_text
from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.core.clock import Clock
from groupbot.core.roles import Role
from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.inbound.risk_ports import Situation
from groupbot.risk.incidents import (
    Call,
    Incident,
    IncidentError,
    Incidents,
    IncidentState,
    NewIncident,
    Outcome,
    acknowledged,
    call_due,
    called,
    gravest,
    resolved,
    said_more,
    spreading,
)
from groupbot.risk.ladder import Concern
from groupbot.risk.rules import Rules

KIND = "incident"
AT_ONCE = 3
"""Incidents of which people are reminded one by one at a time; further ones share one message."""
_TRIES = 3
"""How often a change is made anew that met another one."""


@dataclass(slots=True, kw_only=True)
class IncidentDesk:
    """What happens to incidents. `leader_of`: the leader of a squad, "" = none. Every method raises StoreError."""

    store: Incidents
    playbooks: Playbooks
    teaching: Teaching
    cards: Cards
    questions: CaseCards
    kinds: CardKinds
    answers: Answers
    places: Places
    people: People
    leader_of: Callable[[str], str]
    audit: AuditLog
    alerts: Alerts
    clock: Clock
    rules: Rules
    _spread: frozenset[int] = field(default=frozenset())

    def __post_init__(self) -> None:
        self.kinds.register(KIND, CardKind(answer=self._answer))

    async def open(self, situation: Situation) -> Incident:
        """Open an incident for a message, or add it to the one that its member has in that group."""
        event, group, now = situation.event, situation.group, self.clock.now()
        kind = gravest(situation.case.findings)
        new = NewIncident(
            kind=kind,
            account=event.account,
            group=group.name,
            squad=group.squad,
            owner=self.leader_of(group.squad) if group.squad else "",
            member=event.sender.id,
            name=event.sender.name,
            message_id=event.message_id,
            excerpt=event.text,
            words=await self._words(group.name, event.text),
            private=event.group is None,
            score=situation.case.score,
        )
        incident, is_new = await self.store.open(new, now)
        if is_new:
            await self._tell(incident)
            await self._look_for_spread(now)
            return incident
        told = await self._change(
            incident.number, lambda one: said_more(one, kind, event.text, now, private=new.private)
        )
        if told.state is IncidentState.OPEN and incident.state is IncidentState.ACKED:
            await self._tell(told)  # it became graver than what somebody took care of
        return told

    async def acknowledge(self, number: int, by: str) -> Incident:
        """Note that `by` takes care of it: what it held goes out. Raises IncidentError."""
        return await self._settle(number, by, "ack", lambda one: acknowledged(one, by, self.clock.now()))

    async def resolve(self, number: int, by: str, outcome: Outcome = Outcome.SETTLED) -> Incident:
        """Note that it is over. Raises IncidentError."""
        action = "resolve" if outcome is Outcome.SETTLED else "wrong"
        incident = await self._settle(
            number, by, action, lambda one: resolved(one, by, self.clock.now(), outcome=outcome)
        )
        if not incident.private:
            is_hit = outcome is not Outcome.FALSE_ALARM
            self.rules.corrected(Concern.NEGATIVE, incident.group, incident.score, is_hit=is_hit)
        if outcome is Outcome.FALSE_ALARM:
            await self._teach(incident, by)
        return incident

    async def get(self, number: int) -> Incident:
        """Return the incident of that number. Raises IncidentError."""
        incident = await self.store.get(number)
        if incident is None:
            raise IncidentError(_("There is no incident {number}.").format(number=number), hint="/风险 列表")
        return incident

    async def tend(self) -> None:
        """Call people again about what nobody acknowledged: for every few seconds."""
        await self.questions.tend()
        now = self.clock.now()
        due: defaultdict[Call, list[Incident]] = defaultdict(list)
        for incident in await self.store.unresolved():
            call = call_due(incident, now, self.rules.settings.incidents)
            # Written before it is told, so that of two processes one tells it.
            if call is not None and await self.store.change(called(incident, call, now)):
                await self._audit(incident, f"risk/incident/{call}", BY_ITSELF)
                due[call].append(incident)
        for incident in due[Call.ESCALATE][:AT_ONCE]:
            await self._urge(
                incident, "incident-unacknowledged", _("Nobody takes care of incident {line}: “{excerpt}”")
            )
        await self._urge_together(due[Call.ESCALATE][AT_ONCE:])
        await self._chase(due[Call.CHASE])

    async def _chase(self, incidents: Sequence[Incident]) -> None:
        """Remind whoever was asked: of a few one by one, of many in one message for each chat."""
        by_place: dict[str, tuple[Place, list[Incident]]] = {}
        for incident in incidents:
            if (place := await self._place(incident)) is None:
                await self._urge(
                    incident, "incident-unacknowledged", _("Nobody takes care of incident {line}: “{excerpt}”")
                )
            else:
                by_place.setdefault(place.key, (place, []))[1].append(incident)
        for place, here in by_place.values():
            for incident in here[:AT_ONCE]:
                text = _("Nobody takes care yet: incident {line}\n{excerpt}")
                text = text.format(line=headline(incident), excerpt=incident.excerpt)
                await self.answers.say(place, text, KIND, str(incident.number), "again", str(incident.revision))
            if more := here[AT_ONCE:]:
                key = (KIND, str(more[0].number), "all", str(more[0].revision))
                await self.answers.say(place, many_text(more), *key)

    async def _urge_together(self, incidents: Sequence[Incident]) -> None:
        if incidents:
            text = many_text(incidents)
            alert = Alert(severity=Severity.CRITICAL, code="incidents-unacknowledged", text=text)
            await self.alerts.send(alert)

    async def _urge(self, incident: Incident, code: str, text: str) -> None:
        words = text.format(line=headline(incident), excerpt=incident.excerpt)
        fields = {"group": incident.group, "incident": str(incident.number)}
        await self.alerts.send(Alert(severity=Severity.CRITICAL, code=code, text=words, fields=fields))

    async def _tell(self, incident: Incident) -> None:
        """Ask the owner; of fraud and refund claims, and where there is no owner's chat, the admin group as well."""
        earlier = len(await self.store.of_member(incident.member)) - 1
        own, admin = await self._place(incident), self.places.admin_group()
        chats = {place.key: place for place in (own, admin if incident.is_urgent or own is None else None) if place}
        for place in chats.values():
            card = NewCard(
                kind=KIND,
                subject=str(incident.number),
                place=place,
                text=incident_text(incident, earlier),
                options=incident_options(),
                role=Role.STAFF if incident.squad else Role.OPERATOR,
                squad=incident.squad,
            )
            await self.questions.open(card)
        if not chats:
            await self._urge(incident, "incident", _("Incident {line}: “{excerpt}”"))
        await self._audit(incident, "risk/incident/opened", BY_ITSELF)

    async def _place(self, incident: Incident) -> Place | None:
        """Return the squad's chat, else the 1:1 chat with the owner."""
        if incident.squad and (group := self.places.squad_group(incident.squad)) is not None:
            return group
        if incident.owner not in self.people.names:
            return self.places.admin_group()
        await self.people.freshen()
        ids = self.people.ids_of(incident.owner)
        account = incident.account if incident.account in ids else min(ids, default="")
        private = Place(account=account, member=ids[account], kind=PlaceKind.PRIVATE) if account else None
        return private or self.places.admin_group()

    async def _look_for_spread(self, now: datetime) -> None:
        spread = spreading(await self.store.unresolved(), now, self.rules.settings.incidents)
        if spread is None or self._spread.issuperset(spread.numbers):
            return
        self._spread |= frozenset(spread.numbers)
        text = spread_text(spread)
        await self.alerts.send(Alert(severity=Severity.CRITICAL, code="incidents-spread", text=text))

    async def _settle(self, number: int, by: str, action: str, change: Callable[[Incident], Incident]) -> Incident:
        changed = await self._change(number, change)
        await self.cards.withdraw(KIND, str(number))
        await self._audit(changed, f"risk/incident/{action}", by)
        return changed

    async def _change(self, number: int, change: Callable[[Incident], Incident]) -> Incident:
        for _try in range(_TRIES):
            changed = change(await self.get(number))
            if await self.store.change(changed):
                return changed
        raise IncidentError(_("Incident {number} changes just now; try again.").format(number=number))

    async def _answer(self, card: Card, choice: str, actor: Actor) -> str:
        number = int(card.subject)
        deeds: dict[str, Callable[[], Awaitable[Incident]]] = {
            "ack": lambda: self.acknowledge(number, actor.name),
            "resolve": lambda: self.resolve(number, actor.name),
            "wrong": lambda: self.resolve(number, actor.name, Outcome.FALSE_ALARM),
        }
        try:
            return headline(await deeds[choice]())
        except IncidentError as error:  # settled in another way: the card must not stay open
            return str(error)

    async def _words(self, group: str, text: str) -> str:
        """Return what the playbook says; without it people are called all the same."""
        try:
            return await self.playbooks.words(group, text)
        except GroupbotError as error:
            logger.bind(action="playbook", group=group).warning("{}", error)
            return ""

    async def _teach(self, incident: Incident, by: str) -> None:
        lesson = Lesson(
            concern=Concern.NEGATIVE,
            is_hit=False,
            text=incident.excerpt,
            message_id=f"{incident.account}/{incident.message_id}",
            by=by,
            at=self.clock.now(),
        )
        try:
            await self.teaching.learn(lesson)
        except GroupbotError as error:
            logger.bind(action="teach", incident=incident.number).warning("{}", error)

    async def _audit(self, incident: Incident, action: str, by: str) -> None:
        await self.audit.write(
            AuditEntry(
                at=self.clock.now(),
                actor=by,
                role="",
                account=incident.account,
                place=f"g:{incident.group}",
                action=action,
                result=Result.DONE,
                detail=f"{incident.number} {incident.kind} {incident.member}",
            )
        )
