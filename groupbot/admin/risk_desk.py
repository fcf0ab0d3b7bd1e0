"""Cases of members: what the ladder wants is carried out, and people decide about it by one digit."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from loguru import logger

from groupbot.admin.audit import BY_ITSELF, AuditEntry, AuditLog, Result
from groupbot.admin.cards import Card, CardKind, CardKinds, Cards, NewCard
from groupbot.admin.incident_desk import IncidentDesk
from groupbot.admin.places import Place, Places
from groupbot.admin.rights import Actor, Forbidden
from groupbot.admin.risk_actions import RiskActions, Target
from groupbot.admin.risk_ports import Lesson, Teaching
from groupbot.admin.risk_words import case_options, case_text, concern_word, short, told
from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.chat.directory import Group
from groupbot.core.clock import Clock
from groupbot.core.findings import Finding
from groupbot.core.roles import Role
from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.inbound.risk import Situation
from groupbot.risk.ladder import Action, Concern
from groupbot.risk.rules import Rules

KIND = "risk"
ASKED_FOR = timedelta(days=1)
"""How long a decision is waited for: a day-old advertisement is read by everybody."""
AGAIN = timedelta(minutes=5)
"""Within which a member is not removed from the same group a second time: what they said until they were out."""
_IN_WORDS = frozenset({"text", "link"})
"""Kinds of message from whose words something can be learned; a picture's are the name of its file."""
_MOST_MEMBERS = 10_000
"""Members whose cases are remembered; the longest silent is forgotten first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _About:
    """What a card keeps of its case, as its `about`."""

    account: str
    group: str
    member: str
    name: str
    message_id: str
    concern: str
    action: str
    text: str

    @classmethod
    def of(cls, situation: Situation) -> _About:
        event = situation.event
        return cls(
            account=event.account,
            group=situation.group.name,
            member=event.sender.id,
            name=event.sender.name,
            message_id=event.message_id,
            concern=situation.case.concern.value,
            action=situation.ruling.action.name,
            text=event.text[:500] if event.kind in _IN_WORDS else "",
        )

    @property
    def row(self) -> tuple[str, ...]:
        return tuple(getattr(self, name) for name in _About.__dataclass_fields__)

    @property
    def target(self) -> Target:
        return Target(group=self.group, member=self.member, name=self.name, cause=self.message_id)


@dataclass(slots=True, kw_only=True)
class RiskDesk:
    """`inbound.risk.Handling`. Cases are remembered in memory: after a restart a member's next one is no repeat."""

    actions: RiskActions
    incidents: IncidentDesk
    cards: Cards
    kinds: CardKinds
    places: Places
    audit: AuditLog
    alerts: Alerts
    teaching: Teaching
    clock: Clock
    rules: Rules
    _cases: OrderedDict[tuple[str, Concern], list[datetime]] = field(default_factory=OrderedDict)
    _removed: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kinds.register(KIND, CardKind(answer=self._answer))

    def repeats(self, member: str, concern: Concern, now: datetime) -> int:
        since = now - timedelta(seconds=self.rules.settings.repeat_within_s)
        return sum(at >= since for at in self._cases.get((member, concern), ()))

    async def take(self, situation: Situation) -> None:
        action, concern = situation.ruling.action, situation.case.concern
        result = Result.DONE
        try:
            if concern is Concern.NEGATIVE:
                await self._call_people(situation)
            elif action > Action.LOG:
                await self._act(situation)
        except Exception:
            result = Result.FAILED
            raise
        finally:
            await self._note(situation, result)
        if action > Action.LOG and not situation.case.is_protected:
            self._remember(situation.event.sender.id, concern)

    async def burst(self, group: Group, found: Finding) -> None:
        text = _("Many members joined {group} at once ({score:.0%} sure): look who they are.")
        fields = {"group": group.name}
        text = text.format(group=group.name, score=found.score)
        await self.alerts.send(Alert(severity=Severity.WARNING, code="join-burst", text=text, fields=fields))

    async def came(self, group: Group, members: Sequence[str]) -> None:
        for blocked in await self.actions.blocked.among(members):
            cause = self.clock.now().isoformat()
            target = Target(group=group.name, member=blocked.member, name=blocked.name, cause=cause)
            done = await self.actions.remove(target)
            await self._audit(group, "risk/blocked", f"{blocked.member} came back")
            if done.by_hand:
                text = _("{name}, who is blocked, joined {group}. By hand, please: {why}.")
                text = text.format(name=blocked.name or blocked.member, group=group.name, why=done.hindrance)
                alert = Alert(severity=Severity.WARNING, code="blocked-came", text=text, fields={"group": group.name})
                await self.alerts.send(alert)

    async def _call_people(self, situation: Situation) -> None:
        """A negative message: people are called; below an alert it is a row of the audit alone."""
        if situation.ruling.action >= Action.ALERT:
            await self.incidents.open(situation)

    async def _act(self, situation: Situation) -> None:
        action, target = situation.ruling.action, _About.of(situation).target
        if action is Action.WARN:
            await self.actions.warn(target)
        elif action >= Action.REMOVE and self._is_first(target):
            if action is Action.BLOCK:
                reason = concern_word(situation.case.concern)
                await self.actions.block(target, by=BY_ITSELF, reason=reason)
            else:
                await self.actions.remove(target)
        await self._ask(situation)

    def _is_first(self, target: Target) -> bool:
        """Tell whether nothing was done about the member in that group just now; note that it is."""
        key, now = (target.group, target.member), self.clock.now()
        self._removed = {one: at for one, at in self._removed.items() if at > now - AGAIN}
        if key in self._removed:
            return False
        self._removed[key] = now
        return True

    async def _ask(self, situation: Situation) -> None:
        place = self._place(situation.group)
        if place is None:
            text = case_text(situation)
            fields = {"group": situation.group.name}
            await self.alerts.send(Alert(severity=Severity.WARNING, code="risk", text=text, fields=fields))
            return
        # A member who advertises in many groups is one question in each chat of people.
        about = _About.of(situation)
        did = "done" if situation.ruling.action >= Action.REMOVE else "asked"
        await self.cards.open(
            NewCard(
                kind=KIND,
                subject=f"{about.member[:180]}/{about.concern}/{did}",
                place=place,
                text=case_text(situation),
                options=case_options(situation),
                role=Role.LEADER if situation.group.squad else Role.OPERATOR,
                squad=situation.group.squad,
                expires_at=self.clock.now() + ASKED_FOR,
                about=about.row,
            )
        )

    def _place(self, group: Group) -> Place | None:
        own = self.places.squad_group(group.squad) if group.squad else None
        return own or self.places.admin_group()

    async def _answer(self, card: Card, choice: str, actor: Actor) -> str:
        about = _About(**dict(zip(_About.__dataclass_fields__, card.about, strict=True)))
        if choice == "block" and actor.role < Role.OPERATOR:
            raise Forbidden(_("Only operators block a member in every group."))
        said = await self._carry_out(about, choice, actor)
        return "\n".join(filter(None, (said, await self._teach(about, choice, actor))))

    async def _carry_out(self, about: _About, choice: str, actor: Actor) -> str:
        name = about.name or about.member
        match choice:
            case "remove":
                done = await self.actions.remove(about.target)
                return told(done, _("{name} is being removed from {{groups}}.").format(name=name))
            case "block":
                done = await self.actions.block(
                    about.target, by=actor.name, reason=concern_word(Concern(about.concern))
                )
                return told(done, _("{name} is blocked, and being removed from {{groups}}.").format(name=name))
            case "wrong":
                return await self._take_back(about)
        return _("Noted.")

    async def _take_back(self, about: _About) -> str:
        """Undo what was done by itself for nothing, and forget the case."""
        self._cases.pop((about.member, Concern(about.concern)), None)
        action = Action[about.action]
        if action < Action.REMOVE:
            return _("Noted.")
        self._removed.pop((about.group, about.member), None)
        if action is Action.BLOCK:
            await self.actions.release(about.member)
        done = await self.actions.bring_back(about.target)
        text = _("{name} is being invited into {{groups}} again.").format(name=about.name or about.member)
        return told(done, text)

    async def _teach(self, about: _About, choice: str, actor: Actor) -> str:
        """Pass what a person said on to the scorers; a lesson that is refused changes nothing of what was done."""
        if not about.text or (choice == "right" and Action[about.action] < Action.REMOVE):
            return ""  # left alone is no opinion
        lesson = Lesson(
            concern=Concern(about.concern),
            is_hit=choice != "wrong",
            text=about.text,
            message_id=f"{about.account}/{about.message_id}",
            by=actor.name,
            at=self.clock.now(),
        )
        try:
            return await self.teaching.learn(lesson)
        except GroupbotError as error:
            return str(error)

    def _remember(self, member: str, concern: Concern) -> None:
        cases = self._cases.setdefault((member, concern), [])
        cases.append(self.clock.now())
        del cases[:-10]
        self._cases.move_to_end((member, concern))
        if len(self._cases) > _MOST_MEMBERS:
            self._cases.popitem(last=False)

    async def _note(self, situation: Situation, result: Result) -> None:
        case, ruling = situation.case, situation.ruling
        rules = " ".join(f"{found.rule}:{found.score:.2f}" for found in case.findings)
        wanted = f" wanted {ruling.wanted.name.lower()}" if ruling.by_hand else ""
        detail = f"{situation.event.sender.id} {case.score:.2f} {short(rules)}{wanted}"
        action = f"risk/{case.concern}/{ruling.action.name.lower()}"
        await self._audit(situation.group, action, detail, result)
        log = logger.bind(action=action, group=situation.group.name, member=situation.event.sender.id)
        log.info("judged {score:.2f}", score=case.score)

    async def _audit(self, group: Group, action: str, detail: str, result: Result = Result.DONE) -> None:
        await self.audit.write(
            AuditEntry(
                at=self.clock.now(),
                actor=BY_ITSELF,
                role="",
                account=group.account,
                place=f"g:{group.name}",
                action=action,
                result=result,
                detail=detail,
            )
        )
