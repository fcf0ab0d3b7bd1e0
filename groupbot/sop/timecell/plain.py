"""The commonest cells, a day and one clock that nobody reads in two ways, without the words of the full grammar.

`read` gives what the full grammar gives, or None. It makes a sheet of hundreds of such cells load in half the time.
"""

from __future__ import annotations

import re

from groupbot.sop.timecell.day_words import calendar_day, campaign_day
from groupbot.sop.timecell.dayparts import PART_WORDS, DayPart, hour_in, is_ambiguous
from groupbot.sop.timecell.values import Carried, Listed, Scheduled, TimeContext, TimeReading
from groupbot.sop.timenode import DAY_MINUTES, Day, OnDay, Slot, TimeNodeError

_FORM = re.compile(
    r"(?:(?:第(?P<n>[1-9]\d?)天|[Dd](?:ay)? ?(?P<e>[1-9]\d?)|(?:(?P<y>20\d\d)-)?(?P<m>\d\d)-(?P<d>\d\d)"
    r"|(?P<m1>1?\d)月(?P<d1>[1-3]?\d)日) ?)?"
    r"(?:(?P<h>0[6-9]|1\d|2[0-3]|[6-9]):(?P<min>[0-5]\d)"
    r"|(?P<part>[早晚]上?|上午|中午|下午|傍晚)(?P<h1>1[0-2]|[1-9])(?::(?P<min1>[0-5]\d)|点(?P<half>半)?))",
    re.ASCII,
)
_PLAIN = Carried()


def read(text: str, context: TimeContext) -> TimeReading | None:
    """Return the reading of `text`, None when it takes the full grammar."""
    found = _FORM.fullmatch(text)
    if found is None or context.weekdays:
        return None
    carried = context.above.carried if context.above else _PLAIN
    own = _day(found)
    if own is None and max(found.start("h"), found.start("part")) > 0:  # a date that there is not
        return None
    days = carried.days if own is None else Listed(days=(own,))
    shift = carried.shift if own is None else 0
    part = PART_WORDS[found["part"]] if found["part"] else None
    inherits = part is None and carried.part and (own is None or days == carried.days)
    minute = _minute(found, part)
    if minute is None or inherits or not isinstance(days, Listed) or len(days.days) > 1:
        return None
    start = shift * DAY_MINUTES + minute
    return TimeReading(
        when=Scheduled(node=OnDay(day=days.days[0], slots=(Slot(start=start),))),
        carried=Carried(days=days, shift=shift, part=part, last=start),
    )


def _minute(found: re.Match[str], part: DayPart | None) -> int | None:
    """Return the minute of the day, None where the hour does not belong to the part of the day, or is doubtful."""
    if part is None:
        return int(found["h"]) * 60 + int(found["min"])
    written = int(found["h1"])
    hour = hour_in(part, written)
    if hour is None or is_ambiguous(part, written):
        return None
    return hour * 60 + (30 if found["half"] else int(found["min1"] or 0))


def _day(found: re.Match[str]) -> Day | None:
    """Return the day that is written, None for none or one that there is not."""
    if number := found["n"] or found["e"]:
        return campaign_day(int(number))
    month, day = found["m"] or found["m1"], found["d"] or found["d1"]
    if not month:
        return None
    try:
        return calendar_day(int(found["y"]) if found["y"] else None, int(month), int(day), found[0])
    except TimeNodeError:
        return None
