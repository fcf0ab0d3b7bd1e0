"""Cells as people and shops fill them, without what spreadsheets and exports put around a value. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time

from groupbot.sop.workbook.grid import Cell

Raw = str | date | datetime | time
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b-\x1f\x7f]")
_AS_TEXT = re.compile(r'^="(.*)"$', re.DOTALL)
_BLANKS = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "n/a", "#n/a", "null", "none", "nan", "无", "空", "undefined"}
)


def clean(text: str) -> str:
    """Return `text` with full-width signs made plain, and without what makes a spreadsheet keep it as text."""
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).strip()
    if found := _AS_TEXT.match(plain):
        plain = found[1].strip()
    return plain.lstrip("`'").strip() if plain[:1] in {"`", "'"} else plain


def value(cell: Cell | None) -> Raw:
    """Return what a cell says, "" for a blank one and for the signs that stand for nothing."""
    if cell is None:
        return ""
    if not isinstance(cell.value, str):
        return cell.value
    text = clean(cell.value)
    return "" if text.casefold() in _BLANKS else text


def text(cell: Cell | None) -> str:
    """Return the same as words."""
    found = value(cell)
    return found if isinstance(found, str) else cell.text if cell is not None else ""
