"""What the cells of a row say about its person. Whole phone numbers end here: only their last digits go on. Pure."""

from __future__ import annotations

from groupbot.sop.workbook.grid import Sheet
from groupbot.tracking.imports.cells import text
from groupbot.tracking.imports.headings import Field, Headings
from groupbot.tracking.matching import Who, tail_of

_LONGEST_NAME = 128
_LONGEST_DETAIL = 80


def who_of(sheet: Sheet, headings: Headings, row: int) -> Who:
    """Return whom a row names."""
    tails = (tail_of(said) for said in _texts(sheet, headings, row, Field.PHONE))
    return Who(
        member=first(sheet, headings, row, Field.MEMBER)[:_LONGEST_NAME],
        tail=next((tail for tail in tails if tail), ""),
        name=first(sheet, headings, row, Field.NAME)[:_LONGEST_NAME],
    )


def first(sheet: Sheet, headings: Headings, row: int, name: Field) -> str:
    """Return the words of a field, "" for none."""
    return next((said for said in _texts(sheet, headings, row, name) if said), "")


def detail_of(sheet: Sheet, headings: Headings, row: int, name: Field) -> str:
    """Return the words that are kept for people to read."""
    return " ".join(first(sheet, headings, row, name).split())[:_LONGEST_DETAIL]


def _texts(sheet: Sheet, headings: Headings, row: int, name: Field) -> list[str]:
    return [text(cell) for cell in headings.cells(sheet, row, name)]
