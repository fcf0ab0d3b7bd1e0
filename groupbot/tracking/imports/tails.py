"""Lists of members and their phone numbers: only the last digits are kept. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

from groupbot.i18n import _
from groupbot.sop.workbook.grid import Book, Sheet
from groupbot.tracking.conversion_book import People
from groupbot.tracking.imports.deciding import Fate, Outcome
from groupbot.tracking.imports.headings import Field, Headings
from groupbot.tracking.imports.people_cells import who_of
from groupbot.tracking.imports.reading import left_out, read_rows
from groupbot.tracking.imports.values import Ground, LeftRow, ListRow, Reached, ReadList
from groupbot.tracking.matching import Match, matched

NEEDED = frozenset({Field.PHONE})


def read_tails(book: Book, ground: Ground) -> ReadList:
    """Return every row of a list of phone numbers. Raises NoList."""
    return read_rows(book, NEEDED, partial(_row, ground))


def _row(ground: Ground, sheet: Sheet, headings: Headings, row: int) -> ListRow:
    who = who_of(sheet, headings, row)
    if not who.tail:
        where = sheet.where(row, headings.columns[Field.PHONE][0])
        raise left_out(where, "tail", _("no phone number with four digits at its end"))
    if not (who.member or who.name):
        hint = _("Fill in who it was: 昵称 or 成员ID.")
        raise left_out(sheet.where(row), "nobody", _("the row names nobody"), hint)
    key = f"{who.member} {who.name} {who.tail}"
    return ListRow(where=sheet.where(row), who=who, reached=(Reached(key=key, stage="", at=ground.now),))


def decide_tails(
    rows: Sequence[ListRow | LeftRow], people: People
) -> tuple[tuple[Outcome, ...], Mapping[str, Collection[str]]]:
    """Return what becomes of each row, and the new tails by member."""
    found: dict[str, dict[str, None]] = {}
    outcomes = []
    for row in rows:
        if isinstance(row, LeftRow):
            rejected = Outcome(where=row.where, fate=Fate.REJECTED, code=row.code, reason=row.reason, hint=row.hint)
            outcomes.append(rejected)
            continue
        match = matched(replace(row.who, tail=""), people)
        if not isinstance(match, Match):
            hint = _("Give the member's id: `groupbot facts list --json` shows it.")
            reason = _("nobody, or more than one, is called so")
            outcomes.append(Outcome(where=row.where, fate=Fate.REJECTED, code="nobody", reason=reason, hint=hint))
            continue
        tails, tail = found.setdefault(match.member, {}), row.who.tail
        is_known = tail in tails or match.member in people.tails.get(tail, ())
        fate = Fate.KNOWN if is_known else Fate.TAKEN
        outcomes.append(Outcome(where=row.where, fate=fate, member=match.member, by=match.by))
        if not is_known:
            tails[tail] = None
    return tuple(outcomes), {member: tails for member, tails in found.items() if tails}
