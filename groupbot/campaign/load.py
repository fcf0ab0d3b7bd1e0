"""Whether a plan fits into what its accounts may post in a day. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from groupbot.chat.words import kind_word
from groupbot.core.content import Text
from groupbot.delivery.budgets import cost
from groupbot.delivery.pacing import Pace
from groupbot.delivery.values import NewDelivery
from groupbot.i18n import _
from groupbot.sop.planned import Problem, Source

_POSTS = ""
"""Stands for all posts of an account beside the kinds that have a budget."""


def overload(rows: Sequence[NewDelivery], paces: Mapping[str, Pace], file: str, now: datetime) -> list[Problem]:
    """Return a warning for each account, and kind with a budget, that `rows` ask too much of on some day.

    It tells the first such day and its numbers. What is over by `now` and other campaigns are not counted.
    """
    planned = _planned(rows, paces, now)
    first: dict[tuple[str, str], tuple[date, int, int]] = {}
    for account, kind, day in sorted(planned):
        pace, wanted = paces[account], planned[account, kind, day]
        most = pace.budget_on(kind, day) if kind else pace.cap_on(day)
        if most and wanted > most:
            first.setdefault((account, kind), (day, most, wanted))
    return [_problem(account, kind, *found, paces[account], file) for (account, kind), found in first.items()]


def _planned(rows: Sequence[NewDelivery], paces: Mapping[str, Pace], now: datetime) -> Counter[tuple[str, str, date]]:
    planned: Counter[tuple[str, str, date]] = Counter()
    for row in rows:
        pace = paces.get(row.account)
        if pace is None or row.due < now:
            continue
        day = row.due.astimezone(ZoneInfo(pace.timezone)).date()
        for kind, amount in _costs(row):
            planned[row.account, kind, day] += amount
    return planned


def _costs(row: NewDelivery) -> Iterator[tuple[str, int]]:
    for part in row.parts:
        yield _POSTS, 1
        spent = cost(part.content)
        if spent.kind != Text.kind:
            yield spent.kind, spent.amount


def _problem(account: str, kind: str, day: date, most: int, wanted: int, pace: Pace, file: str) -> Problem:
    number = pace.warm_up.day(day) if pace.warm_up else None
    values = {"account": account, "day": f"{day:%m-%d}", "most": most, "wanted": wanted, "kind": kind_word(kind)}
    if kind:
        message = _("{account} may do {most} of this on {day} and {wanted} are planned: {kind}")
    elif number is not None:
        values["number"] = number
        message = _("{account} may post {most} on {day} (day {number} of its warm-up) and {wanted} are planned")
    else:
        message = _("{account} may post {most} on {day} and {wanted} are planned")
    return Problem(
        level="warning",
        code="over-budget" if kind else "over-cap",
        message=message.format(**values),
        hint=_(
            "What is over waits for the next day, or is left out as too late. Take fewer groups, give some to another "
            "account, or spread the steps over more days."
        ),
        where=Source(file=file),
    )
