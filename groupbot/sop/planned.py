"""What planning an SOP gives: values that a campaign hands to the ledger and `sop plan` prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from groupbot.core.content import Part
from groupbot.core.policies import Policies
from groupbot.errors import GroupbotError


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where something stands in the operator's file. Lines and rows count from 1; columns are sheet letters."""

    file: str
    line: int | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Something in an SOP that a person should mend. An error keeps the SOP from being launched, a warning doesn't.

    `code` is stable (`unknown-key`, `missing-material` …); `message` and `hint` are in the operator's language.
    """

    level: Literal["error", "warning"]
    code: str
    message: str
    hint: str = ""
    where: Source


class SopError(GroupbotError):
    """An SOP can't be used. `problems` holds every one found, not just the first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first = problems[0]
        place = first.where
        cell = f"{place.column or ''}{place.row or ''}"
        line = "".join(f":{piece}" for piece in (place.sheet, cell, place.line) if piece)
        super().__init__(f"{first.where.file}{line}: {first.message}", hint=first.hint)
        self.problems = problems


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanGroup:
    """What the planner needs to know of a group.

    `known`: its tags and squad are known; of a group that no config names they are not, and then it passes every
    choice by tag or squad, with an assumption that says so.
    """

    name: str
    tags: frozenset[str] = frozenset()
    squad: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    known: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedDelivery:
    """One step for one target at one time.

    `key` is `step/occurrence/target`; `occurrence` is the local date and the index of the clock within the step
    (`2026-05-18.0`). `due` and `until` are aware, in the SOP's zone; it starts at `due` and never after `until`.
    `ordinal` orders steps of equal due within a group, `priority` (higher first) between groups, never inside one.
    `speaker` is a role of the SOP, "" = the group's own account.
    """

    key: str
    step: str
    phase: str
    occurrence: str
    ordinal: int
    priority: int = 0
    due: datetime
    until: datetime | None = None
    group: str
    place: Literal["group", "member"] = "group"
    member: str | None = None
    speaker: str = ""
    parts: tuple[Part, ...]
    policies: Policies = Policies()
    assumptions: tuple[str, ...] = ()
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedTask:
    """A step that a person does. `key` is `step/occurrence/group` ("-" when it is not per group); `due` may be open."""

    key: str
    step: str
    phase: str
    text: str
    group: str | None = None
    assignee: str | None = None
    due: datetime | None = None
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedTrigger:
    """A step that waits for something to happen rather than for a clock."""

    step: str
    kind: str
    condition: str
    text: str
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Everything that one SOP version asks for on its groups. Ordered by (due, ordinal, group).

    `roles`: role name -> what operators call it.
    """

    sop: str
    title: str
    version: str
    timezone: str
    roles: Mapping[str, str] = field(default_factory=dict)
    deliveries: tuple[PlannedDelivery, ...] = ()
    triggers: tuple[PlannedTrigger, ...] = ()
    tasks: tuple[PlannedTask, ...] = ()
    problems: tuple[Problem, ...] = ()
