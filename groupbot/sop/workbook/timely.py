"""Which cells and columns hold times, by what their cells say rather than by a heading."""

from __future__ import annotations

from collections.abc import Sequence

from groupbot.sop.timecell.cell import read_time
from groupbot.sop.timecell.values import DAILY, Checklist, TimeContext
from groupbot.sop.timenode import TimeNodeError
from groupbot.sop.workbook.grid import Cell

_SAMPLE = 40
_MOST = 0.6
_LONG = 200
"""Characters: what is longer is words with a time at most in front."""


def says_time(cell: Cell) -> bool:
    """Return whether a cell holds a time and no words beside it."""
    if not isinstance(cell.value, str):
        return True
    if len(cell.text) > _LONG:
        return False
    try:
        reading = read_time(cell.text, TimeContext(otherwise=DAILY))
    except TimeNodeError:
        return False
    return not isinstance(reading.when, Checklist) and not reading.script


def mostly_times(cells: Sequence[Cell]) -> bool:
    """Return whether most of a column's `cells`, more than one, are times."""
    sample = cells[:_SAMPLE]
    times = sum(says_time(cell) for cell in sample)
    return times > 1 and times >= _MOST * len(sample)
