"""The parts of a day and what an hour means within them: `晚8点` is 20:00, `中午1点` 13:00, `晚上12点` 24:00."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NOON = 12
LAST = 24


class DayPart(StrEnum):
    """A part of the day as operators name it; `DAY` stands for a day of which nothing is said."""

    DAWN = "dawn"
    MORNING = "morning"
    FORENOON = "forenoon"
    NOON = "noon"
    AFTERNOON = "afternoon"
    DUSK = "dusk"
    EVENING = "evening"
    NIGHT = "night"
    AM = "am"
    PM = "pm"
    DAY = "day"


PART_WORDS = {
    "凌晨": DayPart.DAWN, "拂晓": DayPart.DAWN,
    "清晨": DayPart.MORNING, "清早": DayPart.MORNING, "一早": DayPart.MORNING, "早晨": DayPart.MORNING,
    "早上": DayPart.MORNING, "早间": DayPart.MORNING, "早": DayPart.MORNING,
    "上午": DayPart.FORENOON, "午前": DayPart.FORENOON,
    "中午": DayPart.NOON, "正午": DayPart.NOON, "午间": DayPart.NOON, "晌午": DayPart.NOON,
    "午": DayPart.NOON, "noon": DayPart.NOON,
    "下午": DayPart.AFTERNOON, "午后": DayPart.AFTERNOON,
    "傍晚": DayPart.DUSK, "黄昏": DayPart.DUSK,
    "晚上": DayPart.EVENING, "晚间": DayPart.EVENING, "夜晚": DayPart.EVENING, "夜间": DayPart.EVENING,
    "夜里": DayPart.EVENING, "晚": DayPart.EVENING,
    "深夜": DayPart.NIGHT, "半夜": DayPart.NIGHT, "午夜": DayPart.NIGHT, "子夜": DayPart.NIGHT,
    "morning": DayPart.MORNING, "afternoon": DayPart.AFTERNOON, "evening": DayPart.EVENING,
    "a.m.": DayPart.AM, "am": DayPart.AM, "p.m.": DayPart.PM, "pm": DayPart.PM,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class DefaultClocks:
    """The clock, in minutes of the day, for a cell that names a part of the day only, or (`day`) a day only."""

    dawn: int = 5 * 60
    morning: int = 8 * 60
    forenoon: int = 10 * 60
    noon: int = 12 * 60
    afternoon: int = 15 * 60
    dusk: int = 18 * 60
    evening: int = 20 * 60
    night: int = 22 * 60
    am: int = 10 * 60
    pm: int = 15 * 60
    day: int = 10 * 60

    def of(self, part: DayPart) -> int:
        """Return the clock of `part`."""
        minute: int = getattr(self, part.value)
        return minute


def _same(first: int, last: int) -> dict[int, int]:
    return {hour: hour for hour in range(first, last + 1)}


def _later(first: int, last: int) -> dict[int, int]:
    return {hour: hour + NOON for hour in range(first, last + 1)}


_HOURS: dict[DayPart, dict[int, int]] = {
    DayPart.DAWN: _same(0, 6) | {12: 0},
    DayPart.MORNING: _same(1, 11),
    DayPart.FORENOON: _same(0, 12),
    DayPart.NOON: _same(10, 15) | _later(1, 3),
    DayPart.AFTERNOON: _same(12, 19) | _later(1, 11),
    DayPart.DUSK: _same(16, 20) | _later(4, 8),
    DayPart.EVENING: _same(17, 24) | _later(5, 11) | {12: 24, 0: 24},
    DayPart.NIGHT: _same(21, 24) | _later(9, 11) | {12: 24, 0: 24},
    DayPart.AM: _same(0, 11) | {12: 0},
    DayPart.PM: _same(12, 23) | _later(1, 11),
}
_AMBIGUOUS = {
    (DayPart.DAWN, 12), (DayPart.FORENOON, 12), (DayPart.FORENOON, 0), (DayPart.AFTERNOON, 12),
    (DayPart.EVENING, 12), (DayPart.EVENING, 0), (DayPart.NIGHT, 12), (DayPart.NIGHT, 0),
}  # fmt: skip
"""Where operators differ on which midnight or noon is meant."""


def hour_in(part: DayPart, hour: int) -> int | None:
    """Return the hour of the day (24 = its end) that `hour` means in `part`, or None when it means none."""
    return _HOURS[part].get(hour)


def is_ambiguous(part: DayPart, hour: int) -> bool:
    """Return whether people differ on what `hour` means in `part`."""
    return (part, hour) in _AMBIGUOUS


def part_of(minute: int) -> DayPart:
    """Return the part of the day in which a minute lies, for clocks that follow it."""
    if minute < NOON * 60:
        return DayPart.FORENOON
    return DayPart.AFTERNOON if minute < 18 * 60 else DayPart.EVENING
