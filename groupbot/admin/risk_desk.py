"""Cases of members: what the ladder wants is carried out, and people decide about it by one digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from loguru import logger

from groupbot.admin.audit import BY_ITSELF, AuditEntry, AuditLog, Result
from groupbot.admin.cards import Card, CardKind, CardKinds, NewCard
from groupbot.admin.case_cards import CaseCards
from groupbot.admin.incident_desk import IncidentDesk
from groupbot.admin.places import Place, Places
from groupbot.admin.rights import Actor, Forbidden
from groupbot.admin.risk_actions import RiskActions, Target
from groupbot.admin.risk_ports import CASE_CARD, WRONG, History, Lesson, Teaching, case_subjects
from groupbot.admin.risk_words import case_options, case_text, concern_word, short, told
from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.chat.directory import Group
from groupbot.core.clock import Clock
from groupbot.core.findings import Finding
from groupbot.core.roles import Role
from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.inbound.risk_ports import Situation
from groupbot.risk.incidents import IncidentState
from groupbot.risk.ladder import Action, Concern
from groupbot.risk.rules import Rules

KIND = CASE_CARD
ASKED_FOR = timedelta(days=1)
"""How long a decision is waited for: a day-old advertisement is read by everybody."""
AGAIN = timedelta(minutes=5)
"""Within which a member is not removed from the same group a second time: what they said until they were out."""
_IN_WORDS = frozenset({"text", "link"})
"""Kinds of message from whose words something can be learned; a picture's are the name of its file."""


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
    score: str
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
            score=f"{situation.case.score:.6f}",
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
    """`inbound.risk.Handling`."""

    actions: RiskActions
    incidents: IncidentDesk
    questions: CaseCards
    kinds: CardKinds
    places: Places
    audit: AuditLog
    alerts: Alerts
    teaching: Teaching
    history: History
    clock: Clock
    rules: Rules
    _removed: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kinds.register(KIND, CardKind(answer=self._answer))

    async def repeats(self, member: str, concern: Concern, now: datetime) -> int:
        since = now - timedelta(seconds=self.rules.settings.repeat_within_s)
        return await self.history.repeats(member, concern, since)

    async def homes(self, member: str) -> Sequence[str]:
        """Return the group of an incident of theirs that is not over first, then the one that they joined last."""
        groups = tuple(reversed(await self.actions.groups_of(member)))
        if len(groups) < 2:  # noqa: PLR2004 - nothing to choose
            return groups
        known = await self.incidents.store.of_member(member)
        live = {one.group for one in known if one.state is not IncidentState.RESOLVED}
        return sorted(groups, key=lambda group: group not in live)

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
        if situation.ruling.action < Action.ALERT:
            return
        if situation.case.is_protected:  # a leader who warns of frauds holds no sale of their own
            await self._tell(situation)
        else:
            await self.incidents.open(situation)

    async def _act(self, situation: Situation) -> None:
        """Ask first: who is killed in the midst of it leaves a question too many, and no removal without its undo."""
        action, target = situation.ruling.action, _About.of(situation).target
        await self._ask(situation)
        if action is Action.WARN:
            await self.actions.warn(target)
        elif action >= Action.REMOVE and self._is_first(target):
            if action is Action.BLOCK:
                reason = concern_word(situation.case.concern)
                await self.actions.block(target, by=BY_ITSELF, reason=reason)
            else:
                await self.actions.remove(target)

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
            await self._tell(situation)
            return
        # A member who advertises in many groups is one question in each chat of people.
        about = _About.of(situation)
        done, asked = case_subjects(about.member, situation.case.concern)
        await self.questions.open(
            NewCard(
                kind=KIND,
                subject=done if situation.ruling.action >= Action.REMOVE else asked,
                place=place,
                text=case_text(situation),
                options=case_options(situation),
                role=Role.LEADER if situation.group.squad else Role.OPERATOR,
                squad=situation.group.squad,
                expires_at=self.clock.now() + ASKED_FOR,
                about=about.row,
            )
        )

    async def _tell(self, situation: Situation) -> None:
        fields = {"group": situation.group.name}
        await self.alerts.send(Alert(severity=Severity.WARNING, code="risk", text=case_text(situation), fields=fields))

    def _place(self, group: Group) -> Place | None:
        own = self.places.squad_group(group.squad) if group.squad else None
        return own or self.places.admin_group()

    async def _answer(self, card: Card, choice: str, actor: Actor) -> str:
        about = _About(**dict(zip(_About.__dataclass_fields__, card.about, strict=True)))
        if choice == "block" and actor.role < Role.OPERATOR:
            raise Forbidden(_("Only operators block a member in every group."))
        said = await self._take_back(about, card.opened_at) if choice == WRONG else ""
        said = said or await self._carry_out(about, choice, actor)
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
        return _("Noted.")

    async def _take_back(self, about: _About, since: datetime) -> str:
        """Undo what was done by itself for nothing, in every group where it was; "" = nothing was.

        One question stands for all that a member did since it was asked. The answer itself takes the cases from the
        repeats.
        """
        action = Action[about.action]
        if action < Action.REMOVE:
            return ""
        self._removed.pop((about.group, about.member), None)
        if action is Action.BLOCK:
            await self.actions.release(about.member)
        groups = await self.history.removed_from(about.member, since)
        done = await self.actions.bring_back(about.target, groups or None)
        text = _("{name} is being invited into {{groups}} again.").format(name=about.name or about.member)
        return told(done, text)

    async def _teach(self, about: _About, choice: str, actor: Actor) -> str:
        """Pass what a person said on to the scorers; a lesson that is refused changes nothing of what was done."""
        if not about.text or (choice == "right" and Action[about.action] < Action.REMOVE):
            return ""  # left alone is no opinion
        self.rules.corrected(Concern(about.concern), about.group, float(about.score), is_hit=choice != WRONG)
        lesson = Lesson(
            concern=Concern(about.concern),
            is_hit=choice != WRONG,
            text=about.text,
            message_id=f"{about.account}/{about.message_id}",
            by=actor.name,
            at=self.clock.now(),
        )
        try:
            return await self.teaching.learn(lesson)
        except GroupbotError as error:
            return str(error)

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
