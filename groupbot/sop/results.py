"""What came of an SOP where it ran: kept with its template, so that who copies it sees whether it works. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from groupbot.i18n import _
from groupbot.sop.planned import Problem, Source

if TYPE_CHECKING:
    from groupbot.sop.schema import ResultsModel

PROVEN_GROUPS = 3
"""Groups in which an SOP must have run to its end before its copies are called proven."""
MANY_GROUPS = 30
"""From so many groups on, an SOP without any results is called unproven too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupResult:
    """What came of one group: deliveries, members who joined, messages of members."""

    sent: int = 0
    late: int = 0
    skipped: int = 0
    joins: int = 0
    replies: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class GoalResult:
    """What came of one goal; `result` is what the operator writes down, "" = not known."""

    text: str
    target: str = ""
    result: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """What came of one campaign. `finished`: groups in which nothing was left to send."""

    campaign: str
    finished: int = 0
    goals: tuple[GoalResult, ...] = ()
    groups: Mapping[str, GroupResult] = field(default_factory=dict)

    @property
    def total(self) -> GroupResult:
        """The sum over all groups."""
        names = [one.name for one in fields(GroupResult)]
        return GroupResult(**{name: sum(getattr(row, name) for row in self.groups.values()) for name in names})


def results_shape(results: Results) -> dict[str, Any]:
    """Return the values of `results` as a YAML file has them."""
    return {
        "campaign": results.campaign,
        "finished": f"{results.finished}",
        "goals": [{"text": goal.text, "target": goal.target, "result": goal.result} for goal in results.goals],
        "groups": {
            name: {one.name: f"{getattr(row, one.name)}" for one in fields(GroupResult)}
            for name, row in results.groups.items()
        },
    }


def read_results(model: ResultsModel | None) -> Results | None:
    """Return what the file tells of results, None when it tells nothing."""
    if model is None:
        return None
    return Results(
        campaign=model.campaign,
        finished=model.finished,
        goals=tuple(GoalResult(text=goal.text, target=goal.target, result=goal.result) for goal in model.goals),
        groups={name: GroupResult(**dict(row)) for name, row in model.groups.items()},
    )


def unproven(results: Results | None, *, groups: int, where: Source) -> list[Problem]:
    """Warn of copying on `groups` groups what has not been shown to work."""
    reason = _doubt(results, groups)
    if not reason:
        return []
    hint = _("Run it to its end on {count} groups first, then `groupbot campaign save-template` with --goal results.")
    return [
        Problem(
            level="warning",
            code="unproven",
            message=_("The SOP is copied before it is proven: {reason}").format(reason=reason),
            hint=hint.format(count=PROVEN_GROUPS),
            where=where,
        )
    ]


def _doubt(results: Results | None, groups: int) -> str:
    if results is None:
        return _("it has no results, and is for {count} groups.").format(count=groups) if groups >= MANY_GROUPS else ""
    if results.finished < PROVEN_GROUPS:
        return _("only {count} groups had finished.").format(count=results.finished)
    if not results.goals:
        return _("it names no goal.")
    missing = [goal.text for goal in results.goals if not goal.result]
    return _("nobody wrote down what came of: {goals}.").format(goals="; ".join(missing)) if missing else ""
