"""Which cells and columns hold times, by what their cells say rather than by a heading."""

from __future__ import annotations

from collections.abc import Sequence

from groupbot.sop.timecell.cell import read_time
from groupbot.sop.timecell.values import DAILY, Checklist, Scheduled, TimeContext, When
from groupbot.sop.timenode import TimeNodeError
from groupbot.sop.workbook.grid import Cell

_SAMPLE = 40
_MOST = 0.6
_LONG = 200
"""Characters: what is longer is words with a time at most in front."""


def says_time(cell: Cell) -> bool:
    """Return whether a cell holds a time, or something to wait for, and no words beside it."""
    return not isinstance(cell.value, str) or not isinstance(_when(cell.text), Checklist | None)


def says_day_or_clock(cell: Cell) -> bool:
    """Return whether a cell holds a day or clock and no words beside it."""
    return not isinstance(cell.value, str) or isinstance(_when(cell.text), Scheduled)


def _when(text: str) -> When | None:
    """Return what a cell says of a time, None when it says no time or more than that."""
    if len(text) > _LONG:
        return None
    try:
        reading = read_time(text, TimeContext(otherwise=DAILY))
    except TimeNodeError:
        return None
    return None if reading.script else reading.when


def mostly_times(cells: Sequence[Cell]) -> bool:
    """Return whether most of a column's `cells`, more than one, are times."""
    sample = cells[:_SAMPLE]
    times = sum(says_time(cell) for cell in sample)
    return times > 1 and times >= _MOST * len(sample)
