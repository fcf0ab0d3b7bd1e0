"""What a row asks for: one action, or one for each place; who does it, when it is a person; what is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from groupbot.sop.document import Place
from groupbot.sop.workbook.grid import Cell
from groupbot.sop.workbook.headings import Field, is_spoken
from groupbot.sop.workbook.rows import Row
from groupbot.sop.workbook.words import TICKS, is_group_deed, is_order, is_person_only, places_of

_COLUMNS: tuple[tuple[Field, Place], ...] = (
    (Field.GROUP_ACTION, "group"),
    (Field.MEMBER_ACTION, "member"),
    (Field.MOMENTS_ACTION, "moments"),
)
_PLACED = frozenset(field for field, _place in _COLUMNS)
_BRIEF = 12
"""Characters of a name or remark; in longer ones a place is mentioned rather than meant."""
_PRIVATE_REMARK = re.compile(
    r"^(?:单独|逐个|点对点|一对一|1\s*[vV对]\s*1)?(?:私聊|私信|点对点)|^(?:单独|1\s*[vV对]\s*1)"
)
_BY_HAND = frozenset({"人工", "手动", "手工", "人工执行", "人工操作", "手动执行", "线下"})
_WHO = frozenset({Field.CHANNEL, Field.ACTOR, Field.TRIGGER, Field.STATUS})
_WHOM = re.compile(r"私聊|私信|单聊|1\s*[vV对]\s*1|一对一")
_ALSO = re.compile(r"同步|同时|一起|也")
_PRIVATE = re.compile(r"^[^，。,.同也和及+]{0,6}(?:私聊|私信)$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """One thing to be done at one place. `cell`: its words, None where only materials are posted.

    `place` is None where nothing says it. `by_person`: the bot can't do it, though it posts the words where `is_said`,
    those of 抽奖 with its 话术. `name` is what the step is called.
    `pictures` are those of a library's script; `with_materials`: the row's own go with this action.
    """

    cell: Cell | None
    field: Field
    place: Place | None
    name: str = ""
    label: str = ""
    by_person: bool = False
    is_said: bool = False
    pictures: tuple[str, ...] = ()
    with_materials: bool = True

    @property
    def words(self) -> str:
        """What is to be said or done."""
        return self.cell.text if self.cell else ""


def actions_of(row: Row) -> list[Action]:
    """Return what `row` asks for, in the order of its columns."""
    channel = row.text(Field.CHANNEL)
    places, outside = places_of(channel)
    ticked: list[Place] = []
    found: list[Action] = []
    for field, place in _COLUMNS if row.says(_PLACED) else ():
        for cell in row.cells(field):
            if cell.text.casefold() in TICKS:
                ticked.append(place)
            else:
                found.append(_action(row, cell, field, place, label=_heading(row, cell)))
    main = _main(row)
    named = not row.get(Field.SCRIPT) and (bool(found) or row.table.has(Field.GROUP_ACTION)) and not ticked
    if found and (main is None or named):
        return found
    if main is None and not row.pictures and not row.get(Field.MATERIAL):
        return found
    chosen: tuple[Place | None, ...] = tuple(ticked) or places or (hinted_place(row),)
    field = Field.SCRIPT if row.get(Field.SCRIPT) or not main else Field.STEP
    alone = (outside and not places and not ticked) or named
    found += [_action(row, main, field, place, label=channel, outside=alone) for place in chosen]
    return found + [_by_hand(row, main, field, place) for place in _also(row) if place not in chosen]


def _heading(row: Row, cell: Cell) -> str:
    heading = row.table.sheet.seen(row.table.header, cell.column)
    return heading.text if heading else ""


def _also(row: Row) -> tuple[Place, ...]:
    """Return where else a remark wants the words: `同步发圈`, `同时私聊`."""
    remark = row.text(Field.REMARK)
    places = places_of(remark)[0] if remark and _ALSO.search(remark) else ()
    return tuple(place for place in places if place != "group")


def _by_hand(row: Row, cell: Cell | None, field: Field, place: Place) -> Action:
    """Return the same words as a person's task at another place."""
    name = row.text(Field.STEP)
    return Action(cell=cell, field=field, place=place, name=name, label=row.text(Field.REMARK), by_person=True)


def hinted_place(row: Row) -> Place | None:
    """Return the place that a row without a channel names elsewhere: its remark, its step's name, its sheet's."""
    remark = row.text(Field.REMARK)
    if (
        remark
        and not _ALSO.search(remark)
        and (_PRIVATE_REMARK.match(remark) or (_PRIVATE.search(remark) and len(remark) <= _BRIEF))
    ):
        return "member"
    if _WHOM.search(row.text(Field.AUDIENCE)):
        return "member"
    for text in (row.text(Field.STEP), row.table.sheet.name):
        found = places_of(text)[0] if text and len(text) <= _BRIEF else ()
        if found and "group" not in found:
            return found[0]
    return None


def _main(row: Row) -> Cell | None:
    """Return the words of a row: its script, or the step's name where the table has no column of scripts."""
    return row.get(Field.SCRIPT) or row.get(Field.STEP)


def _action(
    row: Row, cell: Cell | None, field: Field, place: Place | None, *, label: str = "", outside: bool = False
) -> Action:
    name = row.text(Field.STEP)
    words = cell.text if cell else ""
    named_only = field is Field.STEP and row.table.has(Field.SCRIPT) and not row.pictures
    by_hand = any(
        (
            outside,
            place == "moments",
            named_only,
            is_order(words),
            row.says(_WHO) and any(row.text(field) in _BY_HAND for field in _WHO),
            field is Field.STEP and (is_person_only(name) and len(words) <= 60),  # noqa: PLR2004  # a line
        )
    )
    by_person = by_hand or (is_person_only(name) and field is not Field.STEP)
    said = by_person and not by_hand and field is Field.SCRIPT and place != "member" and _is_said_here(row, name)
    return Action(cell=cell, field=field, place=place, name=name, label=label, by_person=by_person, is_said=said)


def _is_said_here(row: Row, deed: str) -> bool:
    """Return whether the words beside a person's deed are meant for the group as they stand."""
    here = is_group_deed(deed) or places_of(row.text(Field.CHANNEL)) == (("group",), False)
    return here and is_spoken(row.table.heading(Field.SCRIPT))


def sections_of(row: Row) -> Iterator[str]:
    """Yield the texts by which a row without a time may say what it waits for, the plainest first."""
    for field in (Field.TRIGGER, Field.STEP, Field.CHANNEL, Field.AUDIENCE, Field.REMARK):
        if text := row.text(field):
            yield text
    yield row.stage
