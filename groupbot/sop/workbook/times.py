"""The time of a row: its day, clock, end and frequency columns put together and read by the one time parser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from groupbot.sop.open_end import format_at
from groupbot.sop.planned import Source
from groupbot.sop.timecell.cell import read_time
from groupbot.sop.timecell.day_words import EVENT_WORDS, OCCASIONS
from groupbot.sop.timecell.folding import fold
from groupbot.sop.timecell.values import DAILY, Checklist, Days, Listed, Scheduled, Span, TimeContext, TimeReading
from groupbot.sop.timecell.waiting import waiting
from groupbot.sop.timenode import CampaignDay, EventDay, TimeNodeError
from groupbot.sop.workbook.day_signs import DAYISH
from groupbot.sop.workbook.grid import Cell, Value
from groupbot.sop.workbook.headings import COUNTS_DOWN, Field, fold_heading
from groupbot.sop.workbook.named_clocks import begins_with_part, read_named
from groupbot.sop.workbook.rows import Row
from groupbot.sop.workbook.timely import says_day_or_clock

_NUMBERED_DAY = re.compile(r"(\d{1,3})(?:\.0)?(?:\s*[-~～至到—]\s*(\d{1,3}))?")
_COLUMNS = (Field.DAY, Field.WHEN, Field.OFTEN, Field.TRIGGER)
_FURTHER = frozenset({Field.LAST_DAY, Field.UNTIL, Field.OFTEN})
_ASIDE = re.compile(r"[（(【\[]([^()（）【】\[\]]{2,30})[)）】\]]")
_DATE = re.compile(r"(?:\d{4}\s*[-年/.]\s*)?\d{1,2}\s*[月/]\s*\d{1,2}\s*[日号]?(?![\d:：])")
_EVENT_DAY = re.compile(rf"(?:{EVENT_WORDS}|{OCCASIONS})当[天日]")
_WEEKDAY_SIGN = re.compile(r"[一二三四五六日天]")
_WEEKDAY_HEADING = re.compile(r"星期|周几|礼拜")
_ONCE = re.compile(r"(?:仅|只)?(?:单次|[一1]次(?:性)?)|不重复|once", re.IGNORECASE)
_THAT_DAY = re.compile(r"当[天日]")
_WEEK = re.compile(r"第\s*[一二三四五六七八九十\d]{1,3}\s*个?周(?![一二三四五六日天])")
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)[一二三四五六日天]")
_WEEKLY = re.compile(r"每?个?(?:周|星期|礼拜)[一二三四五六日天末、,，和及至到\-~—]+")
_CLOCK = re.compile(r"\d\s*[:：点时]")
_CLOSING = re.compile(r"[^，。,！!不未前]{0,6}(?:解散|散群|关群|闭群)[^，。,！!前]{0,4}")
_FLASH = re.compile(r"快闪|闪群|闪购|闪团")
_EVERY = re.compile(r"每[天日早晚]|daily|天天", re.IGNORECASE)
_DOTTED = re.compile(r"\d{1,2}\.[0-5]\d(?:\s*[-~～至到—]\s*\d{1,2}\.[0-5]\d)?")
_DOTTED_DAY = re.compile(r"(?<!\d)(\d{1,2})\.(\d{1,2})(?!\d)")
_LEFT = re.compile(r"(?:还[有剩]|倒计时)?(?P<after>.{0,4}后)?(?P<n>\d{1,3})\s*天?")
_DAY_HEADING = re.compile(r"^(?:天数|第几天|天|days?)$")


@dataclass(kw_only=True, slots=True)
class RowTimes:
    """Read the times of a table's rows from top to bottom; a clock alone takes the date of the row above.

    `otherwise`: the days of clocks in a table that names no day anywhere.
    """

    event: str = ""
    otherwise: Days | None = None
    above: TimeReading | None = None
    _stage: str = ""
    _stage_days: str = ""
    _week: str = ""
    _known: dict[Value, tuple[TimeReading | None, TimeReading]] = field(default_factory=dict)
    """Cell -> the row above, and how it was read below it: merged cells repeat the same few."""

    def of(self, row: Row) -> TimeReading:
        """Return when the row is; raises TimeNodeError."""
        written = self._in_week(row, time_of(row))
        staged = bool(row.stage) and bool(DAYISH.search(row.stage) or _EVERY.match(row.stage))
        if row.stage != self._stage and not row.table.has(Field.DAY):
            if staged:
                self._open_stage(row.stage)
            elif self._stage_days and self.above and isinstance(self.above.carried.days, Span):
                self.above, self._stage_days = None, ""  # the weekdays of the stage before
        self._stage = row.stage
        if staged and self._stage_days and isinstance(written, str) and _EVERY.match(written):
            written = f"{self._stage_days} {written}"  # every day of the stage's
        if isinstance(written, str) and _THAT_DAY.match(written) and self._counts_down():
            written = _THAT_DAY.sub("T", written, count=1)  # below 活动前1天 it is the event's own day
        if staged and written == "" and not row.table.has(*_COLUMNS):
            written = row.stage
        reading = self.read(written)
        if self.otherwise == DAILY and isinstance(reading.carried.days, Span) and reading.carried.days != DAILY:
            return reading  # `每周三` among clocks of every day
        if reading.carried.days is not None or isinstance(reading.when, Scheduled):
            self.above = reading
        elif isinstance(reading.when, Checklist) and row.own(Field.DAY):
            self._open_stage(_said(_day(row) or ""))
        return reading

    def _in_week(self, row: Row, written: Value) -> Value:
        """Return a weekday with the week that only the first of its rows names: `第1周 | 周一`, then ` | 周三`."""
        if not isinstance(written, str) or not row.table.has(Field.DAY):
            return written
        if week := _WEEK.match(written):
            self._week = week[0]
        elif not _WEEKDAY.match(written):
            self._week = "" if row.get(Field.DAY) else self._week
        elif self._week:
            return f"{self._week} {written}"
        return written

    def _counts_down(self) -> bool:
        days = self.above.carried.days if self.above else None
        return isinstance(days, Listed) and all(isinstance(day, EventDay) and day.days < 0 for day in days.days)

    def name(self, row: Row) -> str:
        """Return what tells the row's time from others in its step's id."""
        return _said(time_of(row))

    def open_sheet(self, name: str) -> None:
        """Let a sheet or title that is called by its day (`Day2`, `开售（3.23）`) give it to its clocks."""
        if DAYISH.search(name) or _EVENT_DAY.search(name):
            self._open_stage(name)

    def _open_stage(self, stage: str) -> None:
        """Let a stage that names a day (`第一天 破冰`) give it to the clocks below."""
        named, self._stage_days = DAYISH.search(stage), ""
        dates = _DATE.findall(stage) or _EVENT_DAY.findall(stage)
        pieces = (stage, *_ASIDE.findall(stage), stage[named.start() :] if named else "", *_ASIDE.split(stage))
        pieces = (*pieces, dates[0] if len(dates) == 1 else "")
        for text in dict.fromkeys(_DOTTED_DAY.sub(r"\1/\2", piece).strip() for piece in pieces if piece):
            try:
                reading = self.read(text)
            except TimeNodeError:
                continue
            if isinstance(reading.when, Scheduled) and not reading.when.has_clock:
                self.above, self._stage_days = reading, text
                return

    def read(self, written: Value, weekdays: frozenset[int] = frozenset()) -> TimeReading:
        """Return what a time cell says, by the row above."""
        known = None if weekdays else self._known.get(written)
        if known and (known[0] is self.above or known[0] == self.above):
            return known[1]
        context = TimeContext(above=self.above, weekdays=weekdays, otherwise=self.otherwise, event=self.event)
        named = isinstance(written, str) and begins_with_part(written)
        reading = read_named(str(written), context, "") if named else read_time(written, context)
        if not weekdays:
            self._known[written] = (self.above, reading)
        return reading


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenTime:
    """The time of a row whose cell held both time and words."""

    reading: TimeReading

    def of(self, row: Row) -> TimeReading:  # noqa: ARG002  # it is known already
        """Return it."""
        return self.reading

    def name(self, row: Row) -> str:  # noqa: ARG002  # the same
        """Return the time in words that stay the same."""
        when = self.reading.when
        return format_at(when.node) if isinstance(when, Scheduled) else str(getattr(when, "words", ""))


def time_of(row: Row) -> Value:
    """Return what the time columns of a row say together, "" for nothing."""
    day, clocks = _day(row), row.cells(Field.WHEN)
    if not row.says(_FURTHER):
        if day and not clocks:
            return day
        if len(clocks) == 1 and not day:
            return clocks[0].value
    last, clock, until, often = (row.get(field) for field in (Field.LAST_DAY, Field.WHEN, Field.UNTIL, Field.OFTEN))
    if clock and isinstance(clock.value, datetime) and not until:
        return clock.value
    if free := next((cell.text for cell in (often, clock) if cell and _is_free(cell.value)), ""):
        return free
    if often and _ONCE.fullmatch(often.text):
        often = None
    days = _said(day) if day else ""
    if last and days and _said(last.value) != days:
        days = f"{days}至{_said(last.value)}"
    clock_text = " ".join(_said(cell.value) for cell in clocks)
    if days and _DOTTED.fullmatch(clock_text):  # beside a day it can only be a clock
        clock_text = clock_text.replace(".", ":")
    if until and clock_text:
        midnight = " 00:00" if _is_midnight(clock, until) else ""
        clock_text = f"{clock_text}{midnight}-{_end(clock, until)}"
    said = " ".join(piece for piece in (days, _said(often.value) if often else "", clock_text) if piece)
    trigger = None if said else row.get(Field.TRIGGER)
    return trigger.value if trigger and says_day_or_clock(trigger) else said


def _is_free(value: Value) -> bool:
    """Return whether a cell leaves the time to a person: `不定期`, `随时`."""
    found = waiting(fold(value).text) if isinstance(value, str) and value else None
    return found is not None and isinstance(found.when, Checklist) and not found.stage


def time_place(row: Row) -> Source:
    """Return the cell that an operator mends when the row's time is wrong."""
    filled = next((name for name in (Field.WHEN, Field.DAY, Field.OFTEN, Field.TRIGGER) if row.get(name)), None)
    return row.where(filled or (Field.WHEN if row.table.has(Field.WHEN) else Field.DAY))


