"""Matrices: days on top and clocks on the left, or the other way round; each filled cell between them is a step."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from groupbot.i18n import _
from groupbot.sop.document import Place
from groupbot.sop.timecell.values import DAILY, Scheduled, TimeContext, TimeReading, UnknownTime
from groupbot.sop.workbook.grid import Cell, Sheet
from groupbot.sop.workbook.headings import MAX_HEADING, Field
from groupbot.sop.workbook.matrix_days import (
    ascends,
    day_said,
    in_cell,
    is_weekday_sign,
    month_of,
    spanning,
    week_in,
    weekdays_of,
)
from groupbot.sop.workbook.matrix_rows import Label, Labels, labels_of
from groupbot.sop.workbook.named_clocks import read_named
from groupbot.sop.workbook.rows import Row
from groupbot.sop.workbook.table import Table
from groupbot.sop.workbook.timed_lines import opens_with_clock
from groupbot.sop.workbook.words import places_of

_DATED = re.compile(r"\d|第.{1,3}周")
_THAT_DAY = re.compile(r"当[天日]|活动日")
_COUNTED = re.compile(r"^\s*(?:t\s*[-+]|.{1,6}[前后]\s*[\d一二三四五六七八九十]+\s*天|倒计时)", re.IGNORECASE)
_CLOCK = re.compile(r"\d\s*(?:[:：]\s*\d{2}|[点时])")
_PLACED: Mapping[Place, Field] = {"member": Field.MEMBER_ACTION, "moments": Field.MOMENTS_ACTION}
_SAID = {Field.SCRIPT, Field.GROUP_ACTION, *_PLACED.values()}
_BESIDE = 100_000
"""Beyond the columns that a sheet has: where what other rows tell of a cell's column is put beside it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MatrixTimes:
    """When the step of one cell is: its band's clock on its column's days.

    `is_open`: the words must tell the clock and do not. `is_loose`: they tell it within the part of the day that the
    row is called by. `is_monthless`: the days are numbers of an unknown month.
    """

    band: str
    days: str
    weekdays: frozenset[int]
    event: str = ""
    is_open: bool = False
    is_loose: bool = False
    is_monthless: bool = False
    label: str = ""

    def of(self, row: Row) -> TimeReading:  # noqa: ARG002  # a matrix knows its place already
        """Return when the cell's step is; raises TimeNodeError."""
        if self.is_open:
            raise UnknownTime(
                _("`{label}` names no clock, and the words begin with none.").format(label=self.label[:30]),
                hint=_("Call the row by its clock, e.g. `20:00`, or begin the words with it."),
            )
        if self.is_monthless:
            raise UnknownTime(
                _("The days are numbers, and no title or sheet name says of which month."),
                hint=_("Write the month into the title, e.g. `2026年6月`."),
            )
        reading = self._read()
        if not isinstance(reading.when, Scheduled):
            return reading
        if _CLOCK.search(self.band) and (reading.script or not reading.when.has_clock):
            raise UnknownTime(
                _("`{label}` is understood in part only.").format(label=self.band[:30]),
                hint=_("Write the clock alone, e.g. `20:00`."),
            )
        if self.is_loose:
            when, carried = replace(reading.when, has_clock=False), replace(reading.carried, last=None)
            return replace(reading, when=when, carried=carried)
        return reading

    def _read(self) -> TimeReading:
        if self.weekdays and not _DATED.search(self.days):
            context = TimeContext(weekdays=self.weekdays, otherwise=DAILY, event=self.event)
            return read_named(self.band or self.days, context, "")
        return read_named(self.band, TimeContext(otherwise=DAILY, event=self.event), self.days)

    def name(self, row: Row) -> str:  # noqa: ARG002  # the same
        """Return what tells the cell's time from others in its step's id."""
        return f"{self.days} {self.band or self.label}".strip()


def cells_of(
    table: Table, pictures: dict[tuple[int, int], tuple[str, ...]], *, event: str
) -> Iterator[tuple[Row, MatrixTimes]]:
    """Yield each filled cell of a matrix as a row of its own, with its time."""
    yield from _Matrix(table=table, pictures=pictures, event=event).cells()


def about_rows(table: Table) -> list[int]:
    """Return the rows that tell of the columns (负责人, 主题) and are no posts."""
    return labels_of(table, table.columns.get(Field.WHEN, ())).about if table.days else []


