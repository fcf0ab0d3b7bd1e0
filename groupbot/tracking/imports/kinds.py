"""What a file lists, told by its headings alone: for files that come without a word. Pure."""

from __future__ import annotations

from groupbot.sop.planned import SopError
from groupbot.tracking.imports.headings import Field, find
from groupbot.tracking.imports.reading import book_of
from groupbot.tracking.imports.values import NoList

_ATTENDED = frozenset({Field.ATTENDED, Field.CHECKED_IN, Field.STAYED})
_WHO = frozenset({Field.MEMBER, Field.NAME, Field.PHONE})


def command_for(data: bytes, file: str) -> str:
    """Return the chat command that imports a file, "" for one that is no list of orders or attendance."""
    try:
        sheets = book_of(data, file).sheets
        every = [headings.columns.keys() for sheet in sheets if (headings := find(sheet, {Field.AMOUNT, *_ATTENDED}))]
    except (SopError, NoList):
        return ""
    if any({Field.NUMBER, Field.AMOUNT} <= fields for fields in every):
        return "/转化 导入 订单"
    return "/转化 导入 到课" if any(fields & _ATTENDED and fields & _WHO for fields in every) else ""
