"""Lists of groups: plain names, tables with first days, events, variables and accounts, and what is wrong in them."""

from __future__ import annotations

import io
from datetime import date, datetime

import openpyxl
import pytest

from groupbot.sop.document import Variable
from groupbot.sop.group_list import OWN, Known, ListedGroup, group_names, read_group_list
from groupbot.sop.planned import Problem, SopError, Source

HERE = Source(file="sop.yaml")
KNOWN = Known(
    variables={
        "teacher": Variable(name="teacher", description="主讲老师", source=HERE),
        "sign_up_link": Variable(name="sign_up_link", source=HERE),
    },
    roles={"host": "主持人"},
)
TODAY = date(2026, 5, 1)


def read(
    text: str | bytes, *, file: str = "groups.csv", known: Known = KNOWN, start: date | None = None
) -> tuple[ListedGroup, ...]:
    data = text if isinstance(text, bytes) else text.encode()
    return read_group_list(data, file=file, known=known, start=start, today=TODAY)


def wrong(text: str, *, known: Known = KNOWN, start: date | None = TODAY) -> list[Problem]:
    with pytest.raises(SopError) as caught:
        read(text, known=known, start=start)
    return list(caught.value.problems)


def xlsx(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_names_alone_are_a_list_and_remarks_are_none() -> None:
    listed = read("# this week\ncamp-1\n\ncamp-2\n", file="groups.txt", start=date(2026, 5, 18))
    assert [(one.name, one.start) for one in listed] == [("camp-1", date(2026, 5, 18)), ("camp-2", date(2026, 5, 18))]
    assert group_names(b"# x\ncamp-1\ncamp-2\ncamp-1\n", file="g.txt") == ["camp-1", "camp-2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_in_every_encoding_that_spreadsheets_write(encoding: str) -> None:
    text = "群名,开营日期,直播时间,主讲老师,主持人,账号,备注\n一群,2026-05-18,2026-05-23 20:00,晨晨,voice-1,main,老群\n"
    (one,) = read(text.encode(encoding))
    assert (one.name, one.start, one.event) == ("一群", date(2026, 5, 18), datetime.fromisoformat("2026-05-23 20:00"))
    assert one.variables == {"teacher": "晨晨"}
    assert one.accounts == {"host": "voice-1", OWN: "main"}
    assert (one.source.row, one.source.column) == (2, "A")


def test_a_workbook_with_a_title_true_dates_and_blanks() -> None:
    data = xlsx(
        ("五月名单",),
        ("group", "start date", "event time", "sign_up_link"),
        ("camp-1", date(2026, 5, 18), datetime.fromisoformat("2026-05-23 20:30"), "https://example.com/1"),
        ("camp-2", None, None, None),
    )
    first, second = read(data, file="groups.xlsx", start=date(2026, 6, 1))
    assert (first.start, first.event) == (date(2026, 5, 18), datetime.fromisoformat("2026-05-23 20:30"))
    assert first.variables == {"sign_up_link": "https://example.com/1"}
    assert (second.start, second.event, second.variables) == (date(2026, 6, 1), None, {})


def test_dates_without_a_year_and_events_by_the_groups_own_days() -> None:
    listed = read("group,start,event\na,4月18日,D6 20:00\nb,05-18,5月23日 20:00\n")
    assert [one.start for one in listed] == [date(2027, 4, 18), date(2026, 5, 18)]
    assert [one.event for one in listed] == [
        datetime.fromisoformat("2027-04-23 20:00"),
        datetime.fromisoformat("2026-05-23 20:00"),
    ]


@pytest.mark.parametrize(
    ("text", "code", "place", "hint"),
    [
        ("group,teachr\na,晨晨\n", "unknown-variable", (1, "B"), "teacher"),
        ("group,start\na,soon\n", "bad-date", (2, "B"), "2026-05-18"),
        ("group,start\na,2026-02-30\n", "bad-date", (2, "B"), "2026-05-18"),
        ("group,event\na,晚上\n", "bad-time", (2, "B"), "20:00"),
        ("group,teacher\na,x\na,y\n", "duplicate-group", (3, "A"), "Remove"),
        ("group,teacher\na,x\n,y\n", "row-without-group", (3, "A"), "name"),
        ("a,2026-05-18\nb,2026-05-19\n", "group-list-heading", (1, "A"), "group"),
        ("", "empty-list", (None, None), "group"),
    ],
)
def test_what_is_wrong_is_named_with_its_cell(text: str, code: str, place: tuple[int, str], hint: str) -> None:
    (problem,) = wrong(text)
    assert (problem.level, problem.code, (problem.where.row, problem.where.column)) == ("error", code, place)
    assert hint in problem.hint


def test_a_group_needs_a_first_day_from_somewhere() -> None:
    (problem,) = wrong("group,start\na,2026-05-18\nb,\n", start=None)
    assert (problem.code, problem.where.row) == ("missing-start", 3)
    assert "--start" in problem.hint


def test_names_that_the_project_does_not_know_are_all_told_at_once() -> None:
    known = Known(roles={"host": "主持人"}, groups={"camp-1", "camp-2"}, accounts={"main"})
    found = wrong("group,account,host\ncamp-1,mian,main\ncmap-2,main,nobody\n", known=known)
    assert [(one.code, one.where.row, one.where.column) for one in found] == [
        ("unknown-account", 2, "B"),
        ("unknown-group", 3, "A"),
        ("unknown-account", 3, "C"),
    ]
    assert "main" in found[0].hint
    assert "camp-2" in found[1].hint


def test_an_old_workbook_is_refused_in_words() -> None:
    with pytest.raises(SopError) as caught:
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, file="groups.xls")
    assert caught.value.problems[0].code == "workbook-old"
