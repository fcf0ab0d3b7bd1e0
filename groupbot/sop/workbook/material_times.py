"""The table of materials with who makes them until when (素材时间推进表, or a 素材库 that says so)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from groupbot.i18n import _
from groupbot.sop.document import Material, MaterialStatus
from groupbot.sop.material_plan import read_due
from groupbot.sop.notes import Notes
from groupbot.sop.planned import Source
from groupbot.sop.timenode import FromEvent, OnDay
from groupbot.sop.workbook.grid import Cell, Sheet
from groupbot.sop.workbook.headings import Field, exact_field, fold_heading

_SHEET = re.compile(r"素材|物料|海报|material", re.IGNORECASE)
_HEADING_ROWS = 5


_STEPS = frozenset({Field.SCRIPT, Field.WHEN, Field.DAY, Field.GROUP_ACTION, Field.MEMBER_ACTION})
"""Columns of which any makes it a table of steps."""


class _Column(StrEnum):
    NAME = "name"
    PATH = "path"
    MAKER = "maker"
    DUE = "due"
    STATUS = "status"
    EDITION = "edition"


_WORDS: Mapping[_Column, str] = {
    _Column.NAME: "素材名称 素材名 素材 物料名称 物料 海报名称 名称 material name",
    _Column.PATH: "文件 路径 素材路径 文件路径 素材文件 文件名 链接 素材链接 图片 path file",
    _Column.MAKER: "制作人 制作者 制作 设计师 设计 设计人 负责人 责任人 执行人 maker owner",
    _Column.DUE: "截止时间 截止日期 完成时间 完成日期 交付时间 交付日期 交稿时间 定稿时间 due deadline duedate",
    _Column.STATUS: "状态 进度 完成情况 完成状态 制作状态 制作进度 status",
    _Column.EDITION: "版本 版本号 version",
}
_MEANING = {word: column for column, words in _WORDS.items() for word in words.split()}
_STATUS_WORDS: Mapping[MaterialStatus, str] = {
    "planned": "planned 未开始 待制作 待开始 待做 未做 计划 计划中 未完成 待定",
    "making": "making 制作中 进行中 设计中 做中 修改中 待修改",
    "review": "review 待审核 审核中 待审 审稿 待确认 确认中 评审中",
    "done": "done 已完成 完成 定稿 已定稿 已交付 通过 已审核 ok √ ✓ ✔ 是",
}
_STATUS = {word: status for status, words in _STATUS_WORDS.items() for word in words.split()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a material is. `path` is a file or an address, "" = none yet.

    `said`: the status in words, None where the table has no such column; then one with a file or picture is done.
    """

    name: str
    path: str = ""
    maker: str = ""
    due: OnDay | FromEvent | None = None
    said: MaterialStatus | None = None
    has_content: bool = False
    edition: str = ""
    row: int
    source: Source

    @property
    def status(self) -> MaterialStatus:
        """How far it is."""
        return self.said or ("done" if self.has_content else "planned")

    def on(self, material: Material) -> Material:
        """Return `material` with what is known of its making."""
        return replace(material, maker=self.maker, due=self.due, status=self.status, edition=self.edition)


def progress_of(sheet: Sheet, notes: Notes) -> list[Progress]:
    """Return the rows of a sheet that tells who makes which material until when; none for any other sheet."""
    columns, header = _columns(sheet)
    if not columns:
        return []
    found = []
    for row in sorted(number for number in sheet.rows if number > header):
        cells = {column: cell for column, at in columns.items() if (cell := sheet.seen(row, at))}
        name = cells.get(_Column.NAME)
        if name is None:
            message = _("The row of the materials names none.")
            notes.warn("empty-row", message, sheet.where(row), hint=_("Write the material's name."))
            continue
        due = cells.get(_Column.DUE)
        found.append(
            Progress(
                name=name.text,
                path=_said(cells.get(_Column.PATH)),
                maker=_said(cells.get(_Column.MAKER)),
                due=read_due(due.text, sheet.at(due), notes) if due else None,
                said=_status(cells, sheet, notes) if _Column.STATUS in columns else None,
                has_content=bool(_said(cells.get(_Column.PATH))),
                edition=_said(cells.get(_Column.EDITION)),
                row=row,
                source=sheet.at(name),
            )
        )
    return found


def _columns(sheet: Sheet) -> tuple[dict[_Column, int], int]:
    """Return where each column is, and the row of the headings; nothing for a sheet that is no such table."""
    if not _SHEET.search(sheet.name):
        return {}, 0
    for row in sorted(sheet.rows)[:_HEADING_ROWS]:
        found: dict[_Column, int] = {}
        for cell in sheet.filled(row):
            if meaning := _MEANING.get(fold_heading(cell.text)):
                found.setdefault(meaning, cell.column)
        other = {exact_field(cell.text) for cell in sheet.filled(row) if cell.column not in found.values()}
        is_made = _Column.DUE in found or {_Column.MAKER, _Column.STATUS} <= found.keys()
        if _Column.NAME in found and is_made and not other & _STEPS:
            return found, row
    return {}, 0


def _said(cell: Cell | None) -> str:
    return cell.text if cell and not cell.picture else ""


def _status(cells: Mapping[_Column, Cell], sheet: Sheet, notes: Notes) -> MaterialStatus:
    """Return what the row says; without a word a material is not done before somebody says so."""
    cell = cells.get(_Column.STATUS)
    if cell is None:
        return "planned"
    status = _STATUS.get(cell.text.strip().casefold())
    if status is None:
        message = _("`{text}` is no status of a material: it counts as not done.").format(text=cell.text[:20])
        notes.warn("bad-status", message, sheet.at(cell), hint=_("Write 未开始, 制作中, 待审核 or 已完成."))
    return status or "planned"
