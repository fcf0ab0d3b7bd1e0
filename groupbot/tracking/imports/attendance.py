"""Lists of attendance: who was there, when, for how long. Pure."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, time, timedelta
from functools import partial

from groupbot.i18n import _
from groupbot.sop.workbook.grid import Book, Cell, Sheet
from groupbot.tracking.imports.cells import text, value
from groupbot.tracking.imports.headings import Field, Headings
from groupbot.tracking.imports.moments import moment_of
from groupbot.tracking.imports.people_cells import detail_of, first, who_of
from groupbot.tracking.imports.reading import left_out, read_rows, unclear
from groupbot.tracking.imports.values import Ground, ListRow, Reached, ReadList, Unclear

NEEDED = frozenset({Field.ATTENDED, Field.CHECKED_IN, Field.STAYED})
ATTENDED = "attended"
_YES = re.compile(
    r"是|有|到|已到|到课|已到课|已签到|签到|出勤|已出勤|已参加|参加|已打卡|打卡|正常|迟到|早退|√|✓|✔|☑|1|y"
    r"|yes|true|ok|present|attended|late"
)
_NO = re.compile(
    r"否|未|没|未到|没到|未到课|未签到|缺勤|缺席|旷课|请假|未参加|未打卡|×|✗|✘|x|0|n|no|false|absent|leave"
)
_CLOCK = re.compile(r"(?:(?P<h>\d{1,3}):)?(?P<m>\d{1,2}):(?P<s>\d{1,2})")
_WORDS = re.compile(
    r"(?:(?P<h>\d+(?:\.\d+)?)(?:小时|个小时|时|h|hours?|hrs?))?(?:(?P<m>\d+(?:\.\d+)?)(?:分钟?|min(?:ute)?s?|m))?(?:(?P<s>\d+)(?:秒钟?|s|sec(?:ond)?s?))?",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"\d{1,6}(?:\.\d+)?")
_UNITS = {"秒": 1, "s": 1, "sec": 1, "seconds": 1, "小时": 3_600, "时": 3_600, "h": 3_600, "hours": 3_600}
_MINUTE = 60


def read_attendance(book: Book, ground: Ground) -> ReadList:
    """Return every row of a list of attendance. Raises NoList."""
    return read_rows(book, NEEDED, partial(_attendance, ground))


def _attendance(ground: Ground, sheet: Sheet, headings: Headings, row: int) -> ListRow:
    _require_there(sheet, headings, row, ground)
    at = _time(sheet, headings, row, ground)
    who = who_of(sheet, headings, row)
    if not who:
        hint = _("Fill in who it was: 昵称, 手机号 or 成员ID.")
        raise left_out(sheet.where(row), "nobody", _("the row names nobody"), hint)
    lesson = detail_of(sheet, headings, row, Field.LESSON) or f"{at.astimezone(ground.zone):%Y-%m-%d}"
    of_row = attendance_key(lesson, f"{who.member} {who.tail} {who.name}")
    return ListRow(
        where=sheet.where(row),
        who=who,
        reached=(Reached(key=of_row, stage=ATTENDED, at=at),),
        detail=lesson,
        channel=first(sheet, headings, row, Field.CHANNEL),
        by_member=True,
    )


def attendance_key(lesson: str, who: str) -> str:
    """Return the key of somebody's attendance; it tells nobody's id."""
    digest = hashlib.sha256(f"{lesson} {who}".encode()).hexdigest()
    return f"attended:{digest[:24]}"


def is_attendance(key: str) -> bool:
    """Tell whether a key is made of whoever was there."""
    return key.startswith("attended:")


def _require_there(sheet: Sheet, headings: Headings, row: int, ground: Ground) -> None:
    """Refuse a row of somebody who was not there, or not for long enough."""
    for cell in headings.cells(sheet, row, Field.ATTENDED):
        word = re.sub(r"\s+", "", text(cell)).casefold()
        if _NO.fullmatch(word):
            raise left_out(sheet.at(cell), "absent", _("not there: {word}").format(word=text(cell)))
        if word and not _YES.fullmatch(word):
            hint = _("Write 是 or 否.")
            raise left_out(sheet.at(cell), "attended", _("{word} is neither yes nor no").format(word=text(cell)), hint)
    said = [headings.cells(sheet, row, name) for name in sorted(NEEDED) if headings.has(name)]
    if not any(text(cell) for cells in said for cell in cells):
        raise left_out(sheet.where(row), "absent", _("nothing says that they were there"))
    stayed = next(iter(headings.cells(sheet, row, Field.STAYED)), None)
    if stayed is None or not text(stayed):
        return
    if (length := _length(sheet, headings, stayed)) < ground.least or not length:
        raise left_out(sheet.at(stayed), "absent", _("there for {time} only").format(time=text(stayed)))


def _length(sheet: Sheet, headings: Headings, cell: Cell) -> timedelta:
    raw = value(cell)
    if isinstance(raw, time):
        return timedelta(hours=raw.hour, minutes=raw.minute, seconds=raw.second)
    if isinstance(raw, str):
        words = re.sub(r"\s+", "", raw)
        if _PLAIN.fullmatch(words):
            return timedelta(seconds=float(words) * _unit(sheet, headings, cell.column))
        found = _CLOCK.fullmatch(words) or _WORDS.fullmatch(words)
        if found is not None and any(found.groups()):
            hours, minutes, seconds = (float(found[name] or 0) for name in "hms")
            return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    reason = _("{word} is no length of time").format(word=text(cell))
    raise left_out(sheet.at(cell), "stayed", reason, _("Write minutes, as in 85."))


def _unit(sheet: Sheet, headings: Headings, column: int) -> int:
    """Return the seconds of a bare number: what the heading says in brackets, else minutes."""
    heading = sheet.seen(headings.row, column)
    said = re.findall(r"[(（\[]\s*(\w+)\s*[)）\]]", heading.text) if heading else []
    return next((_UNITS[word.casefold()] for word in said if word.casefold() in _UNITS), _MINUTE)


def _time(sheet: Sheet, headings: Headings, row: int, ground: Ground) -> datetime:
    for name in (Field.CHECKED_IN, Field.PAID_AT):
        for cell in headings.cells(sheet, row, name):
            if value(cell) == "":
                continue
            try:
                return moment_of(value(cell), ground)
            except Unclear as error:
                raise unclear(sheet, cell, "time", error) from error
    if ground.at is None:
        hint = _("Add a column 签到时间, or say the day of all such rows: --at 5-18, in chat 时间=5-18.")
        raise left_out(sheet.where(row), "time", _("the row has no time"), hint)
    return ground.at
