from collections import Counter
from datetime import timedelta

import pytest

from groupbot.adapters.console import tally as tallies
from groupbot.adapters.console.tally import Outcome, tally


@pytest.fixture
def rows(start):
    def sent(group, late_s, *marks):
        return Outcome(
            group=group, state="sent", due=start, started_at=start + timedelta(seconds=late_s), fingerprints=marks
        )

    outcomes = [
        sent("g1", 0, "a"),
        sent("g1", 60, "a", "b"),
        sent("g1", 61, "c"),
        Outcome(group="g1", state="skipped", due=start, fingerprints=("d",)),
        Outcome(group="g1", state="held", due=start, fingerprints=("e",)),
        sent("g2", 5, "a"),
    ]
    shown = Counter({("g1", "a"): 2, ("g1", "b"): 3, ("g1", "c"): 1, ("g2", "a"): 2, ("g2", "z"): 1})
    return tally(("g1", "g2", "g3"), outcomes, shown=shown, joins={"g1": 7}, replies={"g1": 3, "g2": 4})


def test_counts_by_group(rows):
    first, second, third = rows
    assert (first.planned, first.sent, first.on_time, first.late, first.skipped) == (5, 3, 2, 1, 1)
    assert (first.doubled, first.joins, first.replies, first.unfinished) == (2, 7, 3, 1)
    assert (second.planned, second.on_time, second.doubled, second.joins, second.replies) == (1, 1, 2, 0, 4)
    assert third == tallies.GroupTally(group="g3")


def test_the_document_is_the_contract(rows):
    document = tallies.document(rows)
    keys = ["planned", "sent", "on_time", "late", "skipped", "doubled", "joins", "replies"]
    assert list(document) == [*keys, "groups"]
    assert [document[key] for key in keys] == [6, 4, 3, 1, 1, 4, 7, 7]
    assert [list(group) for group in document["groups"]] == [["group", *keys]] * 3
    for key in keys:
        assert document[key] == sum(group[key] for group in document["groups"])


def test_the_table_has_a_row_per_group_and_totals(rows, plain_console, titles):
    plain_console.print(tallies.table(rows, titles))
    lines = [line.split() for line in plain_console.file.getvalue().splitlines() if line.strip(" ─")]
    assert lines == [
        ["Group", "Planned", "On", "time", "Late", "Skipped", "Joins", "Replies"],
        ["晨读", "1", "群", "5", "2", "1", "1", "7", "3"],
        ["晨读", "2", "群", "1", "1", "0", "0", "0", "4"],
        ["g3", "0", "0", "0", "0", "0", "0"],
        ["Total", "6", "3", "1", "1", "7", "7"],
    ]


def test_one_group_needs_no_totals(rows, plain_console, titles):
    plain_console.print(tallies.table(rows[:1], titles))
    assert "Total" not in plain_console.file.getvalue()
