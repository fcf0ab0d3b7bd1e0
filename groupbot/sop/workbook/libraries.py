"""Library sheets: scripts (话术库) and materials (素材库) that rows call by their names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from groupbot.sop.planned import Source
from groupbot.sop.workbook.grid import Cell, Sheet
from groupbot.sop.workbook.headings import Field
from groupbot.sop.workbook.material_times import Progress
from groupbot.sop.workbook.table import Table

_SCRIPTS = re.compile(r"(?:话术|文案|模板|脚本)[^,，]{0,3}(?:库|集|表|汇总|大全|模板)|^话术$|^文案$")
_MATERIALS = re.compile(r"(?:素材|物料|图片|海报)[^,，]{0,3}(?:库|清单|表|汇总|集)|^素材$|^物料$")
_MATERIAL_PLAN = re.compile(r"时间推进|推进表|进度表")
_NAMED = re.compile(r"(?:话术|模板|文案|素材|物料|海报|图片)?(?:名称|标题|名)$")
_CODED = re.compile(r"(?:话术|模板|文案|脚本|素材|物料|海报|图片)?(?:编号|编码|代码|代号|code|id)", re.IGNORECASE)
_SHORT_NUMBER = re.compile(r"\d{1,2}")
_CALL = re.compile(
    r"^(?:请|详)?(?:见|参见|参考|参照|引用|使用|用|同|调用|按|套用)?\s*"
    r"(?P<shelf>@?(?:SOP)?(?:话术|文案|模板|素材|物料|脚本)(?:库|集|表|模板)?(?:中|里|内)?的?)?\s*[-—:：·/#→>]*\s*",
    re.IGNORECASE,
)
_QUOTES = "「」『』《》【】〈〉“”\"'‘’[]<> \t\n。.；;"
MAX_CALL = 60
"""Characters of a cell that may call an entry by its name; more is a script."""
_SIGNS = re.compile(r"[\s\-—_:：·、.,，。()（）]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """A script of a library. `pictures` are those of its row."""

    name: str
    text: str
    pictures: tuple[str, ...]
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """A material of a library: a path, an address, or pictures embedded in its row."""

    name: str
    path: str
    pictures: tuple[str, ...]
    source: Source


@dataclass(kw_only=True, slots=True)
class Libraries:
    """All libraries of a workbook, by folded name."""

    scripts: dict[str, Script] = field(default_factory=dict)
    materials: dict[str, Shelf] = field(default_factory=dict)
    doubled: list[tuple[str, Source]] = field(default_factory=list)
    progress: dict[str, Progress] = field(default_factory=dict)

    def take_progress(self, one: Progress, pictures: tuple[str, ...]) -> None:
        """Take in a row that tells how far a material is; its file or picture goes before that of another sheet."""
        key = fold_name(one.name)
        one = replace(one, has_content=one.has_content or bool(pictures) or key in self.materials)
        if self.progress.setdefault(key, one) is not one:
            self.doubled.append((one.name, one.source))
            return
        known = self.materials.get(key)
        if known is None or one.path or pictures:
            self.materials[key] = Shelf(name=one.name, path=one.path, pictures=pictures, source=one.source)

    def script(self, words: str) -> tuple[Script | None, str]:
        """Return the script that `words` call, and the name that was called for ("" when `words` are no call)."""
        if len(words) > MAX_CALL or not (self.scripts or "库" in words):
            return None, ""
        name, called = _called(words)
        found = self.scripts.get(fold_name(words)) or self.scripts.get(fold_name(name))
        return found, name if called or found else ""

    def material(self, words: str) -> tuple[Shelf | None, str]:
        """Return the material that `words` call, and the name that was called for."""
        name, called = _called(words)
        found = self.materials.get(fold_name(words)) or self.materials.get(fold_name(name))
        return found, name if called or found else ""


def library_kind(table: Table) -> str:
    """Return "scripts" or "materials" for a table that is a library, "" for another."""
    if table.is_matrix or table.has(Field.WHEN, Field.DAY, Field.GROUP_ACTION, Field.MEMBER_ACTION):
        return ""
    name = table.sheet.name
    names = _name_columns(table)
    if not names or _MATERIAL_PLAN.search(name):
        return ""
    headings = [table.sheet.cell(table.header, column) for column in names]
    said = "".join(cell.text for cell in headings if cell)
    if table.has(Field.SCRIPT) and (_SCRIPTS.search(name) or re.search("话术|模板|文案", said)):
        return "scripts"
    return "materials" if _MATERIALS.search(name) or re.search("素材|物料", said) else ""


def add_library(table: Table, kind: str, libraries: Libraries, pictures: Iterable[tuple[int, str]]) -> list[int]:
    """Take in the rows of a library; return those that have no name or nothing to call."""
    sheet, (name_at, *more) = table.sheet, _name_columns(table)
    by_row: dict[int, list[str]] = {}
    for row, picture in pictures:
        by_row.setdefault(row, []).append(picture)
    useless = []
    for row in table.rows:
        name = sheet.cell(row, name_at)
        here = tuple(by_row.get(row, ()))
        words = _content(table, row, kind)
        if name is None or not (words or here):
            useless.append(row)
        elif kind == "scripts":
            script = Script(name=name.text, text=words, pictures=here, source=sheet.at(name))
            if libraries.scripts.setdefault(fold_name(name.text), script) is not script:
                libraries.doubled.append((name.text, sheet.at(name)))
            for code in _codes(sheet, row, more):
                libraries.scripts.setdefault(code, script)
        else:
            shelf = Shelf(name=name.text, path=words, pictures=here, source=sheet.at(name))
            if libraries.materials.setdefault(fold_name(name.text), shelf) is not shelf:
                libraries.doubled.append((name.text, sheet.at(name)))
            for code in _codes(sheet, row, more):
                libraries.materials.setdefault(code, shelf)
    return useless


def _codes(sheet: Sheet, row: int, columns: Iterable[int]) -> list[str]:
    """Return by what else an entry is called: `HS-01`, but no bare `1`."""
    cells = [cell for column in columns if (cell := sheet.cell(row, column))]
    return [fold_name(cell.text) for cell in cells if not _SHORT_NUMBER.fullmatch(cell.text)]


def fold_name(text: str) -> str:
    """Return a name without spaces, signs and quotes, in half width and lower case."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip(_QUOTES)
    return _SIGNS.sub("", folded)


