"""Tables whose rows hold several steps, each with a time of its own: 群发时间 | 群发内容 | 私聊时间 | 私聊内容."""

from __future__ import annotations

from dataclasses import replace

from groupbot.sop.workbook.headings import Field
from groupbot.sop.workbook.rows import Row
from groupbot.sop.workbook.table import Table
from groupbot.sop.workbook.timely import mostly_times, says_time

_WORDS = (Field.SCRIPT, Field.GROUP_ACTION, Field.MEMBER_ACTION, Field.MOMENTS_ACTION)
ACTIONS = (*_WORDS, Field.STEP)


def side_by_side(table: Table) -> list[Table]:
    """Return the table cut before each of its times that has words behind it; the table itself when it has one.

    What stands left of the first time, such as the day, belongs to all.
    """
    starts = [at for at in table.columns.get(Field.WHEN, ()) if _is_timed(table, at)]
    ends = [*starts[1:], max((at for places in table.columns.values() for at in places), default=0) + 1]
    parts = [_part(table, start, end, starts[0]) for start, end in zip(starts, ends, strict=False)]
    whole = len(parts) > 1 and all(part.has(*ACTIONS) for part in parts)
    return parts if whole else [table]


def is_blank_beside(row: Row) -> bool:
    """Return whether a row says nothing below a part's headings, though it does beside them."""
    return (
        row.table.is_part
        and not any(row.get(field) for field in (*_WORDS, Field.MATERIAL))
        and (row.table.has(*_WORDS) or not row.get(Field.STEP))
    )


def _part(table: Table, start: int, end: int, first: int) -> Table:
    said = any(start <= at < end for field in _WORDS for at in table.columns.get(field, ()))
    shared = set(Field) - set(_WORDS) - (set() if said else {Field.STEP})  # beside words, a name on the left is theirs
    columns = {
        field: tuple(at for at in places if start <= at < end or (at < first and field in shared))
        for field, places in table.columns.items()
    }
    return replace(table, columns={field: places for field, places in columns.items() if places}, is_part=True)


def _is_timed(table: Table, column: int) -> bool:
    cells = table.below(column)
    return mostly_times(cells) or (len(cells) == 1 and says_time(cells[0]))
