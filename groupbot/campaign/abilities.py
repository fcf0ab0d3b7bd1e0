"""What accounts can't do where a plan wants it: such parts leave their delivery and become a task for a person.

Decided at launch, and decided again by each launch: what an account may do again goes back to it, as long as nobody
has done it by hand and its time has not come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from groupbot.campaign.by_hand import task_for
from groupbot.campaign.ports import Standings
from groupbot.campaign.tasks import Tasks
from groupbot.campaign.values import NewTask, TaskView
from groupbot.chat.capabilities import UNSEEN, Capabilities, Standing, obstacle
from groupbot.chat.words import kind_word
from groupbot.core.content import Content, file_of
from groupbot.core.events import Rank
from groupbot.delivery.values import DeliveryView, NewDelivery, State
from groupbot.i18n import _, joined, ngettext
from groupbot.sop.planned import Problem, Source

_CROWD = 1_000_000
_LEAST = Standing(rank=Rank.MEMBER, members=_CROWD)
"""Where an account may do least: a plain member of a huge group."""
_MEGABYTE = 1_000_000


def size_on_disk(path: str) -> int | None:
    """Return how many bytes a file has, None when it can't be read."""
    try:
        return Path(path).stat().st_size
    except OSError:
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Means:
    """What a launch asks about accounts. `abilities`: by account; one that is not named is taken to be able to all."""

    abilities: Mapping[str, Capabilities]
    standings: Standings
    tasks: Tasks
    size_of: Callable[[str], int | None] = size_on_disk


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What became of a campaign so far: deliveries that have begun, and tasks that hold what is posted by hand."""

    begun: Collection[str] = frozenset()
    by_hand: Mapping[str, TaskView] = field(default_factory=dict)

    @classmethod
    def of(cls, deliveries: Sequence[DeliveryView], tasks: Sequence[TaskView]) -> Past:
        """Return the past that the store tells of."""
        free = {State.PLANNED, State.HELD, State.CANCELLED}
        return cls(
            begun=frozenset(row.key for row in deliveries if row.part or row.state not in free),
            by_hand={task.key: task for task in tasks if task.parts and task.state != "cancelled"},
        )

    def stays(self, row: NewDelivery, now: datetime) -> TaskView | None:
        """Return the task whose content stays with its person, None when all of `row` may be shared anew."""
        task = self.by_hand.get(row.key)
        is_fixed = task and (task.state == "done" or row.due <= now or row.key in self.begun)
        return task if is_fixed else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Shared:
    """A plan shared between bot and people."""

    rows: Sequence[NewDelivery]
    tasks: Sequence[NewTask] = ()
    problems: Sequence[Problem] = ()


def share(
    rows: Sequence[NewDelivery],
    sources: Sequence[Source],
    *,
    means: Means,
    standings: Mapping[tuple[str, str], Standing],
    past: Past,
    now: datetime,
) -> Shared:
    """Return which parts of `rows` the accounts post and which people do; `sources` says where each row stands."""
    kept: list[NewDelivery] = []
    tasks: list[NewTask] = []
    judge = _Judge(means=means, standings=standings)
    report = _Report()
    for row, source in zip(rows, sources, strict=True):
        stays = past.stays(row, now)
        theirs = {part.content for part in stays.parts} if stays else set()
        judged = ("",) * len(row.parts) if row.key in past.begun else judge.reasons(row)
        asked = tuple("" if part.content in theirs else why for part, why in zip(row.parts, judged, strict=True))
        unsure = not stays and row.key not in past.begun and not any(judged) and judge.needs_rights(row)
        report.note(row, source, asked, unsure=unsure)
        tasks += _tasks(row, asked, stays)
        left = _without(row, [bool(why) or part.content in theirs for part, why in zip(row.parts, asked, strict=True)])
        kept += [left] if left.parts else []
    return Shared(rows=kept, tasks=tasks, problems=report.problems())


def is_private(row: NewDelivery) -> bool:
    """Tell whether `row` is meant for members one by one and names none: it must never be said in the group."""
    return row.place == "member" and row.member is None


def _tasks(row: NewDelivery, asked: Sequence[str], stays: TaskView | None) -> list[NewTask]:
    """Return the task for what is `asked` of a person, and for what an open one that stays holds already."""
    if not any(asked):
        return [_again(stays)] if stays else []
    told = {part.content for part in stays.parts} if stays and stays.state == "open" else set()
    again = _("a person was told to do it")
    return [
        task_for(
            row, [why or (again if part.content in told else "") for part, why in zip(row.parts, asked, strict=True)]
        )
    ]


def _without(row: NewDelivery, by_hand: Sequence[bool]) -> NewDelivery:
    if not any(by_hand):
        return row
    parts = [part for part, is_theirs in zip(row.parts, by_hand, strict=True) if not is_theirs]
    if parts and row.parts[0] is not parts[0]:
        parts[0] = replace(parts[0], gap_s=0.0)
    return replace(row, parts=tuple(parts))


def _again(task: TaskView) -> NewTask:
    return NewTask(**{name: getattr(task, name) for name in NewTask.__dataclass_fields__})


@dataclass(kw_only=True, slots=True)
class _Judge:
    """Say why parts can't be done; equal questions are asked once."""

    means: Means
    standings: Mapping[tuple[str, str], Standing]
    _known: dict[tuple[str, Standing, int], tuple[str, ...]] = field(default_factory=dict)
    _sizes: dict[str, int | None] = field(default_factory=dict)

    def reasons(self, row: NewDelivery) -> tuple[str, ...]:
        """Return for each part of `row` why its account can't do it, "" = it can."""
        if is_private(row):
            return (_("it is said to each member in private"),) * len(row.parts)
        return self._reasons(row, self.standings.get((row.account, row.group), UNSEEN))

    def needs_rights(self, row: NewDelivery) -> bool:
        """Tell whether the account may lack a right for `row`, where nobody has seen which it has."""
        unseen = self.standings.get((row.account, row.group), UNSEEN).rank is Rank.UNKNOWN
        return unseen and any(self._reasons(row, _LEAST))

    def _reasons(self, row: NewDelivery, standing: Standing) -> tuple[str, ...]:
        can = self.means.abilities.get(row.account)
        if can is None:
            return ("",) * len(row.parts)
        key = (row.account, standing, id(row.parts))  # the rows of a launch share their parts, and outlive this
        if key not in self._known:
            self._known[key] = tuple(self._reason(part.content, can, standing) for part in row.parts)
        return self._known[key]

    def _reason(self, content: Content, can: Capabilities, standing: Standing) -> str:
        return obstacle(content, can, standing) or self._too_large(file_of(content), can.max_file_bytes)

    def _too_large(self, path: str, most: int | None) -> str:
        if not path or most is None:
            return ""
        if path not in self._sizes:
            self._sizes[path] = self.means.size_of(path)
        size = self._sizes[path]
        if size is None or size <= most:
            return ""
        return _("the file has {size:.1f} MB, and the account can send {most:.1f} MB").format(
            size=size / _MEGABYTE, most=most / _MEGABYTE
        )


