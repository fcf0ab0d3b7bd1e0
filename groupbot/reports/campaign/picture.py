"""The evening card as a picture that is read on a phone: goals, funnel, money, tables, what to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from groupbot.i18n import _
from groupbot.reports.campaign.goals import GoalFigure
from groupbot.reports.campaign.measures import Measures, paid_rate, rate, replies_within, wrote
from groupbot.reports.campaign.shown import change, duration, money, number, share
from groupbot.reports.campaign.values import By, Report
from groupbot.reports.campaign.values import Row as Line
from groupbot.reports.campaign.words import MOST_ROWS, goal_line, title
from groupbot.reports.letters import Letters
from groupbot.reports.pictures import Row, Section, card
from groupbot.tracking import metrics
from groupbot.tracking.stages import JOINED, LEFT, PAID


def picture(report: Report, letters: Letters) -> bytes:
    """Return the card as a PNG. Takes up to 2 s: run it in a thread."""
    sections = [section for section in _sections(report) if section.rows]
    under = f"{report.campaign.id} · {report.campaign.zone.key}"
    return card(title(report), sections, letters, under=under, row_lines=3)


def _sections(report: Report) -> Iterator[Section]:
    yield Section(heading=_("Goals"), rows=tuple(_goal(one, report.currency) for one in report.goals))
    yield Section(heading=_("Funnel"), rows=tuple(_funnel(report)))
    yield Section(heading=_("Money"), rows=tuple(_money(report) if report.overall.money else ()))
    yield Section(heading=_("Groups today") if report.day else _("Groups"), rows=tuple(_talk(report)))
    for by, heading in ((By.CHANNEL, _("Channels")), (By.GROUP, _("Best groups"))):
        if sum(line.is_telling for line in report.rows.get(by, ())) > 1:
            yield Section(heading=heading, rows=tuple(_table(report, by)), note=_("joined → paid"))
    yield Section(heading=_("Asked most"), rows=tuple(Row(left="", words=text) for text in report.questions))
    remarks = (Row(left="", words=f"{place}. {text}", tone="task") for place, text in enumerate(report.outlook, 1))
    yield Section(heading=_("Look at tomorrow"), rows=tuple(remarks))


def _goal(goal: GoalFigure, currency: str) -> Row:
    words = goal_line(goal, currency)
    return Row(left="", words=words, right=share(goal.share), bar=goal.share, tone="bad" if goal.is_behind else "plain")


def _funnel(report: Report) -> Iterator[Row]:
    most = max((one.count for one in report.funnel), default=0)
    for one in report.funnel:
        if one.count:
            yield Row(
                left=one.stage.title,
                words=number(one.count),
                right=share(one.rate) if one.rate is not None else "",
                bar=one.count / most if most else None,
                tone="bad" if one.stage.name == LEFT else "plain",
            )


def _money(report: Report) -> Iterator[Row]:
    found, currency = report.measures.money_in(report.currency), report.currency
    yield Row(left=_("Revenue"), words=money(found.revenue, currency), right=_refunds(report))
    yield Row(left=_("Cost"), words=money(found.cost, currency), right=f"ROI {share(found.roi)}")


def _refunds(report: Report) -> str:
    found = report.measures.money_in(report.currency)
    return _("refunds {amount}").format(amount=money(found.refunds, report.currency)) if found.refunds else ""


def _talk(report: Report) -> Iterator[Row]:
    now, before = report.measures, report.before
    talk: tuple[tuple[str, Callable[[Measures], int]], ...] = (
        (_("Wrote"), lambda one: wrote(one, is_day=report.day is not None)),
        (_("Messages"), lambda one: one.other(metrics.MESSAGES)),
    )
    for label, of in talk:
        yield Row(left=label, words=number(of(now)), right=change(of(now), of(before) if before else None))
    if (within := replies_within(now)) is not None:
        yield Row(left=_("Reply"), words=_("half of first replies within {time}").format(time=duration(within)))
    if report.posts.due:
        words = _("{on_time} of {due} posts on time").format(on_time=report.posts.on_time, due=report.posts.due)
        all_well = report.posts.on_time == report.posts.due
        right = share(rate(report.posts.on_time, report.posts.due))
        yield Row(left=_("Deliveries"), words=words, right=right, tone="plain" if all_well else "bad")
    if report.incidents.opened or report.incidents.open:
        words = _("{opened} new, {open} open").format(opened=report.incidents.opened, open=report.incidents.open)
        yield Row(left=_("Cases"), words=words, tone="bad" if report.incidents.open else "plain")


def _table(report: Report, by: By) -> Iterator[Row]:
    def worth(line: Line) -> tuple[object, ...]:
        here = line.measures
        return -here.money_in(report.currency).revenue, -here.people(PAID), -here.people(JOINED)

    rows = sorted((row for row in report.rows[by] if row.is_telling), key=worth)
    most = max((row.measures.people(JOINED) for row in rows), default=0)
    for row in rows[:MOST_ROWS]:
        joined, paid = row.measures.people(JOINED), row.measures.people(PAID)
        words = f"{row.title or _('unknown')} · {number(joined)} → {number(paid)}"
        revenue = row.measures.money_in(report.currency).revenue
        right = f"{share(paid_rate(row.measures))} · {money(revenue, report.currency)}"
        yield Row(left="", words=words, right=right, bar=joined / most if most else None)