def names_days(rows: Sequence[Row]) -> bool:
    """Return whether any row, or the stage above it, names a day; else every clock of the table is meant daily.

    A weekday below clocks of their own (`9:30`, then `每周三`) says nothing of these.
    """
    clocked = False
    for row in rows:
        cells = [cell for name in (Field.WHEN, Field.OFTEN, Field.LAST_DAY, Field.TRIGGER) for cell in row.cells(name)]
        if row.get(Field.DAY) or DAYISH.search(row.stage) or any(_is_day(cell, weekly=not clocked) for cell in cells):
            return True
        clocked = clocked or any(_CLOCK.search(cell.text) for cell in cells)
    return False


def everyday(rows: Sequence[Row], *, event: str = "") -> Days | None:
    """Return the days of clocks that stand alone in this table: a group that is closed in it lives for one day."""
    if names_days(rows):
        return None
    return Listed(days=(EventDay(days=0) if event else CampaignDay(number=1),)) if any(map(_closes, rows)) else DAILY


def _closes(row: Row) -> bool:
    """Return whether a row ends the group, or its sheet is of a group that lasts for hours."""
    said = (row.text(field) for field in (Field.STEP, Field.SCRIPT, Field.GROUP_ACTION))
    return bool(_FLASH.search(row.table.sheet.name)) or any(_CLOSING.fullmatch(text) for text in said)


