"""The preview as a workbook: a calendar with a column for each day, and a sheet with every post."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from groupbot.i18n import _, joined
from groupbot.sop.preview.calendar import Post, Preview
from groupbot.sop.preview.said import line, weekday
from groupbot.sop.sheets.cells import plain, saved

_VERSIONS = 20
"""Different wordings of one post that get a row each; of more only the first is shown, with their number."""
_NAMED = 50
"""Groups that are named in a cell."""
_SHORT = 60
_HEAD = PatternFill("solid", fgColor="1F4E78")
_FONT = Font(bold=True, color="FFFFFF")
_TOP = Alignment(vertical="top", wrap_text=True)


def workbook(shown: Preview, roles: Mapping[str, str]) -> bytes:
    """Return an .xlsx file. `roles`: role -> what operators call it."""
    book = Workbook(write_only=True)
    _calendar(book, shown, roles)
    _posts(book, shown, roles)
    _tasks(book, shown)
    if shown.problems:
        rows = ([one.level, one.code, one.message, one.hint] for one in shown.problems)
        _table(book, _("Problems"), [(_("level"), 10), (_("code"), 20), (_("what"), 70), (_("way out"), 60)], rows)
    return saved(book)


def _calendar(book: Workbook, shown: Preview, roles: Mapping[str, str]) -> None:
    clocks = sorted({f"{post.due:%H:%M}" for day in shown.days for post in day.posts})
    cells: dict[tuple[str, int], list[str]] = {}
    for number, day in enumerate(shown.days):
        for post in day.posts:
            cells.setdefault((f"{post.due:%H:%M}", number), []).append(_brief(post, roles))
    headings = [(_("time"), 8), *((f"{day.day:%m-%d} {weekday(day.day.weekday())}", 32) for day in shown.days)]
    rows = (
        [clock, *("\n".join(cells.get((clock, number), ())) for number in range(len(shown.days)))] for clock in clocks
    )
    _table(book, _("Calendar"), headings, rows, frozen="B2")


def _brief(post: Post, roles: Mapping[str, str]) -> str:
    words = " ".join(line(post.versions[0][0].content, roles).split()) if post.versions[0] else ""
    words = words if len(words) <= _SHORT else words[: _SHORT - 1] + "…"
    said = _("{step} ({n} groups): {words}").format(step=post.step, n=len(post.groups), words=words)
    return said + (" → " + f"{post.last_at:%H:%M}" if post.last_at > post.due else "")


def _posts(book: Workbook, shown: Preview, roles: Mapping[str, str]) -> None:
    headings = [
        (_("date"), 12),
        (_("time"), 8),
        (_("phase"), 12),
        (_("step"), 16),
        (_("speaker"), 12),
        (_("messages"), 70),
        (_("groups"), 8),
        (_("which groups"), 40),
        (_("last group has it"), 16),
        (_("left out"), 10),
        (_("wordings"), 10),
    ]
    _table(book, _("Posts"), headings, (row for day in shown.days for post in day.posts for row in _rows(post, roles)))


def _rows(post: Post, roles: Mapping[str, str]) -> Iterator[list[str | int]]:
    many = len(post.versions) > _VERSIONS
    for number, parts in enumerate(post.versions[:1] if many else post.versions):
        groups = [group for group, at in zip(post.groups, post.version_of, strict=True) if many or at == number]
        named = joined(groups[:_NAMED] + ["…"] * (len(groups) > _NAMED))
        yield [
            f"{post.due:%Y-%m-%d}",
            f"{post.due:%H:%M}",
            post.phase,
            post.step,
            post.speaker,
            "\n---\n".join(line(part.content, roles) for part in parts),
            len(groups),
            named,
            f"{post.last_at:%m-%d %H:%M:%S}",
            post.left_out,
            len(post.versions),
        ]


def _tasks(book: Workbook, shown: Preview) -> None:
    tasks = [task for day in shown.days for task in day.tasks] + list(shown.undated)
    if tasks:
        headings = [(_("at"), 18), (_("group"), 20), (_("who"), 14), (_("step"), 16), (_("what"), 80)]
        rows = (
            [
                f"{task.due:%Y-%m-%d %H:%M}" if task.due else "",
                task.group or "",
                task.assignee or "",
                task.step,
                task.text,
            ]
            for task in tasks
        )
        _table(book, _("Tasks for people"), headings, rows)


def _table(
    book: Workbook,
    title: str,
    headings: Sequence[tuple[str, int]],
    rows: Iterator[Sequence[str | int]],
    *,
    frozen: str = "A2",
) -> None:
    """Write a sheet with a frozen header; texts go in as texts, whatever they begin with."""
    sheet: Any = book.create_sheet(title)  # openpyxl's types know no columns of a sheet that is only written
    for number, (_heading, width) in enumerate(headings, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = frozen
    sheet.append([_cell(sheet, heading, is_head=True) for heading, _width in headings])
    for row in rows:
        sheet.append([value if isinstance(value, int) else _cell(sheet, value) for value in row])


def _cell(sheet: Any, text: str, *, is_head: bool = False) -> Cell:
    cell = WriteOnlyCell(sheet, value=plain(text))
    if cell.data_type == "f":
        cell.data_type = "s"
    cell.alignment = _TOP
    if is_head:
        cell.font, cell.fill = _FONT, _HEAD
    return cell
