"""What is told of a table's columns: those that are not understood, and those whose words are not posted."""

from __future__ import annotations

import re

from groupbot.i18n import _
from groupbot.sop.notes import Notes
from groupbot.sop.workbook.grid import Cell
from groupbot.sop.workbook.headings import Field, counts_on
from groupbot.sop.workbook.table import Table

_SPARE = re.compile(r"备|候选|替代|原|旧|参考")
_SHOWN = 30
_CODE = "unknown-column"


def note_columns(table: Table, notes: Notes) -> None:
    """Note the columns of `table` that an operator may take for read."""
    if table.guessed:
        message = _("The column `{heading}` is not understood: it is taken for the words to post.")
        hint = _("Call it 话术 or 内容, or add such a column.")
        notes.warn(_CODE, message.format(heading=_short(table.guessed)), table.sheet.at(table.guessed), hint=hint)
    for cell in table.unknown:
        message = _("The column `{heading}` is not understood: it is left out.").format(heading=_short(cell))
        hint = _("Use a heading such as 时间, 话术, 素材, 渠道, 负责人, 备注.")
        notes.warn(_CODE, message, table.sheet.at(cell), hint=hint)
    for cell in _unsaid(table):
        first = table.heading(Field.SCRIPT)[:_SHOWN]
        if _is_rival(table, cell):
            message = _("`{first}` and `{other}` both hold words: nothing says which group gets which.")
            hint = _("Make a sheet for each kind of group; messages of one step are headed 话术1, 话术2.")
            notes.error("words-twice", message.format(first=first, other=_short(cell)), table.sheet.at(cell), hint=hint)
        else:
            message = _("The column `{heading}` is not posted: `{first}` holds the words.")
            hint = _("Messages of one step are headed 话术1, 话术2; what is for the team 备注.")
            notes.warn(_CODE, message.format(heading=_short(cell), first=first), table.sheet.at(cell), hint=hint)


def _unsaid(table: Table) -> list[Cell]:
    """Return headings of words that are not posted, since those of the first such column are, nor name the step."""
    scripts = table.columns.get(Field.SCRIPT, ()) if not table.is_matrix else ()
    heads = [cell for at in scripts if (cell := table.sheet.seen(table.header, at))]
    names = table.columns.get(Field.STEP, ())
    others = [cell for cell in heads[1:] if cell.column not in names and not counts_on(heads[0].text, cell.text)]
    return [cell for cell in others if _filled(table, heads[0]) & _filled(table, cell)]


def _is_rival(table: Table, heading: Cell) -> bool:
    """Return whether a column holds the words for others than the first one's: 新客群文案 beside 老客群文案."""
    alike = heading.text.strip()[-2:] == table.heading(Field.SCRIPT).strip()[-2:]
    return alike and not _SPARE.match(heading.text.strip())


def _filled(table: Table, heading: Cell) -> set[int]:
    return {row for row in table.rows if table.sheet.cell(row, heading.column)}


def _short(heading: Cell) -> str:
    return heading.text[:_SHOWN]
