"""The handover: all that somebody needs to know who runs the bot tomorrow. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from groupbot.campaign.values import TaskView
from groupbot.campaign.views import Pending
from groupbot.chat.words import in_short
from groupbot.core.content import Part
from groupbot.delivery.values import State
from groupbot.delivery.words import state_word
from groupbot.i18n import _, joined
from groupbot.reports.document import Document, Section

LONGEST = 60
"""Signs of a step's words: enough to recognise it."""
MOST = 60
"""Lines of one section; who needs more asks for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountFact:
    """An account; `state` in words."""

    name: str
    state: str
    is_online: bool
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignFact:
    """A campaign that was not cancelled; `state` in words, `waiting` deliveries to come."""

    id: str
    title: str
    state: str
    groups: int
    waiting: int
    is_running: bool = True
    paused_in: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ComingStep:
    """A step that is due: in how many groups, and what it says."""

    campaign: str
    step: str
    due: datetime
    groups: int
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What somebody did, or the bot by itself."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenCard:
    """A question that waits for its answer; `place` is its chat."""

    number: int
    place: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonFact:
    """Somebody who gives commands; `role` in words, `bound`: the accounts at which their id is known."""

    name: str
    role: str
    squads: tuple[str, ...] = ()
    bound: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SquadFact:
    """A squad: who runs it, where its people talk, and its groups."""

    name: str
    leader: str
    chat: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class HandoverFacts:
    """Everything that the handover is made of. `past`: deliveries that were due in the last 24 hours, by state."""

    now: datetime
    zone: ZoneInfo
    daemon: str
    accounts: tuple[AccountFact, ...] = ()
    campaigns: tuple[CampaignFact, ...] = ()
    past: Mapping[State, int] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    coming: tuple[ComingStep, ...] = ()
    tasks: tuple[TaskView, ...] = ()
    pending: tuple[Pending, ...] = ()
    cards: tuple[OpenCard, ...] = ()
    people: tuple[PersonFact, ...] = ()
    squads: tuple[SquadFact, ...] = ()
    admin_groups: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    """(what, where)."""


def handover(facts: HandoverFacts) -> Document:
    """Return the document; its summary is what fits into a chat."""
    return Document(
        title=_("Handover of {moment}").format(moment=f"{facts.now.astimezone(facts.zone):%Y-%m-%d %H:%M}"),
        summary=tuple(_summary(facts)),
        sections=(
            _section(_("Accounts"), (_words(one.name, one.state, one.detail) for one in facts.accounts)),
            _section(_("Campaigns"), map(_campaign, facts.campaigns)),
            _section(_("The last 24 hours"), _past(facts)),
            _section(_("The next 24 hours"), (_coming(step, facts.zone) for step in facts.coming)),
            _section(_("Open tasks"), (_task(task, facts) for task in facts.tasks)),
            _section(_("Waiting for a person"), _waiting(facts)),
            _section(_("Who is who"), _people(facts)),
            _section(_("Where things are"), (f"{what}: {where}" for what, where in facts.files)),
            Section(title=_("How to"), lines=tuple(_how_to(facts))),
        ),
    )


def _section(title: str, lines: Iterable[str]) -> Section:
    found = tuple(lines)
    more = len(found) - MOST
    if more > 0:
        found = (*found[:MOST], _("…{n} more").format(n=more))
    return Section(title=title, lines=found, nothing=_("Nothing."))


def _summary(facts: HandoverFacts) -> Iterator[str]:
    running = sum(one.is_running for one in facts.campaigns)
    ill = [f"{one.name} {one.state}" for one in facts.accounts if not one.is_online]
    accounts = joined(ill) or _("all online")
    yield _("groupbot: {state}; accounts: {accounts}").format(state=facts.daemon, accounts=accounts)
    yield _("Campaigns running: {running} · steps in the next 24 h: {steps}").format(
        running=running, steps=len(facts.coming)
    )
    yield _("Open tasks: {tasks} · deliveries that wait for a person: {pending} · open questions: {cards}").format(
        tasks=len(facts.tasks), pending=len(facts.pending), cards=len(facts.cards)
    )


def _campaign(one: CampaignFact) -> str:
    text = _("{id} ({title}): {state}, {groups} groups, {waiting} posts to come").format(
        id=one.id, title=one.title, state=one.state, groups=one.groups, waiting=one.waiting
    )
    return text + (_("; paused in {groups}").format(groups=joined(one.paused_in)) if one.paused_in else "")


def _past(facts: HandoverFacts) -> Iterator[str]:
    counts = [f"{state_word(state)} {count}" for state, count in facts.past.items() if count]
    if counts:
        yield _("Posts: {counts}").format(counts=" · ".join(counts))
    for change in facts.changes:
        yield f"{_moment(change.at, facts.zone)} {change.who}: {change.what}"


def _coming(step: ComingStep, zone: ZoneInfo) -> str:
    said = short(" / ".join(in_short(part.content) for part in step.parts))
    place = _("{campaign} {step}, {groups} groups").format(campaign=step.campaign, step=step.step, groups=step.groups)
    return f"{_moment(step.due, zone)} {place}: {said}"


def _task(task: TaskView, facts: HandoverFacts) -> str:
    due = _moment(task.due, facts.zone) if task.due else ""
    is_late = task.due is not None and task.due < facts.now
    late = _("(overdue)") if is_late else ""
    return _words(f"#{task.number}", due, late, task.group or "", task.assignee or "", short(task.text))


def _waiting(facts: HandoverFacts) -> Iterator[str]:
    for row in facts.pending:
        yield _words(
            f"{row.campaign}/{row.step}", row.group, state_word(row.state), _moment(row.due, facts.zone), row.reason
        )
    for card in facts.cards:
        yield _words(f"#{card.number}", f"({card.place})", short(card.text))


def _people(facts: HandoverFacts) -> Iterator[str]:
    if facts.admin_groups:
        yield _("Commands are taken in: {groups}").format(groups=joined(facts.admin_groups))
    for one in facts.people:
        bound = _("known at {accounts}").format(accounts=joined(one.bound)) if one.bound else _("not bound yet")
        yield _words(f"{one.name}: {one.role}", joined(one.squads), f"({bound})")
    for squad in facts.squads:
        text = _("Squad {name}: leader {leader}, chat {chat}, groups {groups}")
        yield text.format(
            name=squad.name,
            leader=squad.leader or "—",
            chat=squad.chat or "—",
            groups=_few(squad.groups),
        )


def _how_to(facts: HandoverFacts) -> Iterator[str]:
    example = next((one.id for one in facts.campaigns if one.is_running), _("ID"))
    yield _("See what goes out: /活动 今天, /活动 接下来; what is wrong: /状态, /诊断.")
    yield _("Stop a campaign: /活动 暂停 {campaign}; go on: /活动 恢复 {campaign}.").format(campaign=example)
    text = _("Change a step: /步骤 列表 {campaign}, then /步骤 改时间 or /步骤 改话术; it shows what changes.")
    yield text.format(campaign=example)
    yield _("Settle what nobody knows: /投递 未知结果, then one digit; held posts: /投递 待审.")
    yield _("Tick tasks off: /任务 我的, then one digit, or /任务 完成 and its number.")
    yield _("An account must log in: `groupbot accounts login NAME` on the machine; scan the code with its phone.")


def short(text: str) -> str:
    """Return `text` in one line of at most `LONGEST` signs."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def _few(names: Sequence[str], most: int = 8) -> str:
    more = len(names) - most
    return (joined(names[:most]) or "—") + (f" (+{more})" if more > 0 else "")


def _words(*words: str) -> str:
    return " ".join(filter(None, words))


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%m-%d %H:%M}"
