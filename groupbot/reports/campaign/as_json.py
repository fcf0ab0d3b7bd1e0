"""The report as other programs read it: `report --json` of docs/cli.md. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from groupbot.reports.campaign.funnel import FunnelStage, funnel
from groupbot.reports.campaign.goals import GoalFigure
from groupbot.reports.campaign.measures import Measures, each, rate, replies_within
from groupbot.reports.campaign.values import By, MemberFigures, Posts, Report, StepFigures
from groupbot.tracking import metrics
from groupbot.tracking.stages import JOINED, PAID

PLAIN = (
    metrics.VISITS,
    metrics.PRESENT,
    metrics.REJOINED,
    metrics.LATE_FOUND,
    metrics.INVITED,
    metrics.MESSAGES,
    metrics.ACTIVE,
)


def as_json(report: Report, by: By) -> dict[str, Any]:
    """Return the report with its rows by `by`. Rates and what can't be divided are null."""
    facts = report.campaign
    return {
        "campaign": facts.id,
        "title": facts.title,
        "day": str(report.day) if report.day else None,
        "until": str(report.day or report.until),
        "goals": [_goal(goal) for goal in report.goals],
        "funnel": [_stage(stage) for stage in report.funnel],
        **_money(report.measures, report.currency),
        **_counts(report.measures),
        "first_reply_s": replies_within(report.measures),
        "posts": _posts(report.posts),
        "incidents": {"opened": report.incidents.opened, "open": report.incidents.open},
        "tasks": [
            {"person": one.name or None, "done": one.done, "late": one.late, "open": one.open, "overdue": one.overdue}
            for one in report.tasks
        ],
        "talks": [
            {"person": one.person, "talked": one.talked, "paid": one.paid, "rate": rate(one.paid, one.talked)}
            for one in report.talks
        ],
        "cohorts": [{"day": one.day, **one.stages} for one in report.cohorts],
        "questions": list(report.questions),
        "outlook": list(report.outlook),
        "by": by.value,
        **({"experiments_running": list(report.experiments)} if by is By.VARIANT else {}),
        "rows": _rows(report, by),
    }


def _rows(report: Report, by: By) -> list[dict[str, Any]]:
    match by:
        case By.STEP:
            return [_step(one) for one in report.steps]
        case By.MEMBER:
            return [_member(one, report) for one in report.members]
    rows = []
    for row in report.rows.get(by, ()):
        plan = {"planned_joins": row.planned.joins, "planned_cost": _amount(row.planned.cost)} if row.planned else {}
        rows.append(
            {
                by.value: row.key or None,
                **{stage.stage.name: stage.count for stage in funnel(row.measures, report.stages)},
                "rates": {one.stage.name: one.rate for one in funnel(row.measures, report.stages) if one.stage.of},
                **_counts(row.measures),
                **_money(row.measures, report.currency),
                **plan,
            }
        )
    return rows


def _goal(goal: GoalFigure) -> dict[str, Any]:
    return {
        "text": goal.text,
        "stage": goal.stage or None,
        "measure": goal.measure.value,
        "target": _amount(goal.target),
        "actual": _amount(goal.actual),
        "share": goal.share,
        "pace": goal.pace,
    }


def _stage(one: FunnelStage) -> dict[str, Any]:
    return {
        "stage": one.stage.name,
        "title": one.stage.title,
        "count": one.count,
        "of": one.of or None,
        "rate": one.rate,
    }


def _money(found: Measures, currency: str) -> dict[str, Any]:
    """Return the money in the report's currency; what came in others stands beside it."""
    here = found.money_in(currency)
    apart = {name: one for name, one in found.money.items() if name != currency}
    others = {name: _amount(one.revenue) for name, one in apart.items()}
    costs = {name: _amount(one.cost) for name, one in apart.items() if one.cost is not None}
    return {
        "currency": currency,
        "gross": _amount(here.gross),
        "refunds": _amount(here.refunds),
        "revenue": _amount(here.revenue),
        "cost": _amount(here.cost),
        "roi": here.roi,
        "revenue_per_cost": here.revenue_per_cost,
        "cost_per_joined": _amount(each(here.cost, found.people(JOINED))),
        "cost_per_paid": _amount(each(here.cost, found.people(PAID))),
        **({"other_currencies": others} if others else {}),
        **({"other_costs": costs} if costs else {}),
    }


def _counts(found: Measures) -> dict[str, Any]:
    joined, visits = found.people(JOINED), found.other(metrics.VISITS)
    counts: dict[str, Any] = {name: found.other(name) for name in PLAIN}
    return counts | {"join_rate": rate(joined, visits) if joined <= visits else None}  # others came without a code


def _posts(posts: Posts) -> dict[str, Any]:
    return {
        "due": posts.due,
        "on_time": posts.on_time,
        "late": posts.late,
        "missed": posts.missed,
        "open": posts.open,
        "on_time_rate": rate(posts.on_time, posts.due),
    }


def _step(one: StepFigures) -> dict[str, Any]:
    return {
        "step": one.step,
        "asked": one.asked,
        "answered": one.answered,
        "rate": rate(one.answered, one.asked),
        **_posts(one.posts),
    }


def _member(one: MemberFigures, report: Report) -> dict[str, Any]:
    zone = report.campaign.zone
    return {
        "member": one.member,
        "name": one.name or None,
        "group": one.group or None,
        "channel": one.channel or None,
        "variant": one.variant or None,
        "inviter": one.inviter or None,
        "reached": {stage: at.astimezone(zone).isoformat(timespec="seconds") for stage, at in one.reached.items()},
        "revenue": _amount(one.paid),
        "currency": report.currency,
    }


def _amount(value: Decimal | None) -> int | float | None:
    """Return money, people or a rate as JSON holds it; four decimal places stay exact in a float up to 10^11."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
