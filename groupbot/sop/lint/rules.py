"""All rules over one SOP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from groupbot.sop.document import Sop
from groupbot.sop.lint.deadlines import deadlines
from groupbot.sop.lint.findings import Findings
from groupbot.sop.lint.goals import goals
from groupbot.sop.lint.links import links
from groupbot.sop.lint.materials import materials
from groupbot.sop.lint.sameness import sameness
from groupbot.sop.lint.scene import Scene, before_launch, of_campaign
from groupbot.sop.lint.times import bursts, clashes, overlaps
from groupbot.sop.planned import PlanGroup, Problem


def lint(sop: Sop, *, start: date | None = None, event: datetime | None = None) -> tuple[Problem, ...]:
    """Return what to look at in `sop` before anybody names groups, in the order of the file."""
    return _lint(before_launch(sop, start=start, event=event))


def lint_campaign(
    sop: Sop,
    *,
    groups: Sequence[PlanGroup],
    start: date,
    event: datetime | None = None,
    begins: Mapping[tuple[str, str], datetime] | None = None,
) -> tuple[Problem, ...]:
    """Return what to look at when `sop` runs on `groups` from `start`; the parameters are those of `plan`.

    `begins`: by (step, occurrence) when its last group has it, as a stagger and the accounts' pace let foresee.
    """
    return _lint(of_campaign(sop, groups=groups, start=start, event=event, begins=begins))


def _lint(scene: Scene) -> tuple[Problem, ...]:
    found = Findings()
    for rule in (goals, clashes, overlaps, bursts, deadlines, materials, links, sameness):
        rule(scene, found)
    return found.notes.in_order()
