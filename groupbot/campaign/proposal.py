"""What an edit would do to the deliveries of a campaign: counted before anything is changed. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from groupbot.campaign.launch import Examined
from groupbot.delivery.values import DeliveryView, NewDelivery, State
from groupbot.sop.difference import Change
from groupbot.sop.document import Sop, Step
from groupbot.sop.matching import Question
from groupbot.sop.merging import Conflict, Side
from groupbot.sop.planned import Plan, PlannedDelivery, Problem
from groupbot.sop.timenode import AfterStep, Repeat, single_nodes


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """What an operator wants a campaign to say from now on.

    `source`: the file, "" = a command. `base`: the version that the file was written from, None = the newest that came
    from it; `image`: what the file said when it was written, where that is less than the version. `own_ids`: the steps'
    ids are the campaign's, as with commands and undo: nothing is matched or merged. `answers` and `take` settle
    questions and conflicts.
    """

    campaign: str
    sop: Sop
    source: str = ""
    base: int | None = None
    image: Sop | None = None
    own_ids: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)
    take: Mapping[str, Side] = field(default_factory=dict)
    force_locked: bool = False
    by: str = ""
    note: str = ""
    restores: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Locked:
    """A delivery that the edit would change and that is too near its time for that."""

    key: str
    step: str
    group: str
    due: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """What becomes of deliveries, by key. Those that went out in part or whole are in none of them."""

    inserted: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()
    cancelled: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """What an edit comes to. `follows`: the version that it changes; `groups`: those in which something changes.

    `locked` stays as it is, or, when the edit is forced, is what changes shortly before its time.
    """

    edit: Edit
    follows: int
    changes: tuple[Change, ...] = ()
    questions: tuple[Question, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    problems: tuple[Problem, ...] = ()
    counts: Counts = Counts()
    locked: tuple[Locked, ...] = ()
    groups: tuple[str, ...] = ()
    examined: Examined | None = None

    @property
    def ok(self) -> bool:
        """Whether it can be applied as it is."""
        errors = any(problem.level == "error" for problem in self.problems)
        return self.examined is not None and not (self.questions or self.conflicts or errors)

    @property
    def empty(self) -> bool:
        """Whether it would change nothing."""
        counts = self.counts
        return self.ok and not (self.changes or counts.inserted or counts.moved or counts.cancelled)


def count(
    rows: Iterable[NewDelivery], unsent: Mapping[str, NewDelivery], views: Iterable[DeliveryView]
) -> tuple[Counts, frozenset[str]]:
    """Return what becomes of deliveries when `rows` are the plan, and the groups in which something does."""
    new = {row.key: row for row in rows}
    stored = {view.key: view for view in views if view.state is not State.CANCELLED}
    inserted = new.keys() - stored.keys()
    cancelled = unsent.keys() - new.keys()
    moved = {key for key in unsent.keys() & new.keys() if _differs(unsent[key], new[key])}
    touched = {new[key].group for key in inserted} | {unsent[key].group for key in cancelled | moved}
    counts = Counts(inserted=frozenset(inserted), moved=frozenset(moved), cancelled=frozenset(cancelled))
    return counts, frozenset(touched)


def _differs(old: NewDelivery, new: NewDelivery) -> bool:
    """Return whether a person would notice; the same as the store counts."""
    return replace(new, step=old.step, phase=old.phase, ordinal=old.ordinal) != old


def locked_by(
    counts: Counts, unsent: Mapping[str, NewDelivery], now: datetime, window: timedelta
) -> tuple[Locked, ...]:
    """Return what would change although its time is nearer than `window` and not over, by time."""
    changed = (unsent[key] for key in counts.moved | counts.cancelled)
    near = (row for row in changed if row.due <= now + window and not (row.late_at and row.late_at < now))
    rows = sorted(near, key=lambda row: (row.due, row.ordinal, row.group))
    return tuple(Locked(key=row.key, step=row.step, group=row.group, due=row.due) for row in rows)


def without_resent(
    plan: Plan, views: Sequence[DeliveryView], repeating: Collection[str], staying: Collection[str] = ()
) -> Plan:
    """Return `plan` without what went out already on another day: a step that moved keeps being the same post.

    `staying`: keys of what has not gone out, and will all the same. A day is part of a delivery's key, so a moved step
    has a new one. Steps that repeat are left alone: their next occurrence is another post.
    """
    stored: defaultdict[tuple[str, str], list[DeliveryView]] = defaultdict(list)
    for view in views:
        if view.state is not State.CANCELLED or view.part:
            stored[view.step, view.group].append(view)
    planned: defaultdict[tuple[str, str], list[PlannedDelivery]] = defaultdict(list)
    for delivery in plan.deliveries:
        if delivery.step not in repeating:
            planned[delivery.step, delivery.group].append(delivery)
    dropped = {key for place, new in planned.items() for key in _sent_before(stored.get(place, []), new, staying)}
    if not dropped:
        return plan
    return replace(plan, deliveries=tuple(row for row in plan.deliveries if row.key not in dropped))


def _sent_before(
    stored: Sequence[DeliveryView], planned: Sequence[PlannedDelivery], staying: Collection[str]
) -> list[str]:
    """Return the new keys whose counterpart, in the order of time, has begun to go out or will."""
    keys, known = {row.key for row in planned}, {view.key for view in stored}
    gone = sorted((view for view in stored if view.key not in keys), key=lambda view: view.due)
    come = sorted((row for row in planned if row.key not in known), key=lambda row: row.due)
    return [row.key for view, row in zip(gone, come, strict=False) if has_begun(view) or view.key in staying]


def has_begun(view: DeliveryView) -> bool:
    """Return whether something of it was posted, or may have been."""
    return view.part > 0 or view.state in {State.SENT, State.SENDING, State.UNKNOWN}


def repeating(*sops: Sop) -> frozenset[str]:
    """Return the steps that come again and again, and those that follow them."""
    return frozenset(name for sop in sops for name in _repeating({step.id: step for step in sop.steps}))


def _repeating(steps: Mapping[str, Step]) -> set[str]:
    found = {
        step.id for step in steps.values() if step.at and any(isinstance(n, Repeat) for n in single_nodes(step.at))
    }
    following = {step.id: step.at.step for step in steps.values() if isinstance(step.at, AfterStep)}
    while more := {name for name, leader in following.items() if leader in found} - found:
        found |= more
    return found
