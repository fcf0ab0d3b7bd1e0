"""Ten thousand dirty order rows: every one ends as it should, with its money and its member."""

import pytest

from groupbot.tracking.imports.deciding import Batch, Fate, Known, decide
from groupbot.tracking.imports.orders import read_orders
from groupbot.tracking.imports.reading import book_of
from groupbot.tracking.imports.values import Reached
from groupbot.tracking.stages import StoredConversion

from .dirty import GROUND, NOW, Right, as_csv, as_xlsx, dirty_orders, people

PEOPLE = people()
BATCH = Batch(campaign="camp", name="b", by="Olga")


@pytest.fixture(scope="module")
def dirty():
    return dirty_orders(20260518, 10_000)


def rows_of(data, file):
    return read_orders(book_of(data, file), GROUND).rows


@pytest.fixture(scope="module")
def rows(dirty):
    return rows_of(as_csv(dirty, encoding="gb18030"), "orders.csv")


def wrong(rows, decided, right):
    """Return every row that is not as it should be, with what it is."""
    made = {one.key: one for one in decided.conversions}
    proposed = {one.key: one.conversions for one in decided.proposals}
    found = []
    for row, outcome, should in zip(rows, decided.outcomes, right, strict=True):
        told = (outcome.fate, outcome.code, outcome.member if outcome.fate is Fate.TAKEN else "")
        wanted = (should.fate, should.code, should.member if should.fate is Fate.TAKEN else "")
        if outcome.fate is Fate.KNOWN and should.fate is Fate.KNOWN:
            continue
        if told == wanted and (
            outcome.fate is Fate.REJECTED or money(row, made, proposed, outcome) == money_of(should)
        ):
            continue
        found.append((outcome, should))
    return found


def money(row, made, proposed, outcome):
    written = [made[one.key] for one in row.reached] if outcome.fate is Fate.TAKEN else proposed[row.key]
    return sorted((one.stage, one.at, one.amount, one.currency) for one in written)


def money_of(right: Right):
    both = (("paid", right.paid), ("refunded", right.back))
    return sorted((stage, right.at, amount, right.currency) for stage, amount in both if amount is not None)


@pytest.fixture(scope="module")
def decided(rows):
    return decide(rows, PEOPLE, Known(), BATCH)


def test_every_row_ends_as_it_should(dirty, rows, decided):
    assert wrong(rows, decided, dirty.right) == []
    assert sum(decided.counts.values()) == len(dirty.rows) >= 10_000
    assert min(decided.counts[fate] for fate in (Fate.TAKEN, Fate.KNOWN, Fate.PROPOSED, Fate.REJECTED)) > 100


def test_what_is_left_out_says_where_and_why(decided):
    left = [one for one in decided.outcomes if one.fate is Fate.REJECTED]
    assert all(one.reason and one.where.file == "orders.csv" and one.where.row for one in left)
    lacks_way_out = {one.code for one in left if not one.hint}
    assert lacks_way_out == {"total", "header"}


def test_a_workbook_says_the_same_as_a_text():
    part = dirty_orders(7, 600)
    texts = rows_of(as_csv(part, encoding="utf-8-sig", delimiter="\t"), "o.csv")
    sheet = rows_of(as_xlsx(part), "o.xlsx")
    a, b = (decide(some, PEOPLE, Known(), BATCH) for some in (texts, sheet))
    assert wrong(sheet, b, part.right) == []
    assert a.conversions == b.conversions


def test_importing_again_changes_nothing(rows, decided):
    first = decided
    stored = {
        one.key: StoredConversion(id=n, conversion=one, recorded_at=NOW) for n, one in enumerate(first.conversions)
    }
    known = Known(stored=stored, proposals={one.key: one for one in first.proposals})
    again = decide(rows, PEOPLE, known, BATCH)
    assert again.conversions == ()
    assert again.counts[Fate.TAKEN] == again.counts[Fate.CHANGED] == 0
    assert again.counts[Fate.PROPOSED] == first.counts[Fate.PROPOSED]
    assert again.counts[Fate.KNOWN] == first.counts[Fate.KNOWN] + first.counts[Fate.TAKEN]


def test_no_key_is_two_amounts(rows):
    said: dict[str, Reached] = {}
    for row in rows:
        for one in getattr(row, "reached", ()):
            assert said.setdefault(one.key, one) == one
