"""What a row asks for: one action, or one for each place; who does it, when it is a person; what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groupbot.sop.document import Place
from groupbot.sop.workbook.grid import Cell
from groupbot.sop.workbook.headings import Field
from groupbot.sop.workbook.rows import Row
from groupbot.sop.workbook.words import TICKS, is_order, is_person_only, places_of

_COLUMNS: tuple[tuple[Field, Place], ...] = (
    (Field.GROUP_ACTION, "group"),
    (Field.MEMBER_ACTION, "member"),
    (Field.MOMENTS_ACTION, "moments"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """One thing to be done at one place. `cell`: its words, None where only materials are posted.

    `place` is None where nothing says it. `by_person`: the bot can't do it. `name` is what the step is called.
    """

    cell: Cell | None
    field: Field
    place: Place | None
    name: str = ""
    label: str = ""
    by_person: bool = False

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
    for field, place in _COLUMNS:
        for cell in row.cells(field):
            if cell.text.casefold() in TICKS:
                ticked.append(place)
            else:
                found.append(_action(row, cell, field, place, label=row.table.heading(field)))
    main = _main(row)
    if main is None and found:
        return found
    if main is None and not row.pictures and not row.get(Field.MATERIAL):
        return found
    chosen: tuple[Place | None, ...] = tuple(ticked) or places or (None,)
    field = Field.SCRIPT if row.get(Field.SCRIPT) or not main else Field.STEP
    alone = outside and not places and not ticked
    return found + [_action(row, main, field, place, label=channel, outside=alone) for place in chosen]


def _main(row: Row) -> Cell | None:
    """Return the words of a row: its script, or the step's name where the table has no column of scripts."""
    return row.get(Field.SCRIPT) or row.get(Field.STEP)


def _action(
    row: Row, cell: Cell | None, field: Field, place: Place | None, *, label: str = "", outside: bool = False
) -> Action:
    name = row.text(Field.STEP)
    words = cell.text if cell else ""
    named_only = field is Field.STEP and row.table.has(Field.SCRIPT) and not row.pictures
    by_person = any((
        outside,
        place == "moments",
        named_only,
        is_order(words),
        is_person_only(name) and field is not Field.STEP,
        field is Field.STEP and (is_person_only(name) and len(words) <= 60),  # noqa: PLR2004  # a line
    ))
    return Action(cell=cell, field=field, place=place, name=name, label=label, by_person=by_person)


def sections_of(row: Row) -> Iterator[str]:
    """Yield the texts by which a row without a time may say what it waits for, the plainest first."""
    for field in (Field.TRIGGER, Field.STEP, Field.CHANNEL, Field.AUDIENCE, Field.REMARK):
        if text := row.text(field):
            yield text
    yield row.stage
