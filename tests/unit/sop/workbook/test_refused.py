"""Files that must not or can't be read are refused in words, without filling the memory; CSV is read."""

from __future__ import annotations

import io
import tracemalloc
import zipfile

import pytest

from groupbot.sop.planned import SopError

from .build import book, loaded, planned, posts, replaced, with_parts

GOOD = book(("时间", "内容"), ("第1天 9:00", "你好"))
SHEET = "xl/worksheets/sheet1.xml"
CELL = '<c r="A2"'


def refusal(data: bytes, file: str = "camp.xlsx") -> str:
    with pytest.raises(SopError) as raised:
        loaded(data, file=file)
    (problem,) = raised.value.problems
    assert problem.level == "error"
    assert problem.message
    assert problem.hint
    return problem.code


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 200_000_000)
    return stream.getvalue()


def long_sheet(rows: int) -> bytes:
    body = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(3, rows))
    return replaced(GOOD, SHEET, "</sheetData>", f"{body}</sheetData>")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "workbook-broken"),
        (b"PK\x03\x04 half a file", "workbook-broken"),
        (GOOD[:-200], "workbook-broken"),
        (b"<html>no workbook</html>", "workbook-broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook-old"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "workbook-password"),
        (with_parts(GOOD, xl__vbaProject_DOT_bin=b"x"), "workbook-macros"),
        (with_parts(GOOD, xl__externalLinks__externalLink1_DOT_xml=b"<x/>"), "workbook-external-links"),
        (bomb(), "file-too-large"),
        (long_sheet(30_000), "too-many-rows"),
        (replaced(GOOD, SHEET, "<sheetData>", "<sheetData><row></sheetData>"), "workbook-broken"),
        (replaced(GOOD, SHEET, CELL, '<c r="??"'), "workbook-broken"),
        (replaced(GOOD, SHEET, "<worksheet", '<!DOCTYPE a [<!ENTITY b "c">]><worksheet'), "workbook-broken"),
    ],
    ids=[
        "empty", "cut-head", "cut", "html", "old", "password", "macros", "links", "bomb", "rows", "xml", "cell",
        "entity",
    ],
)  # fmt: skip
def test_it_is_refused(data: bytes, code: str) -> None:
    assert refusal(data) == code


def test_an_old_workbook_is_refused_by_its_name_too() -> None:
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), file="camp.xls") == "workbook-old"


def test_a_sheet_that_is_merged_whole_and_a_far_cell_cost_nothing() -> None:
    data = replaced(GOOD, SHEET, "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    data = replaced(
        data, SHEET, "</sheetData>", '</sheetData><mergeCells><mergeCell ref="A3:XFD1048576"/></mergeCells>'
    )
    tracemalloc.start()
    with pytest.raises(SopError) as raised:
        loaded(data)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert raised.value.problems[0].code == "too-many-rows"
    assert peak < 60_000_000


def test_a_bomb_is_refused_without_unpacking_it() -> None:
    data = bomb()
    tracemalloc.start()
    assert refusal(data) == "file-too-large"
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 5_000_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [",", "\t"])
def test_a_csv_file_is_read_in_the_encodings_of_spreadsheets(encoding: str, sign: str) -> None:
    lines = ["阶段,时间,话术", '开营,第1天 9:00,"早安，\n各位"', ",20:00,晚安"]
    data = "\r\n".join(lines).replace(",", sign).encode(encoding)

    assert posts(planned(data, file="camp.csv")) == [("05-18 09:00", "早安，\n各位"), ("05-18 20:00", "晚安")]


def test_a_csv_file_that_is_no_text_is_refused() -> None:
    assert refusal(b"\x00\xff\x01\x02" * 20, file="camp.csv") in {"not-utf8", "workbook-broken"}
