"""What to look at tomorrow: at most three things, each stated from figures. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from groupbot.i18n import _, ngettext
from groupbot.reports.campaign.measures import paid_rate
from groupbot.reports.campaign.shown import money, number, share
from groupbot.reports.campaign.values import By, Report
from groupbot.tracking import metrics
from groupbot.tracking.stages import JOINED, LEFT, PAID

MOST = 3
ENOUGH = 30
"""People from which on a rate is compared with others: below it chance decides."""
MANY_LEFT = 3
"""Leaves in one group on a day from which on it is told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """Something worth a look; the greater `weight` comes first."""

    weight: float
    text: str


def outlook(report: Report) -> tuple[str, ...]:
    """Return at most `MOST` things, the most urgent first; nothing is invented where figures say nothing."""
    found = [remark for rule in _RULES for remark in rule(report)]
    found.sort(key=lambda one: -one.weight)
    return tuple(one.text for one in found[:MOST])


def _open_posts(report: Report) -> Iterator[Remark]:
    if report.posts.open:
        text = ngettext(
            "{n} post waits for a person's decision: /投递 待审, /投递 未知结果.",
            "{n} posts wait for a person's decision: /投递 待审, /投递 未知结果.",
            report.posts.open,
        )
        yield Remark(weight=100, text=text.format(n=report.posts.open))


def _incidents(report: Report) -> Iterator[Remark]:
    if report.incidents.open:
        text = ngettext("{n} complaint is still open.", "{n} complaints are still open.", report.incidents.open)
        yield Remark(weight=90, text=text.format(n=report.incidents.open))


def _goals(report: Report) -> Iterator[Remark]:
    for goal in report.goals:
        if goal.is_behind and goal.actual is not None and goal.target is not None:
            text = _("“{goal}” stands at {actual} of {target} ({share}); an even pace would be at {pace} by now.")
            words = text.format(
                goal=goal.text,
                actual=number(goal.actual),
                target=number(goal.target),
                share=share(goal.share),
                pace=share(goal.pace),
            )
            yield Remark(weight=80 + 10 * (1 - (goal.share or 0)), text=words)


def _late_posts(report: Report) -> Iterator[Remark]:
    posts = report.posts
    if posts.due and posts.late + posts.missed:
        text = _("Of {due} posts {late} were late and {missed} were not made.")
        weight = 40 + 40 * (posts.late + posts.missed) / posts.due
        yield Remark(weight=weight, text=text.format(due=posts.due, late=posts.late, missed=posts.missed))


def _overdue(report: Report) -> Iterator[Remark]:
    behind = [one for one in report.tasks if one.overdue]
    if behind:
        worst = max(behind, key=lambda one: one.overdue)
        everything = sum(one.overdue for one in behind)
        text = (
            _("{n} tasks are overdue, {most} of them {who}'s.")
            if len(behind) > 1
            else _("{who} has {n} overdue tasks.")
        )
        yield Remark(weight=50, text=text.format(n=everything, most=worst.overdue, who=worst.name or _("nobody")))


def _leaves(report: Report) -> Iterator[Remark]:
    rows = [row for row in report.rows.get(By.GROUP, ()) if row.measures.people(LEFT) >= MANY_LEFT]
    if not rows:
        return
    worst = max(rows, key=lambda row: row.measures.people(LEFT))
    everyone = report.measures.people(LEFT)
    groups = len(report.rows[By.GROUP])
    if worst.measures.people(LEFT) * groups > 2 * everyone or groups == 1:
        text = _("{n} of {all} who left were in {group}: what was posted there before they left?")
        yield Remark(weight=60, text=text.format(n=worst.measures.people(LEFT), all=everyone, group=worst.title))


def _quiet_steps(report: Report) -> Iterator[Remark]:
    rates = {one.step: one.answered / one.asked for one in report.steps if one.asked >= ENOUGH}
    if len(rates) < 3:  # noqa: PLR2004 - fewer have no middle
        return
    usual, (worst, lowest) = median(rates.values()), min(rates.items(), key=lambda item: (item[1], item[0]))
    if lowest < usual / 2:
        text = _("Step {step} was answered by {rate} of those who saw it, the usual is {usual}: try other words.")
        yield Remark(weight=45, text=text.format(step=worst, rate=share(lowest), usual=share(usual)))


def _channels(report: Report) -> Iterator[Remark]:
    rows = [row for row in report.rows.get(By.CHANNEL, ()) if row.key]
    costly = [row for row in rows if row.measures.money_in(report.currency).cost and not row.measures.people(PAID)]
    for row in costly[:1]:
        spent = row.measures.money_in(report.currency)
        text = _("Channel {channel} cost {cost} and nobody from it has paid so far ({joined} joined).")
        words = text.format(
            channel=row.title, cost=money(spent.cost, report.currency), joined=row.measures.people(JOINED)
        )
        yield Remark(weight=55, text=words)
    paying = {
        row.title: share_paid
        for row in rows
        if row.measures.people(JOINED) >= ENOUGH and (share_paid := paid_rate(row.measures)) is not None
    }
    if len(paying) > 1 and max(paying.values()) > 2 * min(paying.values()):
        best, worst = max(paying, key=lambda key: paying[key]), min(paying, key=lambda key: paying[key])
        text = _(
            "Of those from {best} {high} paid, of those from {worst} {low}: look at what differs before spending more."
        )
        words = text.format(best=best, high=share(paying[best]), worst=worst, low=share(paying[worst]))
        yield Remark(weight=35, text=words)


def _talks(report: Report) -> Iterator[Remark]:
    found = report.overall
    talked, bought = found.other(metrics.TALKED_TO), found.other(metrics.TALKED_TO_PAID)
    rest, others = found.people(JOINED) - talked, found.people(PAID) - bought
    if talked < ENOUGH or rest < ENOUGH or not 0 <= others <= rest:
        return
    text = _("{talked} members were talked to before they paid, {rest} were not; {with_talk} and {without} paid.")
    words = text.format(talked=talked, rest=rest, with_talk=share(bought / talked), without=share(others / rest))
    yield Remark(weight=30, text=words)


_RULES: tuple[Callable[[Report], Iterator[Remark]], ...] = (
    _open_posts,
    _incidents,
    _goals,
    _late_posts,
    _overdue,
    _leaves,
    _quiet_steps,
    _channels,
    _talks,
)
