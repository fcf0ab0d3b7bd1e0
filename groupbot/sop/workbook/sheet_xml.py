"""One sheet's XML, read as a stream: cells, merged ranges and hidden rows, never more than the limits allow."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from groupbot.sop.workbook.dates import Formats, iso_value
from groupbot.sop.workbook.grid import Area, Cell, Value, area_of, place_of
from groupbot.sop.workbook.limits import MAX_CELLS, MAX_ROWS, broken, refuse_rows

_DISPIMG = re.compile(r'DISPIMG\(\s*"([^"]+)"', re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TEXTS = frozenset({"v", "f", "t"})


@dataclass(kw_only=True, slots=True)
class SheetReader:
    """Read one sheet. `rich`: number of a cell's rich value -> id of the picture that it is."""

    file: str
    sheet: str
    strings: Sequence[str]
    formats: Formats
    rich: Mapping[int, str]
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    _row: int = 0
    _column: int = 0
    _count: int = 0
    _attributes: dict[str, str] = field(default_factory=dict)
    _text: str = ""
    _within: bool = False
    _value: str = ""
    _formula: str | None = None
    _phonetic: bool = False

    def read(self, data: bytes) -> None:
        """Take in the part `data`; raises SopError when it is damaged or too large."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(data, True)  # noqa: FBT003  # expat takes no keywords
        except (expat.ExpatError, ValueError, IndexError, KeyError, OverflowError) as error:
            raise broken(self.file) from error
        if any(list(cells) != sorted(cells) for cells in self.rows.values()) or list(self.rows) != sorted(self.rows):
            self.rows = {row: dict(sorted(cells.items())) for row, cells in sorted(self.rows.items())}

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2] if ":" in tag else tag
        if name == "c":
            self._attributes, self._value, self._formula = attributes, "", None
            if reference := attributes.get("r"):
                self._row, self._column = place_of(reference)
            else:
                self._column += 1
        elif name in _TEXTS:
            self._text, self._within = "", True
            self._formula = "" if name == "f" else self._formula
        elif name == "row":
            self._open_row(attributes)
        elif name == "rPh":
            self._phonetic = True
        elif name == "mergeCell":
            self.merged.append(area_of(attributes["ref"]))
            if len(self.merged) > MAX_CELLS:
                refuse_rows(self.file, self.sheet)

    def _open_row(self, attributes: dict[str, str]) -> None:
        self._row = int(attributes.get("r") or self._row + 1)
        self._column = 0
        if attributes.get("hidden") in {"1", "true"}:
            self.hidden_rows.add(self._row)
            if len(self.hidden_rows) > MAX_CELLS:
                refuse_rows(self.file, self.sheet)

    def _characters(self, text: str) -> None:
        if self._within:
            self._text += text

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2] if ":" in tag else tag
        if name == "c":
            self._close_cell()
        elif name in _TEXTS:
            self._within = False
            if name == "f":
                self._formula = self._text
            elif not self._phonetic:
                self._value += self._text
        elif name == "rPh":
            self._phonetic = False

    def _close_cell(self) -> None:
        drawn = self.rich or "DISPIMG" in self._value or "DISPIMG" in (self._formula or "")
        picture = self._picture() if drawn else ""
        value = "" if picture else self._shown()
        if value == "" and not picture and self._formula is None:
            return
        cells = self.rows.get(self._row)
        if cells is None:
            cells = self.rows[self._row] = {}
        self._count += 1
        if len(self.rows) > MAX_ROWS or self._count > MAX_CELLS:
            refuse_rows(self.file, self.sheet)
        cells[self._column] = Cell(
            value=value, row=self._row, column=self._column, is_formula=self._formula is not None, picture=picture
        )

    def _picture(self) -> str:
        """Return the id of the picture that is the cell's content."""
        if self.rich and (rich := self._attributes.get("vm")):
            return self.rich.get(int(rich), "")
        found = _DISPIMG.search(self._formula or "") or _DISPIMG.search(self._value)
        return found[1] if found else ""

    def _shown(self) -> Value:
        """Return the cell's value as a person sees it, "" for a blank one."""
        kind, text = self._attributes.get("t", "n"), self._value
        if kind == "inlineStr":
            return _plain(text)
        if kind == "s":
            return _plain(self.strings[int(text)]) if text else ""
        if kind == "n":
            return self.formats.value(text, int(self._attributes.get("s") or 0)) if text.strip() else ""
        if kind == "b":
            return "TRUE" if text.strip() == "1" else "FALSE"
        return iso_value(text) if kind == "d" else _plain(text)


def _plain(text: str) -> str:
    """Return a text with Excel's escapes undone and line breaks as they are posted, "" when nothing is visible."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.strip() else ""