@dataclass(kw_only=True, slots=True)
class _Matrix:
    table: Table
    pictures: dict[tuple[int, int], tuple[str, ...]]
    event: str
    left: tuple[int, ...] = field(init=False)
    tops: Mapping[int, Cell] = field(init=False)
    labels: Labels | None = field(init=False)
    month: tuple[int | None, int] | None = field(init=False)
    numbered: bool = field(init=False)
    _stage: str = ""
    _beside: str = ""

    def __post_init__(self) -> None:
        table = self.table
        self.left = table.columns.get(Field.WHEN if table.days else Field.DAY, ())
        self.tops = table.days or table.bands
        self.labels = labels_of(table, self.left) if table.days else None
        self.month = month_of(table.sheet, table.header)
        self.numbered = self.month is None and any(
            cell.text.isdecimal() and self._is_weekly(at)
            for at in table.days for row in table.rows if (cell := table.sheet.cell(row, at))
        )  # fmt: skip

    def cells(self) -> Iterator[tuple[Row, MatrixTimes]]:
        for number in self.table.rows:
            self._open(number)
            label = self.labels.posts.get(number) if self.labels else Label()
            if label is None:
                continue
            for column in self.tops:
                cell = self.table.sheet.cell(number, column)
                here = self.pictures.get((number, column), ())
                if cell is not None or here:
                    yield from self._cell(cell, label, (number, column), here)

    def _open(self, number: int) -> None:
        """Take the stage and the words on the left of a row; blank ones are those of the row above."""
        stages = self.table.columns.get(Field.STAGE, ())
        stage = next((cell for at in stages if (cell := self.table.sheet.seen(number, at))), None)
        self._stage = stage.text if stage else self._stage
        beside = " ".join(day_said(cell) for at in self.left if (cell := self.table.sheet.seen(number, at)))
        if self.table.bands and is_weekday_sign(beside):
            beside = f"周{beside}"
        self._beside = f"第{beside}天" if beside.isdecimal() else beside or self._beside

    def _cell(
        self, cell: Cell | None, label: Label, place: tuple[int, int], pictures: tuple[str, ...]
    ) -> Iterator[tuple[Row, MatrixTimes]]:
        number, column = place
        dated = in_cell(cell.text, self.month) if cell and self._is_weekly(column) else None
        if dated and not dated[1] and not pictures:
            return
        sheet = self.table.sheet
        extra: dict[int, Cell] = {}
        if cell and dated:
            extra[column] = cell = replace(cell, value=dated[1])
        columns = {name: at for name, at in self.table.columns.items() if name not in _SAID}
        said = _said_at(self.table, column)
        if said is Field.SCRIPT:
            columns = {name: at for name, at in self.table.columns.items() if name not in {*_SAID, Field.STEP}}
        columns[said] = (column,)
        clock = self._given(number, column, columns, extra)
        if label.place:
            extra[_BESIDE] = label.place
            columns[Field.CHANNEL] = (_BESIDE,)
        if extra:
            sheet = replace(sheet, rows=ChainMap({number: {**sheet.rows.get(number, {}), **extra}}, dict(sheet.rows)))
        own = replace(self.table, sheet=sheet, columns=columns)
        row = Row(table=own, number=number, stage=self._stage, pictures=pictures)
        yield row, self._times(label, column, number, clock=clock, words=cell.text if cell else "", dated=dated)

    def _given(self, number: int, column: int, columns: dict[Field, tuple[int, ...]], extra: dict[int, Cell]) -> str:
        """Put what other rows tell of a column beside its post, when it has only one; return its clock."""
        clock = ""
        for told, row in self.labels.given.items() if self.labels else ():
            cell = self.table.sheet.seen(row, column)
            if cell is None:
                continue
            if told is Field.WHEN:
                clock = cell.text
            elif self.labels and self._first(column) == number:
                extra[_BESIDE + len(extra) + 1] = cell
                columns[told] = (max(extra),)
        return clock

    def _first(self, column: int) -> int:
        """Return the only row with a post in a column, 0 when there are several."""
        rows = [row for row in (self.labels.posts if self.labels else ()) if self.table.sheet.cell(row, column)]
        return rows[0] if len(rows) == 1 else 0

    def _is_weekly(self, column: int) -> bool:
        """Return whether a column is headed by a weekday and no date."""
        text = day_said(self.tops[column])
        return bool(weekdays_of(text)) and not _DATED.search(text)

    def _times(
        self, label: Label, column: int, number: int, *, clock: str, words: str, dated: tuple[str, str] | None
    ) -> MatrixTimes:
        others = [other for other in self.tops if other != column and _spans(self.table.sheet, number, column, other)]
        headings = [self.tops[at] for at in (column, *others)]
        opens = bool(words) and opens_with_clock(words)
        if self.table.bands:
            bands = "、".join(cell.text.replace("\n", " ") for cell in headings)
            times = self._bounded(bands, self._beside, column)
            return replace(times, is_loose=opens and not _CLOCK.search(bands))
        days = dated[0] if dated else "、".join(self._day(at) for at in (column, *others))
        band = label.band or clock
        times = self._bounded(week_in(band) or band, days, column)
        wanting = label.is_open and not clock and not opens
        times = replace(times, is_loose=opens and not re.search(r"[\d一二三四五六七八九十]", band))
        return replace(times, is_open=wanting, is_monthless=self.numbered, label=self._beside)

    def _bounded(self, band: str, days: str, column: int) -> MatrixTimes:
        """Return the times on weekdays within the week that stands over them: `第2周`, a sheet called 6.1-6.7."""
        weekdays = weekdays_of(days)
        if weekdays and not _DATED.search(days):
            over = spanning(self.table.sheet, self.table.header, column) if self.table.days else ""
            week = "" if week_in(band) else week_in(over, self._stage, self.table.sheet.name)
            days = f"{week} {days}".strip()
        return MatrixTimes(band=band, days=days, weekdays=weekdays, event=self.event)

    def _day(self, column: int) -> str:
        """Return the day of a column; 当天 between 活动前1天 and 活动后1天 is the event's own."""
        heading = self.tops[column]
        if _THAT_DAY.fullmatch(heading.text) and any(_COUNTED.match(cell.text) for cell in self.tops.values()):
            return "T"
        return day_said(heading) if ascends(self.tops) else heading.text


def _said_at(table: Table, column: int) -> Field:
    """Return where a column's cells are said, by its heading (`私聊 21:30`) or the one merged across above it."""
    above = table.sheet.seen(table.header - 1, column)
    for heading in (table.sheet.seen(table.header, column), above):
        places = places_of(heading.text)[0] if heading and len(heading.text) <= MAX_HEADING else ()
        if len(places) == 1 and places[0] != "group":
            return _PLACED[places[0]]
    return Field.SCRIPT


def _spans(sheet: Sheet, row: int, column: int, other: int) -> bool:
    """Return whether the cell at `column` is merged over `other` too."""
    return sheet.covered.get((row, other)) == (row, column)