@dataclass(kw_only=True, slots=True)
class _Done:
    """What of a step people do for one reason."""

    source: Source
    groups: set[str] = field(default_factory=set)
    kinds: dict[str, None] = field(default_factory=dict)


@dataclass(kw_only=True, slots=True)
class _Report:
    """Collect what a launch tells: one warning for each step and reason, one for all that nobody knows."""

    by_hand: dict[tuple[str, str], _Done] = field(default_factory=dict)
    unsure: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    first_unsure: Source | None = None

    def note(self, row: NewDelivery, source: Source, reasons: Sequence[str], *, unsure: bool) -> None:
        """Take in what was found about one row."""
        for part, reason in zip(row.parts, reasons, strict=True):
            if reason:
                done = self.by_hand.setdefault((row.step, reason), _Done(source=source))
                done.groups.add(row.group)
                done.kinds[kind_word(part.content.kind)] = None
        if unsure:
            self.first_unsure = self.first_unsure or source
            self.unsure[row.step].add(row.group)

    def problems(self) -> list[Problem]:
        """Return the warnings."""
        found = [
            Problem(
                level="warning",
                code="done-by-person",
                message=ngettext(
                    "step {step}: a person must do {kinds} in {count} group: {reason}",
                    "step {step}: a person must do {kinds} in {count} groups: {reason}",
                    len(done.groups),
                ).format(step=step, kinds=joined(done.kinds), count=len(done.groups), reason=reason),
                hint=_("`groupbot tasks list` shows these tasks, `groupbot tasks show` what to post, ready to copy."),
                where=done.source,
            )
            for (step, reason), done in self.by_hand.items()
        ]
        return found + ([self._unsure(self.first_unsure)] if self.first_unsure else [])

    def _unsure(self, source: Source) -> Problem:
        count = len(set().union(*self.unsure.values()))
        return Problem(
            level="warning",
            code="rights-unknown",
            message=ngettext(
                "nobody has seen yet which rights the accounts have in {count} group; these steps need some: {steps}",
                "nobody has seen yet which rights the accounts have in {count} groups; these steps need some: {steps}",
                count,
            ).format(count=count, steps=joined(self.unsure)),
            hint=_("Let the daemon run until it has read the groups, then launch again; else the platform decides."),
            where=source,
        )
