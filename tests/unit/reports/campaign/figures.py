"""What the tests of reports are made of: sums as the store gives them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from groupbot.reports.campaign.funnel import stages
from groupbot.reports.campaign.report import report
from groupbot.reports.campaign.values import CampaignFacts, Report, ReportFacts
from groupbot.sop.document import Goal
from groupbot.tracking import metrics
from groupbot.tracking.money import units

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 5, 18)


def yuan(amount: str) -> int:
    return units(Decimal(amount))


def people(**counts: int) -> dict[str, int]:
    """Sums of people by stage."""
    return {metrics.stage(name): n for name, n in counts.items()}


def campaign(*goals: Goal, last: date | None = date(2026, 5, 22), **squads: str) -> CampaignFacts:
    return CampaignFacts(
        id="camp", title="训练营", zone=SHANGHAI, first=FIRST, last=last, goals=goals, squads=squads or {"g1": "east"}
    )


def made(*goals: Goal, today: date = FIRST, by_day=None, last: date | None = date(2026, 5, 22), **more) -> Report:
    """The report on `by_day`; a plain mapping of sums stands for those of the first day."""
    return report(
        ReportFacts(
            campaign=campaign(*goals, last=last),
            currency="CNY",
            stages=more.pop("stages", stages()),
            today=today,
            by_day=by_day if by_day is not None else {},
            **more,
        )
    )


def on_first_day(sums: dict[str, int]) -> dict[str, dict[str, int]]:
    return {str(FIRST): sums}