def _is_day(cell: Cell, *, weekly: bool) -> bool:
    if not isinstance(cell.value, str):
        return isinstance(cell.value, date)
    return bool(DAYISH.search(cell.value if weekly else _WEEKLY.sub("", cell.value)))


def _day(row: Row) -> Value | None:
    """Return the row's day; a bare number below `天数` is a day of the campaign."""
    cells = row.cells(Field.DAY)
    if not cells:
        return None
    if len(cells) > 1:  # 周次 and 星期, or a date and its weekday
        return " ".join(dict.fromkeys(_day_said(row, cell) for cell in cells))
    (cell,) = cells
    if isinstance(cell.value, str) and _WEEKDAY_SIGN.fullmatch(cell.value.strip()):
        return _day_said(row, cell)
    if isinstance(cell.value, str):
        if left := _days_left(row, cell.value.strip()):
            return left
        numbered = _NUMBERED_DAY.fullmatch(cell.value.strip())
        if numbered and _DAY_HEADING.match(fold_heading(row.table.heading(Field.DAY))):
            return f"第{numbered[1]}天-第{numbered[2]}天" if numbered[2] else f"第{numbered[1]}天"
    return cell.value


def _days_left(row: Row, said: str) -> str:
    """Return the day of the event that a bare count names below `距开业`: `7天` is T-7天; "" for another cell."""
    if not COUNTS_DOWN.fullmatch(fold_heading(row.table.heading(Field.DAY))):
        return ""
    if _THAT_DAY.fullmatch(said):
        return "T"
    count = _LEFT.fullmatch(said)
    if count is None:
        return ""
    days = count["n"]
    return "T" if days == "0" else f"T{'+' if count['after'] else '-'}{days}天"


def _day_said(row: Row, cell: Cell) -> str:
    """Return what a cell of a day says; `五` below `星期` is a Friday."""
    said = _said(cell.value)
    heading = row.table.sheet.seen(row.table.header, cell.column)
    below = heading is not None and _WEEKDAY_HEADING.search(heading.text)
    return f"周{said}" if below and _WEEKDAY_SIGN.fullmatch(said) else said


def _said(value: Value) -> str:
    match value:
        case str():
            return value.strip()
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case time():
            return value.strftime("%H:%M")
        case date():
            return value.isoformat()


def _is_midnight(begin: Cell | None, end: Cell) -> bool:
    """Return whether a window begins with a bare date and ends at a clock of a date: at 0:00, which cells leave out."""
    if begin is None or not isinstance(end.value, datetime):
        return False
    return isinstance(begin.value, date) and not isinstance(begin.value, datetime)


def _end(begin: Cell | None, end: Cell) -> str:
    """Return the end of a window; of the same date only its clock."""
    if begin and isinstance(begin.value, date) and isinstance(end.value, datetime):
        first = begin.value.date() if isinstance(begin.value, datetime) else begin.value
        return _said(end.value.time()) if end.value.date() == first else _said(end.value)
    return _said(end.value)