def _called(words: str) -> tuple[str, bool]:
    """Return the name in `见话术库：《开营欢迎》` and whether it is plainly called from a library."""
    text = unicodedata.normalize("NFKC", words).strip()
    if len(text) > MAX_CALL or "\n" in text:
        return "", False
    quoted = re.fullmatch(r"[【《「『\[](?P<shelf>[^】》」』\]]*库)[】》」』\]]\s*[-—:：]?\s*(?P<name>.+)", text)
    if quoted:
        return quoted["name"].strip(_QUOTES), True
    found = _CALL.match(text)
    shelf = found["shelf"] if found else None
    name = text[found.end() :].strip(_QUOTES) if found else ""
    return name, bool(shelf and found and (found.start("shelf") > 0 or "库" in shelf) and name)


def _name_columns(table: Table) -> list[int]:
    """Return the columns by which rows are called: the first such as `话术名称` or `名称`, then codes (`编号`)."""
    heads = table.sheet.filled(table.header)
    named = [cell.column for cell in heads if _NAMED.search(cell.text.strip())][:1]
    return named + [cell.column for cell in heads if _CODED.fullmatch(cell.text.strip())]


def _content(table: Table, row: int, kind: str) -> str:
    wanted = (Field.SCRIPT,) if kind == "scripts" else (Field.MATERIAL, Field.LINK, Field.SCRIPT)
    name = set(_name_columns(table))
    cells: list[Cell] = [
        cell
        for field_ in wanted
        for column in table.columns.get(field_, ())
        if column not in name and (cell := table.sheet.cell(row, column)) and not cell.picture
    ]
    if kind == "materials" and not cells:
        cells = [cell for cell in table.sheet.filled(row) if cell.column not in name and _is_path(cell.text)]
    return cells[0].text if cells else ""


def _is_path(text: str) -> bool:
    return text.startswith(("http://", "https://")) or bool(re.search(r"\.[A-Za-z0-9]{2,5}$", text))


def pictures_of(sheet: Sheet) -> list[tuple[int, int, str]]:
    """Return (row, column, picture id) of every picture of a sheet, in cells and floating, from top to bottom."""
    found = [(cell.row, cell.column, cell.picture) for row in sheet.rows for cell in sheet.filled(row) if cell.picture]
    for one in sheet.floating:
        rows = [row for row in range(one.row, min(one.last_row, one.row + 50) + 1) if row in sheet.rows]
        found.append((rows[0] if rows else one.row, one.column, one.picture))
    return sorted(found)


def pictures_by_row(sheet: Sheet) -> dict[int, tuple[str, ...]]:
    """Return row -> the ids of its pictures."""
    found: dict[int, tuple[str, ...]] = {}
    for row, _column, picture in pictures_of(sheet):
        found[row] = (*found.get(row, ()), picture)
    return found


def pictures_by_place(sheet: Sheet) -> dict[tuple[int, int], tuple[str, ...]]:
    """Return (row, column) -> the ids of the pictures there."""
    found: dict[tuple[int, int], tuple[str, ...]] = {}
    for row, column, picture in pictures_of(sheet):
        found[row, column] = (*found.get((row, column), ()), picture)
    return found
