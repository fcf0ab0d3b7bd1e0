"""Bytes of an .xlsx file to a `Book`.

The sheets' XML is read as a stream that stops at the limits, since a small file can ask for a million rows. What
openpyxl would lose is kept: a formula without a stored value, pictures that are a cell's content, the East Asian date
formats.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError, fromstring

from groupbot.i18n import _
from groupbot.sop.workbook.dates import Formats, formats_of
from groupbot.sop.workbook.grid import Book, Picture, Sheet, cover
from groupbot.sop.workbook.limits import MAX_CELLS, MAX_SHEETS, Package, broken, open_package, refuse, refuse_rows
from groupbot.sop.workbook.pictures import cell_pictures, floating, picture_ids
from groupbot.sop.workbook.sheet_xml import SheetReader

_TYPES = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A relationship of a part: `target` is another part's name, or "" for what lies outside of the file."""

    kind: str
    target: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """The parts of a package as XML trees with their relationships."""

    package: Package

    def tree(self, name: str) -> Element | None:
        """Return the part `name`, None when there is none; raises SopError when it is damaged."""
        data = self.package.xml(name)
        if not data:
            return None
        try:
            return fromstring(data)  # noqa: S314  # `Package.xml` refuses document types
        except (ParseError, ValueError) as error:
            raise broken(self.package.file) from error

    def links(self, name: str) -> Mapping[str, Link]:
        """Return the relationships of the part `name` by id."""
        folder, base = posixpath.split(name)
        tree = self.tree(f"{folder}/_rels/{base}.rels")
        if tree is None:
            return {}
        return {item.get("Id", ""): _link(item, folder) for item in tree}


def _link(item: Element, folder: str) -> Link:
    kind = item.get("Type", "").rsplit("/", 1)[-1]
    if item.get("TargetMode") == "External":
        return Link(kind=kind, target="")
    target = unquote(item.get("Target", ""))
    return Link(kind=kind, target=posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"))


def read_xlsx(data: bytes, *, file: str) -> Book:
    """Return what the workbook holds; raises SopError for one that must not or can't be read."""
    package = open_package(data, file)
    parts = Parts(package=package)
    try:
        return _book(parts, file)
    except (ValueError, KeyError, IndexError, OverflowError) as error:  # numbers and names that lead nowhere
        raise broken(file) from error


def _book(parts: Parts, file: str) -> Book:
    top = parts.tree("xl/workbook.xml")
    if top is None:
        raise broken(file)
    links = parts.links("xl/workbook.xml")
    epoch_1904 = any(_local(item) == "workbookPr" and item.get("date1904") in {"1", "true"} for item in top.iter())
    strings = _strings(parts, next((link.target for link in links.values() if link.kind == "sharedStrings"), ""))
    styles = parts.tree(next((link.target for link in links.values() if link.kind == "styles"), ""))
    formats = formats_of(styles, epoch_1904=epoch_1904)
    named = [item for item in top.iter() if _local(item) == "sheet"]
    if len(named) > MAX_SHEETS:
        refuse(file, "file-too-large", _("The workbook has more than {limit} sheets.").format(limit=MAX_SHEETS))
    in_cells = cell_pictures(parts)
    ids: dict[str, str] = dict(in_cells)
    sheets = []
    for item in named:
        link = links.get(item.get(f"{_TYPES}id") or item.get(f"{_STRICT}id") or "")
        if link is None or link.kind != "worksheet":
            continue
        sheet, found = _sheet(parts, file, item, link.target, strings=strings, formats=formats)
        ids |= found
        sheets.append(sheet)
    return Book(file=file, sheets=tuple(sheets), pictures=_pictures(parts, ids))


def _sheet(
    parts: Parts, file: str, item: Element, part: str, *, strings: list[str], formats: Formats
) -> tuple[Sheet, dict[str, str]]:
    """Return a sheet and its pictures, id -> part."""
    name = item.get("name", "")
    reader = SheetReader(file=file, sheet=name, strings=strings, formats=formats, rich=picture_ids(parts))
    reader.read(parts.package.xml(part))
    covered = cover(reader.merged, reader.rows, limit=MAX_CELLS)
    if covered is None:
        refuse_rows(file, name)
    anchored, found = floating(parts, part)
    sheet = Sheet(
        file=file,
        name=name,
        rows=reader.rows,
        covered=covered,
        hidden=item.get("state", "visible") != "visible",
        hidden_rows=frozenset(reader.hidden_rows),
        floating=anchored,
    )
    return sheet, found


def _strings(parts: Parts, name: str) -> list[str]:
    """Return the shared texts; phonetic guides are left out."""
    tree = parts.tree(name)
    return [] if tree is None else [_words(item) for item in tree if _local(item) == "si"]


def _words(item: Element) -> str:
    pieces = []
    for child in item:
        if _local(child) == "t":
            pieces.append(child.text or "")
        elif _local(child) == "r":
            pieces += [text.text or "" for text in child if _local(text) == "t"]
    return "".join(pieces)


def _local(item: Element) -> str:
    return item.tag.rpartition("}")[2]


def _pictures(parts: Parts, ids: Mapping[str, str]) -> dict[str, Picture]:
    found = {}
    for name, part in ids.items():
        data = parts.package.picture(part)
        if data:
            found[name] = Picture(name=posixpath.basename(part), data=data)
    return found
