"""Lists of groups: names, and what differs between them (first day, event, values of variables, accounts). Pure.

A list is a text of one name a line, or a table (.csv, .xlsx) whose headings say what a column holds: the group, its
first day, its event's time, the account that posts there; every other column is a variable or a role of the SOP.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from groupbot.i18n import _
from groupbot.sop.calendar import first_on_or_after
from groupbot.sop.document import Variable
from groupbot.sop.notes import Notes
from groupbot.sop.planned import SopError, Source
from groupbot.sop.schema_errors import did_you_mean
from groupbot.sop.timenode import CalendarDay, CampaignDay, OnDay, TimeNodeError
from groupbot.sop.timetext import parse_day, parse_time
from groupbot.sop.workbook.csv_file import read_csv
from groupbot.sop.workbook.grid import Cell, Sheet
from groupbot.sop.workbook.headings import fold_heading
from groupbot.sop.workbook.xlsx import read_xlsx

OWN = ""
"""The role of a group's own account: who speaks where a step names nobody."""
_HEADING_ROWS = 5
"""Within so many filled rows the headings are looked for; titles may stand above them."""


class Column(StrEnum):
    """What a column of a list holds, beside variables and roles of the SOP."""

    GROUP = "group"
    START = "start"
    EVENT = "event"
    ACCOUNT = "account"
    IGNORED = "ignored"


