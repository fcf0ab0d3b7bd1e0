"""What the rows of a matrix with days on top are called: a clock, a place, or something told of each day's posts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from groupbot.sop.timecell.named import part_in
from groupbot.sop.timecell.values import Checklist, Scheduled, TimeContext
from groupbot.sop.timenode import TimeNodeError
from groupbot.sop.workbook.grid import Cell
from groupbot.sop.workbook.headings import Field, exact_field, likely_field
from groupbot.sop.workbook.named_clocks import read_named
from groupbot.sop.workbook.table import Table
from groupbot.sop.workbook.words import places_of

_ABOUT = frozenset({
    Field.ACTOR, Field.SPEAKER, Field.REMARK, Field.STATUS, Field.METRIC, Field.GOAL, Field.AUDIENCE, Field.HINT,
    Field.ORDER,
})  # fmt: skip
_LIKELY = frozenset({Field.ACTOR, Field.STATUS, Field.METRIC, Field.REMARK})
_GIVEN = frozenset({Field.MATERIAL, Field.LINK, Field.WHEN})
"""What a row tells of each column that its posts need."""
_THEME = re.compile(
    r"(?:[今当每本][日天周]|核心|内容|活动)?(?:主题|重点)(?:词|内容)?|主讲.{0,2}|讲师|嘉宾|主持.?|主播|所?需?(?:物料|道具)(?:准备)?|值(?:班|守).{0,2}|当班|星期|日期|天气|节[日气]"
)
_BRIEF = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """How a row of posts is called. `band`: its clock, "" for none; `place`: the cell that names where it is said.

    `is_open`: the label tells neither, so that the words must begin with a clock.
    """

    band: str = ""
    place: Cell | None = None
    is_open: bool = False


@dataclass(kw_only=True, slots=True)
class Labels:
    """The rows of posts by number; rows about the columns by what they tell, and all of those."""

    posts: dict[int, Label] = field(default_factory=dict)
    given: dict[Field, int] = field(default_factory=dict)
    about: list[int] = field(default_factory=list)


def labels_of(table: Table, left: tuple[int, ...]) -> Labels:
    """Return what the rows below the days are called; a row without a label goes on with that of the row above."""
    found, above = Labels(), ""
    named: list[tuple[int, list[Cell]]] = []
    for row in table.rows:
        cells = [cell for at in left if (cell := table.sheet.seen(row, at))]
        named.append((row, cells))
    for row, cells in named:
        text = " ".join(cell.text for cell in cells) or above
        above = text
        told = _told(text)
        if told in _GIVEN:
            found.given.setdefault(told, row)
        if told and told is not Field.SCRIPT:
            found.about.append(row)
        else:
            found.posts[row] = Label() if told else _label(text, cells)
    if not found.posts:  # themes alone are what is posted
        found.posts = {row: Label() for row in found.about if row not in found.given.values()}
        found.about = [row for row in found.about if row not in found.posts]
    return found


def _told(text: str) -> Field | None:
    """Return what a row that is no clock tells of the columns; SCRIPT: their words; None for a row of posts."""
    if not text or len(text) > _BRIEF or part_in(text) or places_of(text)[0]:
        return None
    if _THEME.fullmatch(text):
        return Field.GOAL
    exact, likely = exact_field(text), likely_field(text)
    if exact in _ABOUT or exact in _GIVEN or exact is Field.SCRIPT:
        return exact
    return likely if likely in _LIKELY or likely in _GIVEN or likely is Field.SCRIPT else None


def _label(text: str, cells: list[Cell]) -> Label:
    if not text:
        return Label()
    text = text.replace("\n", " ")
    if _says_clock(text):
        return Label(band=text)
    places, outside = places_of(text)
    if len(text) <= _BRIEF and (places or outside):
        return Label(place=cells[-1] if cells else None)
    part = "中午" if text == "中" else part_in(text)
    return Label(band=part, is_open=not part)


def _says_clock(text: str) -> bool:
    """Return whether a label tells a time of the day, something to wait for, or a time that is wrong."""
    try:
        reading = read_named(text, TimeContext(), "D1")
    except TimeNodeError:
        return True
    if isinstance(reading.when, Scheduled):
        return reading.when.has_clock
    return not isinstance(reading.when, Checklist) or bool(reading.when.words)
