"""The evening card in words: what an operator reads in chat, on one screen. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from groupbot.i18n import _, joined
from groupbot.reports.campaign.goals import GoalFigure, Measure
from groupbot.reports.campaign.measures import Measures, each, paid_rate, rate, replies_within, wrote
from groupbot.reports.campaign.shown import DASH, change, duration, money, number, share
from groupbot.reports.campaign.values import By, Report, Row, StepFigures
from groupbot.tracking import metrics
from groupbot.tracking.stages import JOINED, LEFT, PAID

MOST_ROWS = 5
"""Rows of a table in chat; the file has all."""
MOST_ROWS_ASKED = 30
"""The same where somebody asked for them."""


def title(report: Report) -> str:
    """Return what the report is of."""
    name = report.campaign.title or report.campaign.id
    if report.day is None:
        return _("Report · {title} · until {day}").format(title=name, day=report.until)
    return _("Report · {title} · {day} (day {n})").format(title=name, day=report.day, n=report.number)


def card_text(report: Report) -> str:
    """Return the evening card."""
    return "\n".join((title(report), *lines(report)))


def rows_text(report: Report, by: By) -> str:
    """Return the rows of one dimension."""
    if by is By.STEP:
        return "\n".join((title(report), *map(_step, report.steps)))
    rows = list(report.rows.get(by, ()))
    note = filter(None, [still_run(report) if by is By.VARIANT else ""])
    return "\n".join((title(report), money_line(report), *table(rows, report, most=MOST_ROWS_ASKED), *note))


def still_run(report: Report) -> str:
    """Return what keeps a reader from taking the rates of variants for a verdict, "" when no experiment runs."""
    if not report.experiments:
        return ""
    text = _("Experiments that still run: {names}. These rates are no verdict: who stops at a lucky day errs.")
    return text.format(names=joined(report.experiments))


def _step(one: StepFigures) -> str:
    text = _("· {step}: {answered} of {asked} answered ({rate}), {on_time} of {due} posts on time")
    return text.format(
        step=one.step,
        answered=one.answered,
        asked=one.asked,
        rate=share(rate(one.answered, one.asked)),
        on_time=one.posts.on_time,
        due=one.posts.due,
    )


def lines(report: Report) -> Iterator[str]:
    """Return its lines."""
    for goal in report.goals:
        text = _("Goal: {goal}") if goal.share is None else _("Goal: {goal}, {share}")
        yield text.format(goal=goal_line(goal, report.currency), share=share(goal.share))
    yield _("Funnel: {stages}").format(stages=funnel_line(report))
    yield people_line(report)
    if report.overall.money:
        yield money_line(report)
    if report.posts.due:
        yield posts_line(report)
    if any(one.done or one.open for one in report.tasks):
        tasks = joined(f"{one.name or _('nobody')} {one.done}/{one.done + one.open}" for one in report.tasks)
        yield _("Tasks done: {tasks}").format(tasks=tasks)
    if report.incidents.opened or report.incidents.open:
        yield _("Complaints: {opened} new, {open} open").format(
            opened=report.incidents.opened, open=report.incidents.open
        )
    for by, head in ((By.CHANNEL, _("Channels:")), (By.GROUP, _("Groups:"))):
        rows = [row for row in report.rows.get(by, ()) if row.is_telling]
        if len(rows) > 1:
            yield head
            yield from table(rows, report)
    if report.questions:
        yield _("Asked most: {questions}").format(questions=" / ".join(report.questions))
    if report.outlook:
        yield _("Look at tomorrow:")
        yield from (f"{place}. {text}" for place, text in enumerate(report.outlook, 1))


def goal_line(goal: GoalFigure, currency: str) -> str:
    """Return one goal with how it stands."""
    if goal.target is None:
        return _("{text} (no figure to measure it by)").format(text=goal.text)

    def shown(value: Decimal | None) -> str:
        match goal.measure:
            case Measure.RATE:
                return share(None if value is None else float(value))
            case Measure.REVENUE:
                return money(value, currency)
        return number(value)

    text = _("{text}: {actual} of {target}").format(
        text=goal.text, actual=shown(goal.actual), target=shown(goal.target)
    )
    return text if goal.pace is None else _("{goal} (even pace {pace})").format(goal=text, pace=share(goal.pace))


def funnel_line(report: Report) -> str:
    """Return the funnel in one line; stages that nobody reached are left out."""
    pieces = [
        f"{one.stage.title} {number(one.count)}" + (f" ({share(one.rate)})" if one.rate is not None else "")
        for one in report.funnel
        if one.count and one.stage.name != LEFT
    ]
    return " → ".join(pieces) or DASH


def people_line(report: Report) -> str:
    """Return joins, leaves and talk, with the change since the day before."""
    now, before = report.measures, report.before

    def counted(of: Callable[[Measures], int]) -> str:
        changed = change(of(now), None if before is None else of(before))
        return f"{number(of(now))} ({changed})" if changed else number(of(now))

    text = _(
        "Joined {joined} · left {left} · wrote {active} · messages {messages} · half of first replies within {reply}"
    )
    return text.format(
        joined=counted(lambda one: one.people(JOINED)),
        left=counted(lambda one: one.people(LEFT)),
        active=counted(lambda one: wrote(one, is_day=report.day is not None)),
        messages=counted(lambda one: one.other(metrics.MESSAGES)),
        reply=duration(replies_within(now)),
    )


def money_line(report: Report) -> str:
    """Return revenue, cost and what follows from them."""
    found = report.measures.money_in(report.currency)
    text = _("Revenue {revenue} (refunds {refunds}) · cost {cost} · ROI {roi} · per join {joined} · per payer {paid}")
    told = text.format(
        revenue=money(found.revenue, report.currency),
        refunds=money(found.refunds, report.currency),
        cost=money(found.cost, report.currency),
        roi=share(found.roi),
        joined=money(each(found.cost, report.measures.people(JOINED)), report.currency),
        paid=money(each(found.cost, report.measures.people(PAID)), report.currency),
    )
    return " · ".join((told, *_apart(report)))


def _apart(report: Report) -> Iterator[str]:
    """Yield the money in other currencies, which is in no sum and in no ROI."""
    for currency, one in report.measures.money.items():
        if currency != report.currency:
            text = _("apart: revenue {revenue}, cost {cost}")
            yield text.format(revenue=money(one.revenue, currency), cost=money(one.cost, currency))


def posts_line(report: Report) -> str:
    """Return how many posts were on time."""
    posts = report.posts
    text = _("Posts on time: {on_time} of {due} ({rate}); late {late}, not made {missed}, open {open}")
    return text.format(
        on_time=posts.on_time,
        due=posts.due,
        rate=share(rate(posts.on_time, posts.due)),
        late=posts.late,
        missed=posts.missed,
        open=posts.open,
    )


def table(rows: list[Row], report: Report, most: int = MOST_ROWS) -> Iterator[str]:
    """Return the rows that brought most, each in a line."""

    def worth(row: Row) -> tuple[object, ...]:
        here = row.measures
        return -here.money_in(report.currency).revenue, -here.people(PAID), -here.people(JOINED), row.title

    rows = sorted(rows, key=worth)
    for row in rows[:most]:
        here = row.measures
        text = _("· {name}: joined {joined}, paid {paid} ({rate}), revenue {revenue}")
        yield text.format(
            name=row.title or _("unknown"),
            joined=number(here.people(JOINED)),
            paid=number(here.people(PAID)),
            rate=share(paid_rate(here)),
            revenue=money(here.money_in(report.currency).revenue, report.currency),
        )
    if len(rows) > most:
        yield _("…{n} more").format(n=len(rows) - most)
