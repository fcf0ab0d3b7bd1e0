"""From a workbook to the typed SOP: the frame and the libraries first, then the steps of every sheet in its order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from groupbot.core.policies import Policies
from groupbot.i18n import _
from groupbot.sop.document import ALL_GROUPS, EventSpec, Phase, Sop
from groupbot.sop.materials import Files
from groupbot.sop.notes import Notes
from groupbot.sop.planned import Source
from groupbot.sop.results import Results
from groupbot.sop.schema import MAX_LINE, MAX_NAME, MAX_STEPS
from groupbot.sop.timenode import needs_event
from groupbot.sop.workbook.column_notes import note_columns
from groupbot.sop.workbook.exact import NO_PHASE, Settings, is_settings, settings_in
from groupbot.sop.workbook.front import Front, facts_of, is_front, project_facts
from groupbot.sop.workbook.grid import Book, Cell, Sheet
from groupbot.sop.workbook.libraries import (
    Libraries,
    Shelf,
    add_library,
    fold_name,
    library_kind,
    pictures_by_place,
    pictures_by_row,
    pictures_of,
)
from groupbot.sop.workbook.limits import refuse
from groupbot.sop.workbook.loose import blocks_of, guessed_table, row_of, without_script
from groupbot.sop.workbook.material_times import progress_of
from groupbot.sop.workbook.matrix import about_rows, cells_of
from groupbot.sop.workbook.results_sheet import is_results, results_in
from groupbot.sop.workbook.rows import MAX_BANNER, Row, TailRow, rows_of
from groupbot.sop.workbook.scripts import ScriptReader
from groupbot.sop.workbook.shapes import rows_above, tables_of, title_of
from groupbot.sop.workbook.side_by_side import is_blank_beside, side_by_side
from groupbot.sop.workbook.steps import StepMaker
from groupbot.sop.workbook.stock import Stock
from groupbot.sop.workbook.table import Table
from groupbot.sop.workbook.tails import Tails, tail_table
from groupbot.sop.workbook.times import GivenTime, RowTimes, everyday
from groupbot.sop.workbook.words import tail_kind

_NO_WORD = re.compile(r"[^\w-]+")
_MANY = 50
"""Rows of one sheet that are named one by one before the rest is told at once."""


def read_workbook(book: Book, *, files: Files, notes: Notes) -> Sop:
    """Return the SOP that `book` holds. Only when `notes` holds no error is it complete."""
    return _BookReader(book=book, files=files, notes=notes).read()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Opened:
    """A sheet with its tables; `frame`: rows of labels and values."""

    sheet: Sheet
    tables: list[Table]
    frame: list[int]


@dataclass(kw_only=True, slots=True)
class _BookReader:
    book: Book
    files: Files
    notes: Notes
    front: Front = field(init=False)
    libraries: Libraries = field(default_factory=Libraries)
    scripts: ScriptReader = field(init=False)
    tails: Tails = field(init=False)
    maker: StepMaker = field(init=False)
    results: Results | None = None
    settings: Settings | None = None
    """What a workbook that groupbot wrote says around its steps."""
    _unread: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.front = Front(notes=self.notes)
        stock = Stock(files=self.files, pictures=self.book.pictures, libraries=self.libraries, notes=self.notes)
        self.scripts = ScriptReader(notes=self.notes, libraries=self.libraries, stock=stock)
        self.tails = Tails(front=self.front, scripts=self.scripts)
        self.maker = StepMaker(notes=self.notes, scripts=self.scripts, roles=self.front.roles)

    def read(self) -> Sop:
        """Return the SOP."""
        with_steps = [opened for sheet in self.book.sheets if (opened := self._opened(sheet))]
        self.scripts.variables |= self.front.variables
        self.maker.policies = self.settings.policies if self.settings else Policies(quiet=self.front.quiet)
        self.maker.holidays = self.front.holidays
        for opened in with_steps:
            self._steps(opened)
        if len(self.maker.steps) > MAX_STEPS:
            message = _("The SOP has more than {limit} steps.").format(limit=MAX_STEPS)
            refuse(self.book.file, "too-many-steps", message, _("Split it into several workbooks."))
        return self._sop()

    def _opened(self, sheet: Sheet) -> _Opened | None:
        """Take in what is no step of a sheet; return it when it holds more."""
        if not sheet.rows and not sheet.floating:
            return None
        if is_results(sheet):
            self.results = results_in(sheet, self.notes)
            return None
        if is_settings(sheet):
            self._settled(sheet)
            return None
        if progress := progress_of(sheet, self.notes):
            pictures = pictures_by_row(sheet)
            for one in progress:
                self.libraries.take_progress(one, pictures.get(one.row, ()))
            return None
        if project := project_facts(sheet):
            self.front.take(sheet, project[0])
            self._not_read(sheet, project[1])
            return None
        found = tables_of(sheet)
        above = rows_above(sheet, found)
        tables = [table for table in found if not self._taken(table)]
        if not tables and len(above) == len(sheet.rows) and is_front(sheet):
            self._frame(sheet, above)
            return None
        if len(above) == len(sheet.rows):
            return None if self._named_tail(sheet) else _Opened(sheet=sheet, tables=[], frame=[])
        self._frame(sheet, above)
        return _Opened(sheet=sheet, tables=tables, frame=above) if tables else None

    def _settled(self, sheet: Sheet) -> None:
        self.settings = settings_in(sheet, self.files, self.notes)
        if self.settings is None:
            return
        settings = self.settings.sop
        front, stock = self.front, self.scripts.stock
        front.title, front.zone, front.quiet = settings.title, settings.timezone, settings.quiet
        front.event, front.groups, front.lock_window = settings.event, settings.groups, settings.lock_window
        front.roles |= settings.roles
        front.variables |= settings.variables
        front.goals += [(goal, sheet.where()) for goal in settings.goals]
        stock.materials |= settings.materials
        for name, one in settings.materials.items():
            shelf = Shelf(name=name, path=one.written, pictures=(), source=one.source)
            self.libraries.materials.setdefault(fold_name(name), shelf)
        self.tails.playbooks += settings.playbooks
        self.tails.replies += settings.replies
        self.maker.goals |= {phase.name: phase.goal for phase in settings.phases if phase.goal}

    def _taken(self, table: Table) -> bool:
        """Take in a table that holds no steps; return whether it was one."""
        if kind := library_kind(table):
            for row in add_library(table, kind, self.libraries, [(r, p) for r, _c, p in pictures_of(table.sheet)]):
                message = _("The entry of the library has no words and no file.")
                hint = _("Paste the picture into the row, or write its path, an address, or the words.")
                self.notes.warn("empty-row", message, table.sheet.where(row), hint=hint)
            return True
        if kind := tail_table(table):
            self.tails.table(table, kind, pictures_by_row(table.sheet))
            return True
        return False

    def _named_tail(self, sheet: Sheet) -> bool:
        """Take in a sheet without headings that is called FAQ or 风险预案; return whether it was one."""
        kind = tail_kind(sheet.name)
        if kind not in {"playbooks", "replies", "goals"}:
            return False
        for row in sorted(sheet.rows):
            cells = sheet.filled(row)
            if tail_kind(cells[0].text) != kind or len(cells) > 1:
                self.tails.take(kind, cells, sheet.where(row, cells[0].column), sheet.name)
        return True

    def _frame(self, sheet: Sheet, rows: list[int]) -> None:
        self.front.take(sheet, facts_of(sheet, rows))
        for row in rows:
            cells = sheet.filled(row)
            alone = len(cells) == 1 and isinstance(cells[0].value, str) and len(cells[0].text) <= MAX_BANNER
            if alone and not self.front.title and not any(sign in cells[0].text for sign in ":：。\n"):
                self.front.title = cells[0].text

    def _steps(self, opened: _Opened) -> None:
        sheet = opened.sheet
        if sheet.hidden:
            message = _("The sheet is hidden: its steps are not planned.")
            self.notes.warn("sheet-hidden", message, sheet.where(), hint=_("Show the sheet to plan it."))
            return
        tables = opened.tables
        if not tables:
            guessed = guessed_table(sheet)
            if guessed is None:
                self._blocks(sheet)
                return
            self._frame(sheet, [row for row in sorted(sheet.rows) if row < guessed.first])
            tables = [guessed]
        by_row, placed = pictures_by_row(sheet), pictures_by_place(sheet)
        for table in tables:
            note_columns(table, self.notes)
            if table.is_matrix:
                self._matrix(table, placed)
                continue
            for number, part in enumerate(side_by_side(table)):
                self._rows(part, {} if number else by_row)

    def _matrix(self, table: Table, placed: dict[tuple[int, int], tuple[str, ...]]) -> None:
        for row, time in cells_of(table, placed, event=self._event_name()):
            self.maker.add(row, time)
        for number in about_rows(table):
            message = _("The row tells of the days above it: it is no step.")
            hint = _("If it is one, call it by its clock, e.g. `20:00`.")
            self.notes.warn("row-not-read", message, table.sheet.where(number), hint=hint)

    def _rows(self, table: Table, pictures: dict[int, tuple[str, ...]]) -> None:
        found = list(rows_of(table, pictures))
        rows = [row for row in found if isinstance(row, Row)]
        times = RowTimes(event=self._event_name(), otherwise=everyday(rows, event=self._event_name()))
        if times.otherwise:
            times.open_sheet(table.sheet.name)
            times.open_sheet(title_of(table))
        for row in found:
            if isinstance(row, TailRow):
                self.tails.add(row)
            elif not is_blank_beside(row):
                self.maker.add(row, times)
        if hidden := [row.number for row in rows if row.number in table.sheet.hidden_rows]:
            message = _("{count} hidden rows are planned like the others.").format(count=len(hidden))
            hint = _("Delete rows that are not meant, or write 取消 into a column 状态.")
            self.notes.warn("rows-hidden", message, table.sheet.where(hidden[0]), hint=hint)

    def _blocks(self, sheet: Sheet) -> None:
        """Read a sheet of text blocks; what has no time is named."""
        unread: list[Cell] = []
        found = False
        for block in blocks_of(sheet, event=self._event_name()):
            if isinstance(block, Cell):
                unread.append(block)
                continue
            found = True
            self.maker.add(row_of(sheet, block), GivenTime(reading=without_script(block.reading)))
        for cell in unread:
            if found and len(cell.text) <= MAX_BANNER and not self.front.title:
                self.front.title = cell.text.split("\n")[0][:MAX_LINE]
            else:
                self._not_read(sheet, [cell.row])

    def _not_read(self, sheet: Sheet, rows: list[int]) -> None:
        for row in dict.fromkeys(rows):
            count = self._unread[sheet.name] = self._unread.get(sheet.name, 0) + 1
            if count > _MANY:
                continue
            message = _("The row is not understood: it is neither a step nor anything else that is read.")
            if count == _MANY:
                message = _("From here on no row of the sheet is understood.")
            hint = _("Put headings such as 时间 and 话术 above the steps.")
            self.notes.warn("row-not-read", message, sheet.where(row), hint=hint)

    def _event_name(self) -> str:
        return self.front.event.name if self.front.event else ""

    def _sop(self) -> Sop:
        front, steps = self.front, tuple(self.maker.steps)
        top = Source(file=self.book.file)
        event = front.event
        if event is None and any(step.at is not None and needs_event(step.at) for step in steps):
            event = EventSpec(name=_("event"), source=top)
        self.scripts.stock.add_unfinished()
        for name, where in self.libraries.doubled:
            message = _("`{name}` stands twice in the library: the first counts.").format(name=name)
            self.notes.warn("duplicate-name", message, where, hint=_("Rename one of them."))
        settings = self.settings.sop if self.settings else None
        known = (phase.name for phase in settings.phases if phase.name != NO_PHASE) if settings else ()
        phases = dict.fromkeys((*known, *(step.phase for step in steps)))
        name = settings.name if settings else name_of(self.book.file)
        return Sop(
            name=name,
            title=front.title or name,
            timezone=front.zone,
            goals=front.settled_goals(),
            roles=front.roles,
            variables=self.scripts.variables,
            materials=self.scripts.stock.materials,
            quiet=front.quiet,
            event=event,
            last_day=settings.last_day if settings else None,
            lock_window=front.lock_window,
            groups=front.groups or ALL_GROUPS,
            phases=tuple(Phase(name=phase, goal=self.maker.goals.get(phase, "")) for phase in phases),
            steps=steps,
            playbooks=tuple(self.tails.playbooks),
            replies=tuple(self.tails.replies),
            results=self.results,
            source=top,
        )


def name_of(file: str) -> str:
    """Return what commands call the SOP in `file`: its name without folder and ending, as one word."""
    stem = re.split(r"[/\\]", file)[-1].rsplit(".", 1)[0]
    return _NO_WORD.sub("-", stem).strip("-_")[:MAX_NAME] or "sop"
