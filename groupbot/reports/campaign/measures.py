"""What one line of a report says: people by stage, money, talk. Pure; whatever can't be divided is None, never 0."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from groupbot.tracking import metrics
from groupbot.tracking.money import amount
from groupbot.tracking.stages import JOINED, PAID, REPLIED

PLACES = 4
"""Decimal places of a rate: 40.71 % is 0.4071."""


def rate(part: float | Decimal, whole: float | Decimal | None) -> float | None:
    """Return `part` of `whole`, rounded; None when there is nothing to divide by."""
    return round(float(part / whole), PLACES) if whole else None  # type: ignore[operator]


def each(money: Decimal | None, people: int) -> Decimal | None:
    """Return what one of `people` cost, to the cent; None when that is not known."""
    return (money / people).quantize(Decimal("0.01")) if money is not None and people else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Money:
    """Money in one currency. `cost`: None = nobody wrote down what was spent."""

    currency: str
    gross: Decimal = Decimal(0)
    refunds: Decimal = Decimal(0)
    cost: Decimal | None = None

    @property
    def revenue(self) -> Decimal:
        """What came in, less what went back."""
        return self.gross - self.refunds

    @property
    def roi(self) -> float | None:
        """(revenue - cost) / cost; None without a cost."""
        return None if self.cost is None else rate(self.revenue - self.cost, self.cost)

    @property
    def revenue_per_cost(self) -> float | None:
        """Revenue / cost (投产比); None without a cost."""
        return None if self.cost is None else rate(self.revenue, self.cost)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """The figures of one day, group, channel or of all. `stages`: people by stage; `others`: metric -> count."""

    stages: Mapping[str, int] = field(default_factory=dict)
    others: Mapping[str, int] = field(default_factory=dict)
    money: Mapping[str, Money] = field(default_factory=dict)
    """By currency."""

    def people(self, stage: str) -> int:
        """Return how many reached `stage`."""
        return self.stages.get(stage, 0)

    def other(self, metric: str) -> int:
        """Return another count."""
        return self.others.get(metric, 0)

    def money_in(self, currency: str) -> Money:
        """Return the money in `currency`, also when there is none."""
        return self.money.get(currency, Money(currency=currency))


def paid_rate(found: Measures) -> float | None:
    """Return the share of those who joined that paid; None where more paid: they had joined before."""
    paid, joined = found.people(PAID), found.people(JOINED)
    return rate(paid, joined) if paid <= joined else None


def wrote(found: Measures, *, is_day: bool) -> int:
    """Return how many people wrote; those of several days who wrote on more than one count once."""
    return found.other(metrics.ACTIVE) if is_day else found.people(REPLIED)


_MONEY = ("revenue", "refunds", "cost")


def measured(sums: Mapping[str, int]) -> Measures:
    """Sort the sums of one line, by metric, into measures."""
    stages: dict[str, int] = {}
    others: dict[str, int] = {}
    money: dict[str, dict[str, int]] = {}
    for metric, n in sums.items():
        kind, _sign, name = metric.partition(":")
        if kind == "stage":
            stages[name] = n
        elif kind in _MONEY:
            money.setdefault(name, {})[kind] = n
        else:
            others[metric] = n
    return Measures(
        stages=stages, others=others, money={name: _money(name, found) for name, found in sorted(money.items())}
    )


def added(sums: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    """Sort sums by (value, metric) into those of each value."""
    found: dict[str, dict[str, int]] = {}
    for (value, metric), n in sums.items():
        found.setdefault(value, {})[metric] = n
    return found


def total(lines: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Add the sums of all lines up, metric by metric."""
    found: Counter[str] = Counter()
    for line in lines.values():
        found.update(line)
    return dict(found)


def main_currency(usual: str, found: Measures) -> str:
    """Return the currency that a report speaks in: the usual one, unless all money is in one other."""
    used = list(found.money)
    return used[0] if len(used) == 1 else usual


def replies_within(found: Measures, share: float = 0.5) -> int | None:
    """Return within how many seconds at least `share` of the first replies came, as an upper bound; None = none came.

    0 stands for longer than the last bound of `metrics.FIRST_REPLY`.
    """
    counts = {bound: found.other(metrics.first_reply(bound)) for bound in (*metrics.FIRST_REPLY, 0)}
    everyone = sum(counts.values())
    if not everyone:
        return None
    reached = 0
    for bound, n in counts.items():
        reached += n
        if reached >= share * everyone:
            return bound
    return 0


def _money(currency: str, found: Mapping[str, int]) -> Money:
    return Money(
        currency=currency,
        gross=amount(found.get("revenue", 0)),
        refunds=amount(found.get("refunds", 0)),
        cost=amount(found["cost"]) if found.get("cost") else None,
    )
