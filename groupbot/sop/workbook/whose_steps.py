"""Columns of steps that are told by whose they are: 群主动作 beside 助教动作, 私域动作 beside 社群动作."""

from __future__ import annotations

import re
from collections.abc import Mapping

from groupbot.sop.workbook.headings import Field
from groupbot.sop.workbook.table import Table

_DEED = re.compile(r"..(?:动作|操作|工作)$")
_FEW = 2


def beside_groups(table: Table, columns: dict[Field, tuple[int, ...]]) -> dict[Field, tuple[int, ...]]:
    """Return `columns` with 私域动作 as what is done in private, beside a column of the groups' own: 社群动作."""
    heads = {at: table.sheet.seen(table.header, at) for at in columns.get(Field.STEP, ())}
    own = tuple(at for at, head in heads.items() if head and head.text.startswith("私域"))
    if not own or Field.GROUP_ACTION not in columns or Field.MEMBER_ACTION in columns:
        return columns
    return {**columns, Field.STEP: tuple(at for at in heads if at not in own), Field.MEMBER_ACTION: own}


def by_role(table: Table, columns: Mapping[Field, tuple[int, ...]]) -> dict[Field, tuple[int, ...]]:
    """Return 群主动作 and 助教动作 as what each of them does, where no column holds words."""
    steps = columns.get(Field.STEP, ())
    headings = [cell.text for at in steps if (cell := table.sheet.seen(table.header, at))]
    if Field.SCRIPT in columns or len(headings) < _FEW or not all(_DEED.search(text) for text in headings):
        return {}
    return {Field.GROUP_ACTION: (*columns.get(Field.GROUP_ACTION, ()), *steps)}
