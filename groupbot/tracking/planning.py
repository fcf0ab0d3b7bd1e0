"""What channels are planned to bring, beside what they brought (测算). Pure; money is Decimal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from groupbot.settings.tracking import ChannelSettings
from groupbot.tracking import metrics
from groupbot.tracking.money import amount

JOINED = metrics.stage("joined")
_CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanLine:
    """A channel, "" = unknown, or all of them. What is not planned, or has no denominator, is None.

    `title`: what people call the channel.

    `joins` = reach x join rate; `groups` = joins / seats, rounded up; costs in the currency of [tracking].
    """

    channel: str
    title: str = ""
    reach: int | None = None
    join_rate: Decimal | None = None
    joins: int | None = None
    groups: int | None = None
    cost: Decimal | None = None
    joined: int = 0
    spent: Decimal = Decimal()
    is_total: bool = False

    @property
    def cost_per_join(self) -> Decimal | None:
        """What a join is planned to cost."""
        return per(self.cost, self.joins)

    @property
    def spent_per_join(self) -> Decimal | None:
        """What a join did cost, None as long as nothing was spent or nobody joined."""
        return per(self.spent, self.joined) if self.spent else None

    @property
    def join_share(self) -> Decimal | None:
        """The share of those who were to be reached that joined."""
        return Decimal(self.joined) / self.reach if self.reach else None


def per(money: Decimal | None, count: int | None) -> Decimal | None:
    """Return money for each, to the cent; None for nothing by nothing."""
    return (money / count).quantize(_CENT, rounding=ROUND_HALF_UP) if money is not None and count else None


def planned(
    channels: Sequence[ChannelSettings], sums: Mapping[tuple[str, ...], int], *, seats: int, currency: str
) -> tuple[PlanLine, ...]:
    """Return a line for each channel, those without a plan behind, and the total last.

    `sums`: by (metric, channel), of joins and costs. The total's groups are those that all joins need together.
    """
    spent_as = metrics.cost(currency)
    names = dict.fromkeys((*(one.name for one in channels), *sorted(channel for _metric, channel in sums)))
    plans = {one.name: one for one in channels}
    lines = [
        _line(plans.get(name), name, sums.get((JOINED, name), 0), sums.get((spent_as, name), 0), seats)
        for name in names
    ]
    return (*lines, _total(lines, seats))


def _line(plan: ChannelSettings | None, name: str, joined: int, spent: int, seats: int) -> PlanLine:
    reach = (plan.plan.reach or None) if plan else None
    rate = plan.plan.join_rate if plan else None
    joins = _whole(reach * rate) if reach is not None and rate is not None else None
    return PlanLine(
        channel=name,
        title=(plan.title if plan else "") or name,
        reach=reach,
        join_rate=rate,
        joins=joins,
        groups=_groups(joins, seats),
        cost=plan.plan.cost if plan else None,
        joined=joined,
        spent=amount(spent),
    )


def _total(lines: Sequence[PlanLine], seats: int) -> PlanLine:
    joins = _sum(line.joins for line in lines)
    reach = _sum(line.reach for line in lines)
    costs = [line.cost for line in lines if line.cost is not None]
    return PlanLine(
        channel="",
        reach=reach,
        joins=joins,
        groups=_groups(joins, seats),
        cost=sum(costs, Decimal()) if costs else None,
        joined=sum(line.joined for line in lines),
        spent=sum((line.spent for line in lines), Decimal()),
        is_total=True,
    )


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _whole(value: Decimal) -> int:
    return int(value.to_integral_value(rounding=ROUND_HALF_UP))


def _groups(joins: int | None, seats: int) -> int | None:
    return None if joins is None else int((Decimal(joins) / seats).to_integral_value(rounding=ROUND_CEILING))
