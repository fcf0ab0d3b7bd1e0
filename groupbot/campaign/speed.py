"""Whether the accounts of a plan can keep its times. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from math import ceil

from groupbot.campaign.forecast import mean_interval
from groupbot.delivery.pacing import UNPACED, Pace
from groupbot.i18n import _
from groupbot.sop.planned import Plan, PlannedDelivery, Problem
from groupbot.sop.preview.expected import Expected

CODE = "pace-too-slow"
PUNCTUAL = timedelta(minutes=10)
"""How much later than the first group the last one may get a post before members of different groups compare."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Spread:
    """One time of one step on the groups of one account."""

    account: str
    rows: Sequence[tuple[PlannedDelivery, Expected]]

    @property
    def first(self) -> PlannedDelivery:
        return self.rows[0][0]

    @property
    def lasts(self) -> timedelta:
        """From when the step is due until the last group has its last part."""
        return max(expected.ends for _delivery, expected in self.rows) - self.first.due

    @property
    def allowed(self) -> timedelta:
        latest = self.first.policies.latest(self.first.due, self.first.until)
        return min(PUNCTUAL, latest - self.first.due) if latest else PUNCTUAL

    @property
    def left_out(self) -> int:
        return sum(expected.is_left_out for _delivery, expected in self.rows)

    @property
    def is_slow(self) -> bool:
        """Whether it keeps groups waiting; one with few messages is only behind others."""
        begins = max(expected.begins for _delivery, expected in self.rows)
        return bool(self.left_out) or begins - self.first.due > self.allowed


def speed_problems(
    plan: Plan,
    expected: Sequence[Expected],
    *,
    account_of: Callable[[PlannedDelivery], str],
    paces: Mapping[str, Pace],
    silenced: Mapping[str, Iterable[str]],
) -> list[Problem]:
    """Return a warning for each account that can't bring a step to all its groups in time, by its slowest step.

    `expected` goes with `plan.deliveries`; `silenced`: step -> its `lint_off`.
    """
    slow: dict[str, dict[str, _Spread]] = {}
    for spread in _spreads(plan, expected, account_of):
        step, steps = spread.first.step, slow.setdefault(spread.account, {})
        if CODE in silenced.get(step, ()) or not spread.is_slow:
            continue
        if step not in steps or spread.lasts > steps[step].lasts:
            steps[step] = spread
    return [_problem(steps, paces.get(account, UNPACED)) for account, steps in slow.items() if steps]


def _spreads(
    plan: Plan, expected: Sequence[Expected], account_of: Callable[[PlannedDelivery], str]
) -> Iterator[_Spread]:
    rows = zip(plan.deliveries, expected, strict=True)
    for _key, together in groupby(rows, key=lambda row: (row[0].step, row[0].occurrence)):
        by_account: dict[str, list[tuple[PlannedDelivery, Expected]]] = {}
        for row in together:
            by_account.setdefault(account_of(row[0]), []).append(row)
        yield from (_Spread(account=account, rows=found) for account, found in by_account.items())


def _problem(steps: Mapping[str, _Spread], pace: Pace) -> Problem:
    spread = max(steps.values(), key=lambda one: one.lasts)
    first = spread.first
    works = timedelta(seconds=mean_interval(pace) * sum(len(delivery.parts) for delivery, _expected in spread.rows))
    message = _(
        "{groups} groups x {parts} parts of `{step}` on {account}: due {due}, ended {end}; needs {n} more accounts."
    )
    said = [
        message.format(
            groups=len(spread.rows),
            parts=max(len(delivery.parts) for delivery, _expected in spread.rows),
            step=first.step,
            account=spread.account,
            due=f"{first.due:%m-%d %H:%M}",
            end=f"{first.due + spread.lasts:%H:%M}",
            n=max(ceil(works / max(spread.allowed, timedelta(minutes=1))) - 1, 1),
        )
    ]
    if spread.left_out:
        said.append(_("{n} groups would not get it, as too late.").format(n=spread.left_out))
    if len(steps) > 1:
        said.append(_("{n} more steps are late, too.").format(n=len(steps) - 1))
    return Problem(
        level="warning",
        code=CODE,
        message=" ".join(said),
        hint=_("Give some groups to other accounts, send fewer parts, or start some groups earlier."),
        where=first.source,
    )
