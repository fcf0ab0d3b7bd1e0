"""Times in the rows of a matrix: a clock on its column's days, with or without the name of what happens then."""

from __future__ import annotations

from dataclasses import replace

from groupbot.i18n import _
from groupbot.sop.timecell.cell import read_time
from groupbot.sop.timecell.named import lone_clock, named_clock, part_in
from groupbot.sop.timecell.values import PlaceholderLeft, TimeContext, TimeReading
from groupbot.sop.timenode import TimeNodeError


def read_named(clock: str, context: TimeContext, days: str) -> TimeReading:
    """Read the time of `clock` on `days` ("" for those of `context`); a name before the clock is none of it.

    Raises TimeNodeError.
    """
    try:
        return read_time(f"{days} {clock}".strip(), context)
    except PlaceholderLeft:
        raise
    except TimeNodeError:
        named = named_clock(clock) or lone_clock(clock) if days or context.weekdays else None
        if named is None:
            raise
        reading = read_time(f"{days} {named[1]}".strip(), context)
        said = _("`{name}` is taken for a name: the clock behind it counts.").format(name=named[0])
        return replace(reading, assumptions=(*reading.assumptions, said))


def begins_with_part(clock: str) -> bool:
    """Return whether a clock's name tells the part of the day: it is no holiday that would be a day of its own."""
    named = named_clock(clock)
    return named is not None and bool(part_in(named[0]))