_WORDS: Mapping[Column, str] = {
    Column.GROUP: (
        "群 群名 群名称 群名字 群组 群聊 群聊名称 社群 社群名称 微信群 名称 班级 群号 group groups groupname name"
    ),
    Column.START: (
        "开始日期 起始日期 开营日期 开课日期 启动日期 首日 第一天 开始时间 开营时间 开始 日期 start startdate date "
        "firstday"
    ),
    Column.EVENT: "活动时间 直播时间 开播时间 事件时间 上课时间 开课时间 event eventtime live livetime",
    Column.ACCOUNT: "账号 机器人 机器人号 发送账号 发布账号 发言账号 号 account bot",
    Column.IGNORED: "序号 编号 备注 说明 no id remark remarks note notes #",
}
_MEANING = {word: column for column, words in _WORDS.items() for word in words.split()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What a list may speak of. `groups` and `accounts`: names of the project, None = not judged."""

    variables: Mapping[str, Variable] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    groups: Collection[str] | None = None
    accounts: Collection[str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedGroup:
    """A group of a list. `event` is wall clock; `accounts`: role (or `OWN`) -> account."""

    name: str
    start: date
    event: datetime | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)
    source: Source


_Meaning = Column | tuple[str, str]
"""A column's meaning: one of `Column`, else ("variable" or "role", its name)."""


def read_group_list(
    data: bytes, *, file: str, known: Known, start: date | None = None, today: date
) -> tuple[ListedGroup, ...]:
    """Return the groups of the list in their order; `file` names it in problems, and its ending says how to read it.

    `start`: the first day of groups that name none. A date without a year is the first on or after `today`, an event's
    on or after the group's first day. Raises SopError with every problem found, each with its row and column.
    """
    sheet = _sheet(data, file)
    reader = _Reader(sheet=sheet, known=known, start=start, today=today)
    found = tuple(reader.read())
    if not found and not reader.notes.errors:
        hint = _("Write one group name a line, or a table with the heading `group`.")
        reader.notes.error("empty-list", _("The list names no group."), sheet.where(), hint=hint)
    if reader.notes.errors:
        raise SopError(reader.notes.in_order())
    return found


def group_names(data: bytes, *, file: str) -> list[str]:
    """Return only the names of a list; raises SopError when there are none, or no column that holds them."""
    sheet = _sheet(data, file)
    reader = _Reader(sheet=sheet, known=Known(), start=date.min, today=date.min)
    columns = reader.columns(judged=False)
    if reader.notes.errors:
        raise SopError(reader.notes.in_order())
    at = next(column for column, meaning in columns.items() if meaning is Column.GROUP)
    return list(dict.fromkeys(cell.text.strip() for row in reader.rows() if (cell := sheet.cell(row, at))))


def _sheet(data: bytes, file: str) -> Sheet:
    is_workbook = file.casefold().endswith((".xlsx", ".xlsm", ".xls"))
    book = (read_xlsx if is_workbook else read_csv)(data, file=file)
    filled = [sheet for sheet in book.sheets if sheet.rows and not sheet.hidden]
    return filled[0] if filled else Sheet(file=file, name="", rows={})


@dataclass(kw_only=True, slots=True)
class _Reader:
    """Read one sheet; problems go to `notes`."""

    sheet: Sheet
    known: Known
    start: date | None
    today: date
    notes: Notes = field(default_factory=Notes)
    _header: int = 0

    def read(self) -> Iterator[ListedGroup]:
        """Yield the groups whose rows can be read."""
        columns = self.columns()
        seen: dict[str, int] = {}
        for row in self.rows() if not self.notes.errors else ():
            found = self._group(row, columns)
            if found is None:
                continue
            if found.name in seen:
                message = _("The group `{name}` is listed twice (first in row {row}).")
                said = message.format(name=found.name, row=seen[found.name])
                self.notes.error("duplicate-group", said, found.source, hint=_("Remove one of the rows."))
            seen.setdefault(found.name, row)
            yield found

    def rows(self) -> Iterator[int]:
        """Yield the rows below the headings that are no remarks."""
        for row in sorted(self.sheet.rows):
            if row > self._header and not self.sheet.filled(row)[0].text.startswith("#"):
                yield row

    def columns(self, *, judged: bool = True) -> dict[int, _Meaning]:
        """Return what each column holds; a list without headings is one of names. Unknown ones count when `judged`."""
        cells = self._headings()
        if not cells:
            widest = max((len(self.sheet.filled(row)) for row in self.rows()), default=0)
            if widest > 1:
                message = _("No heading of the list says which column holds the groups.")
                row = next(self.rows())
                hint = _("Write headings into the first row, e.g. group, start date.")
                self.notes.error("group-list-heading", message, self.sheet.where(row, 1), hint=hint)
            first = next((self.sheet.filled(row)[0].column for row in self.rows()), 1)
            return {first: Column.GROUP}
        self._header = cells[0].row
        return {cell.column: meaning for cell in cells if (meaning := self._meaning(cell, judged=judged))}

    def _headings(self) -> list[Cell]:
        for row in sorted(self.sheet.rows)[:_HEADING_ROWS]:
            cells = self.sheet.filled(row)
            if any(_MEANING.get(fold_heading(cell.text)) is Column.GROUP for cell in cells):
                return cells
        return []

    def _meaning(self, cell: Cell, *, judged: bool) -> _Meaning | None:
        heading = cell.text.strip()
        folded = fold_heading(heading)
        if heading in self.known.variables:
            return "variable", heading
        if found := _MEANING.get(folded):
            return found
        for name, variable in self.known.variables.items():
            if variable.description and folded == fold_heading(variable.description):
                return "variable", name
        for name, title in self.known.roles.items():
            if heading in {name, title}:
                return "role", name
        if judged:
            message = _("The column `{name}` is no variable and no role of the SOP.").format(name=heading)
            words = (*self.known.variables, *self.known.roles, *(column.value for column in Column))
            self.notes.error("unknown-variable", message, self.sheet.at(cell), hint=did_you_mean(heading, words))
        return None

    def _group(self, row: int, columns: Mapping[int, _Meaning]) -> ListedGroup | None:
        at = next(column for column, meaning in columns.items() if meaning is Column.GROUP)
        named = self.sheet.cell(row, at)
        if named is None:
            message = _("The row names no group.")
            hint = _("Write the group's name, or clear the row.")
            self.notes.error("row-without-group", message, self.sheet.where(row, at), hint=hint)
            return None
        name = named.text.strip()
        self._judge(name, self.known.groups, "unknown-group", _("config.toml has no group called {name}"), named)
        cells = {meaning: cell for column, meaning in columns.items() if (cell := self.sheet.seen(row, column))}
        start = self._start(cells.get(Column.START), row, at)
        values: dict[str, dict[str, str]] = {"variable": {}, "role": {}}
        for meaning, cell in cells.items():
            if isinstance(meaning, tuple):
                values[meaning[0]][meaning[1]] = cell.text
        spoken = [(role, cells["role", role]) for role in values["role"]]
        own = [(OWN, cells[Column.ACCOUNT])] if Column.ACCOUNT in cells else []
        for _role, cell in (*own, *spoken):
            message = _("config.toml has no account called {name}")
            self._judge(cell.text.strip(), self.known.accounts, "unknown-account", message, cell)
        return ListedGroup(
            name=name,
            start=start,
            event=self._event(cells[Column.EVENT], start) if Column.EVENT in cells else None,
            variables=values["variable"],
            accounts={role: cell.text.strip() for role, cell in (*own, *spoken)},
            source=self.sheet.at(named),
        )

    def _judge(self, name: str, known: Collection[str] | None, code: str, message: str, cell: Cell) -> None:
        if known is not None and name not in known:
            self.notes.error(code, message.format(name=name), self.sheet.at(cell), hint=did_you_mean(name, known))

    def _start(self, cell: Cell | None, row: int, column: int) -> date:
        if cell is None and self.start is None:
            message = _("The group has no first day.")
            hint = _("Add a column `start date`, or give --start for all that name none.")
            self.notes.error("missing-start", message, self.sheet.where(row, column), hint=hint)
        if cell is None:
            return self.start or self.today
        if isinstance(cell.value, date):  # a datetime is one too
            return cell.value.date() if isinstance(cell.value, datetime) else cell.value
        try:
            day = parse_day(cell.text)
            if isinstance(day, CalendarDay):
                return _dated(day, self.today)
        except (TimeNodeError, ValueError, OverflowError):
            pass
        message = _("`{text}` is no date.").format(text=cell.text)
        self.notes.error("bad-date", message, self.sheet.at(cell), hint=_("Write a date, e.g. 2026-05-18."))
        return self.start or self.today

    def _event(self, cell: Cell, start: date) -> datetime | None:
        if isinstance(cell.value, datetime) and cell.value.time() != time():
            return cell.value
        try:
            node = parse_time(cell.text)
            if isinstance(node, OnDay) and len(node.slots) == 1 and not node.slots[0].end:
                day = _event_day(node, start)
                if day is not None:
                    return datetime.combine(day, time()) + timedelta(minutes=node.slots[0].start)
        except (TimeNodeError, ValueError, OverflowError):
            pass
        message = _("`{text}` is not one date and clock.").format(text=cell.text)
        self.notes.error("bad-time", message, self.sheet.at(cell), hint=_("Write for example 2026-05-23 20:00."))
        return None


def _event_day(node: OnDay, start: date) -> date | None:
    match node.day:
        case CalendarDay():
            return _dated(node.day, start)
        case CampaignDay(number=number) if number > 0:
            return start + timedelta(days=number - 1)
        case _:
            return None


def _dated(day: CalendarDay, earliest: date) -> date:
    """Return the date of `day`; raises ValueError for one that does not exist or is on another weekday."""
    found = date(day.year, day.month, day.day) if day.year else first_on_or_after(earliest, day.month, day.day)
    if day.weekday not in {None, found.weekday()}:
        raise ValueError
    return found
