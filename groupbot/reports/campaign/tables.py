"""The tables of a report as plain cells, for the page and the workbook. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from groupbot.i18n import _, joined
from groupbot.reports.campaign.goals import Measure
from groupbot.reports.campaign.measures import Measures, each, paid_rate, rate
from groupbot.reports.campaign.shown import duration
from groupbot.reports.campaign.values import By, Report
from groupbot.reports.campaign.words import still_run
from groupbot.tracking import metrics
from groupbot.tracking.stages import JOINED, PAID


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """A rate; shown in percent, None as a dash."""

    value: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sum:
    """An amount of money; None as a dash."""

    value: Decimal | None
    currency: str


Cell = str | int | Share | Sum


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table with its headings. `note` stands below it."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


def tables(report: Report, only: Sequence[By] = ()) -> Iterator[Table]:
    """Return every table that has rows, or those of `only` alone."""
    found = {by: _rows(report, by, head) for by, head in _headings().items()}
    found |= {By.STEP: _steps(report), By.MEMBER: _members(report)}
    if only:
        return (found[by] for by in only if found[by].rows)
    *lines, steps, members = found.values()
    everything = (
        _goals(report),
        _funnel(report),
        *lines,
        _cohorts(report),
        steps,
        _people(report),
        _tasks(report),
        members,
    )
    return (table for table in everything if table.rows)


def _headings() -> dict[By, str]:
    return {
        By.DAY: _("Day"),
        By.CHANNEL: _("Channel"),
        By.VARIANT: _("Variant"),
        By.GROUP: _("Group"),
        By.SQUAD: _("Squad"),
    }


def _goals(report: Report) -> Table:
    def cell(measure: Measure, value: Decimal | None) -> Cell:
        match measure:
            case Measure.RATE:
                return Share(value=None if value is None else float(value))
            case Measure.REVENUE:
                return Sum(value=value, currency=report.currency)
        return "—" if value is None else int(value)

    return Table(
        title=_("Goals"),
        headings=(_("Goal"), _("Target"), _("Reached"), _("Share"), _("Even pace")),
        rows=tuple(
            (
                one.text,
                cell(one.measure, one.target),
                cell(one.measure, one.actual),
                Share(value=one.share),
                Share(value=one.pace),
            )
            for one in report.goals
        ),
    )


def _funnel(report: Report) -> Table:
    titles = {stage.name: stage.title for stage in report.stages}
    return Table(
        title=_("Funnel"),
        headings=(_("Stage"), _("People"), _("Rate"), _("of")),
        rows=tuple(
            (one.stage.title, one.count, Share(value=one.rate), titles.get(one.of, "—")) for one in report.funnel
        ),
    )


def _rows(report: Report, by: By, head: str) -> Table:
    """Return the lines of one dimension, and below them their sum, which is the same in every table."""
    rows = report.rows.get(by, ())
    plan = by is By.CHANNEL and any(row.planned for row in rows)
    lines: list[tuple[Cell, ...]] = []
    for row in rows:
        planned: tuple[Cell, ...] = ()
        if plan:
            joins = row.planned.joins if row.planned else None
            cost = row.planned.cost if row.planned else None
            planned = ("—" if joins is None else joins, Sum(value=cost, currency=report.currency))
        lines.append((row.title or _("unknown"), *_line(row.measures, report), *planned))
    if len(lines) > 1:
        lines.append((_("Total"), *_line(report.measures, report), *(("", "") if plan else ())))
    stages = [stage.title for stage in report.stages]
    money = (_("Paid rate"), _("Revenue"), _("Refunds"), _("Cost"), _("ROI"), _("Cost per join"), _("Cost per payer"))
    more = (_("Planned joins"), _("Planned cost")) if plan else ()
    headings = (head, *stages, *money, _("Messages"), *more)
    note = still_run(report) if by is By.VARIANT else ""
    return Table(title=_("By {what}").format(what=head), headings=headings, rows=tuple(lines), note=note)


def _line(found: Measures, report: Report) -> tuple[Cell, ...]:
    here, currency = found.money_in(report.currency), report.currency
    return (
        *(found.people(stage.name) for stage in report.stages),
        Share(value=paid_rate(found)),
        Sum(value=here.revenue, currency=currency),
        Sum(value=here.refunds, currency=currency),
        Sum(value=here.cost, currency=currency),
        Share(value=here.roi),
        Sum(value=each(here.cost, found.people(JOINED)), currency=currency),
        Sum(value=each(here.cost, found.people(PAID)), currency=currency),
        found.other(metrics.MESSAGES),
    )


def _cohorts(report: Report) -> Table:
    used = [stage for stage in report.stages if any(one.stages.get(stage.name) for one in report.cohorts)]
    later = [stage for stage in used if stage.name != JOINED]
    return Table(
        title=_("By day of joining"),
        headings=(_("Joined on"), _("People"), *(piece for stage in later for piece in (stage.title, "%"))),
        rows=tuple(
            (
                one.day,
                one.stages.get(JOINED, 0),
                *(
                    piece
                    for stage in later
                    for piece in (
                        one.stages.get(stage.name, 0),
                        Share(value=rate(one.stages.get(stage.name, 0), one.stages.get(JOINED, 0))),
                    )
                ),
            )
            for one in report.cohorts
        ),
        note=_("How many of those who joined on a day have reached each stage by now."),
    )


def _steps(report: Report) -> Table:
    return Table(
        title=_("By step"),
        headings=(_("Step"), _("Deliveries"), _("On time"), _("Saw it"), _("Answered"), _("Rate")),
        rows=tuple(
            (
                one.step,
                one.posts.due,
                Share(value=rate(one.posts.on_time, one.posts.due)),
                one.asked,
                one.answered,
                Share(value=rate(one.answered, one.asked)),
            )
            for one in report.steps
        ),
        note=_("Saw it: members in the group when it was posted, added up over its posts."),
    )


def _people(report: Report) -> Table:
    return Table(
        title=_("Our people"),
        headings=(_("Name"), _("Talked to"), _("Paid"), _("Rate"), _("Questions answered"), _("Most within")),
        rows=tuple(
            (
                one.person,
                one.talked,
                one.paid,
                Share(value=rate(one.paid, one.talked)),
                sum(one.answers.values()),
                duration(_most_within(one.answers)),
            )
            for one in report.talks
        ),
    )


def _most_within(answers: dict[int, int] | object) -> int | None:
    """Return the bound within which at least half were answered."""
    counts = dict(answers) if isinstance(answers, dict) else {}
    everyone, reached = sum(counts.values()), 0
    for bound in (*metrics.FIRST_REPLY, 0):
        reached += counts.get(bound, 0)
        if everyone and reached * 2 >= everyone:
            return bound
    return None


def _tasks(report: Report) -> Table:
    return Table(
        title=_("Tasks"),
        headings=(_("Name"), _("Done"), _("of them late"), _("Open"), _("Overdue")),
        rows=tuple((one.name or _("nobody"), one.done, one.late, one.open, one.overdue) for one in report.tasks),
    )


def _members(report: Report) -> Table:
    zone = report.campaign.zone
    return Table(
        title=_("Members"),
        headings=(
            _("Member"),
            _("Name"),
            _("Group"),
            _("Channel"),
            _("Variant"),
            _("Invited by"),
            *(stage.title for stage in report.stages),
            _("Revenue"),
        ),
        rows=tuple(
            (
                one.member,
                one.name,
                one.group,
                one.channel,
                one.variant,
                one.inviter,
                *(
                    f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if (at := one.reached.get(stage.name)) else ""
                    for stage in report.stages
                ),
                Sum(value=one.paid, currency=report.currency),
            )
            for one in report.members
        ),
    )


def summary(report: Report) -> Sequence[tuple[str, str]]:
    """Return what stands above the tables: names with values."""
    questions = joined(report.questions) or "—"
    return (
        (_("Campaign"), f"{report.campaign.title} ({report.campaign.id})"),
        (_("Period"), str(report.day) if report.day else f"{report.campaign.first} – {report.until}"),
        (_("Asked most"), questions),
        *((_("Look at tomorrow") if place == 0 else "", text) for place, text in enumerate(report.outlook)),
    )
