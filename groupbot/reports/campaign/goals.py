"""Goals against what was reached, and whether that is enough by now. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from groupbot.reports.campaign.funnel import rate_of
from groupbot.reports.campaign.measures import Measures
from groupbot.settings.tracking import BUILT_IN
from groupbot.sop.document import Goal
from groupbot.tracking.stages import Stage

_STAGES = (  # the first that a goal's words hold; money before people, paying before joining
    ("refunded", r"退款|退费|refund"),
    ("paid", r"成交|付费|付款|购买|下单|买|转化|订单|成单|paid|pay|buy|order|conver"),
    ("attended", r"到课|出勤|听课|观看|到场|参加|attend|watch"),
    ("signed_up", r"报名|注册|预约|领取|留资|手机号|sign.?up|regist"),
    ("replied", r"回复|互动|活跃|发言|打卡|repl|active"),
    ("left", r"退群|流失|留存|leave|churn"),
    ("joined", r"进群|入群|拉新|加群|新增|引流|人|join|member"),
)
_REVENUE = re.compile(r"营收|收入|销售额|流水|业绩|gmv|成交额|revenue|sales|[¥￥$]|元")
_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(万|千|w|k)?\s*(%|人|位|名|单|个)?")
_EACH = re.compile(r"\d\s*(?:次|遍|节课|times)")
"""How often each is to do something: nothing that is counted tells it."""
_TIMES = {"万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000}


class Measure(StrEnum):
    """What a goal is measured by."""

    PEOPLE = "people"
    RATE = "rate"
    REVENUE = "revenue"


@dataclass(frozen=True, kw_only=True, slots=True)
class GoalFigure:
    """A goal. `target`, `actual`: people, a rate, or money; None = not written, or not to be measured.

    `share`: actual / target; `pace`: the share that would be even by now, None when the campaign's days aren't known.
    """

    text: str
    stage: str = ""
    measure: Measure = Measure.PEOPLE
    target: Decimal | None = None
    actual: Decimal | None = None
    share: float | None = None
    pace: float | None = None

    @property
    def is_behind(self) -> bool:
        """Tell whether it falls short of an even pace by more than a tenth."""
        return self.share is not None and self.pace is not None and self.share < 0.9 * self.pace


def goal_figures(
    goals: Sequence[Goal], measures: Measures, along: Sequence[Stage], currency: str, pace: float | None
) -> tuple[GoalFigure, ...]:
    """Return how each goal stands."""
    return tuple(_figure(goal, measures, along, currency, pace) for goal in goals)


def _figure(goal: Goal, measures: Measures, along: Sequence[Stage], currency: str, pace: float | None) -> GoalFigure:
    words = unicodedata.normalize("NFKC", f"{goal.text} {goal.target}").casefold()
    number = _number(goal.target) or _number(goal.text)
    stage = _stage_of(words, along)
    if number is None or not number[0] or _EACH.search(words):  # 0 complaints is a wish about something else
        return GoalFigure(text=goal.text, stage=stage)
    target, measure = number
    if measure is None:
        measure = Measure.REVENUE if _REVENUE.search(words) else Measure.PEOPLE
    if not stage and measure is not Measure.REVENUE:
        return GoalFigure(text=goal.text)
    actual = _actual(measure, stage, measures, along, currency)
    return GoalFigure(
        text=goal.text,
        stage=stage,
        measure=measure,
        target=target,
        actual=actual,
        share=round(float(actual / target), 4) if actual is not None and target else None,
        pace=None if measure is Measure.RATE else pace,
    )


def _stage_of(words: str, along: Sequence[Stage]) -> str:
    own = next((one.name for one in along if one.name not in BUILT_IN and one.title.casefold() in words), "")
    return own or next((name for name, pattern in _STAGES if re.search(pattern, words)), "")


def _actual(measure: Measure, stage: str, measures: Measures, along: Sequence[Stage], currency: str) -> Decimal | None:
    match measure:
        case Measure.PEOPLE:
            return Decimal(measures.people(stage))
        case Measure.REVENUE:
            return measures.money_in(currency).revenue
        case Measure.RATE:
            found = rate_of(measures, along, stage)
            return None if found is None else Decimal(str(found))


def _number(text: str) -> tuple[Decimal, Measure | None] | None:
    """Return the number that `text` is about, and what its unit tells: 20% is a rate of 0.2, 100人 are people.

    Of several the first with a unit counts: in "9.9元课报名500人" the 500.
    """
    found = list(_NUMBER.finditer(unicodedata.normalize("NFKC", text).casefold()))
    best = next((one for one in found if one[3]), found[0] if found else None)
    if best is None:
        return None
    value = Decimal(best[1].replace(",", "")) * _TIMES.get(best[2] or "", 1)
    if best[3] == "%":
        return value / 100, Measure.RATE
    return value, Measure.PEOPLE if best[3] else None
