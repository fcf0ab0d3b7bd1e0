"""Amounts, times, phone numbers and whole files: what is certain is exact, all else is refused in words."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.errors import GroupbotError
from groupbot.tracking.conversion_book import People
from groupbot.tracking.imports.amounts import Unit, money_of, unit_of
from groupbot.tracking.imports.attendance import read_attendance
from groupbot.tracking.imports.kinds import command_for
from groupbot.tracking.imports.moments import moment_of
from groupbot.tracking.imports.orders import read_orders
from groupbot.tracking.imports.reading import book_of
from groupbot.tracking.imports.tails import decide_tails, read_tails
from groupbot.tracking.imports.values import LeftRow, Unclear
from groupbot.tracking.matching import By, Doubt, Match, Who, matched, tail_of
from groupbot.tracking.money import amount, units

from .dirty import GROUND, as_xlsx, dirty_orders, wide

CENTS = st.integers(0, 99_999_999_999)


@given(CENTS, st.sampled_from(["{}", "¥{}", "￥{}元", "{} RMB", "({})", "-{}", "−{}"]), st.booleans(), st.booleans())
def test_an_amount_is_exact(cents, shape, grouped, is_wide):
    value = Decimal(cents) / 100
    words = shape.format(f"{value:,.2f}" if grouped else f"{value:.2f}")
    found = money_of(wide(words) if is_wide else words).amount
    assert isinstance(found, Decimal)
    assert found == (-value if shape[0] in "(-−" else value)
    assert amount(units(found)) == found


@given(st.text(max_size=20))
def test_any_words_are_an_amount_or_refused(words):
    with suppress(Unclear):
        assert isinstance(money_of(words).amount, Decimal)


@given(st.text(max_size=30) | st.datetimes() | st.dates() | st.times())
def test_any_words_are_a_time_or_refused(raw):
    with suppress(Unclear):
        assert moment_of(raw, GROUND).tzinfo is UTC


@pytest.mark.parametrize(
    ("words", "currency", "right"),
    [
        ("¥5", "", "5 CNY"),
        ("¥5", "JPY", "5 JPY"),
        ("$5", "", "5 USD"),
        ("$5", "HKD", "5 HKD"),
        ("HK$5", "", "5 HKD"),
        ("5美元", "", "5 USD"),
        ("1.2万", "", "12000 "),
        ("1万2千", "CNY", "12000 CNY"),
        ("(1,234.50)", "", "-1234.5 "),
        ("99.00-", "", "-99 "),
        ("¥5", "USD", None),
        ("$5元", "", None),
        ("99元50", "", None),
        ("9$9", "", None),
        ("99元5角", "", None),
        ("5²", "", None),
        ("①", "", None),
        ("99-199", "", None),
        ("A$5", "", None),
        ("¥(99)", "", "-99 CNY"),
        ("2千5", "", None),
        ("1.5万3千", "", None),
        ("2千5000", "", None),
        ("1e3", "", None),
        ("", "", None),
    ],
)
def test_amounts_with_their_currency(words, currency, right):
    if right is None:
        with pytest.raises(Unclear):
            money_of(words, currency=currency)
        return
    found = money_of(words, currency=currency)
    assert f"{found.amount.normalize():f} {found.currency}" == right


@pytest.mark.parametrize(
    ("heading", "words", "right"),
    [("金额（万元）", "1.2", 12_000), ("金额(单位：分)", "990", Decimal("9.9")), ("金额/元", "990", 990)],
)
def test_the_heading_says_the_unit(heading, words, right):
    assert money_of(words, unit=unit_of(heading)).amount == right
    if unit_of(heading) != Unit(currency="CNY"):
        with pytest.raises(Unclear):
            money_of(f"{words}元", unit=unit_of(heading))


@pytest.mark.parametrize(
    ("raw", "right"),
    [
        ("2026年5月18日 晚8点", "2026-05-18 20:00"),
        ("2026-05-18（周一）下午3:05", "2026-05-18 15:05"),
        ("5/18 20:00", "2026-05-18 20:00"),
        ("12/31 23:59", "2025-12-31 23:59"),
        ("46160.8333333", "2026-05-18 20:00"),
        ("18/05/2026 8:00 PM", "2026-05-18 20:00"),
        ("2026-05-18 24:00", "2026-05-19 00:00"),
        ("2026-05-18T12:00:00Z", "2026-05-18 20:00"),
        ("20260518200000", "2026-05-18 20:00"),
        ("1779105600", "2026-05-18 20:00"),
        (datetime(2026, 5, 18, 20), "2026-05-18 20:00"),  # noqa: DTZ001 - as a cell holds it
        (date(2026, 5, 18), "2026-05-18 00:00"),
        (time(20), None),
        ("2026-05-18 10:00-12:00", None),
        ("2026-05-18T08:00:00-04:00", "2026-05-18 20:00"),
        ("2026-05-18 20:00:00+0800", "2026-05-18 20:00"),
        ("05/06/2026", None),
        ("5月18日 8", None),
        ("26-5-18", None),
        ("晚8点", None),
        ("2062-05-18", None),
        ("1999-05-18", None),
    ],
)
def test_times(raw, right):
    if right is None:
        with pytest.raises(Unclear):
            moment_of(raw, GROUND)
        return
    assert f"{moment_of(raw, GROUND).astimezone(GROUND.zone):%Y-%m-%d %H:%M}" == right


@pytest.mark.parametrize(
    ("phone", "tail"),
    [
        ("138-0000-1234", "1234"),
        ("138****1234", "1234"),
        ("１３８００００１２３４", "1234"),
        ("1234", "1234"),
        ("34", ""),
        ("138****", ""),
        ("17000001111-5678", ""),
        ("17000001111转5678", ""),
        ("1.38E+10", ""),
    ],
)
def test_the_last_digits_of_a_phone(phone, tail):
    assert tail_of(phone) == tail


PEOPLE = People(
    groups=dict.fromkeys(("ann", "ann2", "bob", "cy"), "g"),
    names={"Ann": ["ann", "ann2"], "Bob": ["bob"], "Cy": ["cy"]},
    tails={"1234": ["ann", "bob"], "5678": ["cy"]},
    persons={},
)


@pytest.mark.parametrize(
    ("who", "right"),
    [
        (Who(member="bob", tail="5678", name="Ann"), Match(member="bob", by=By.MEMBER)),
        (Who(member="shop-7", tail="5678"), Match(member="cy", by=By.TAIL)),
        (Who(tail="5678", name="Somebody"), Match(member="cy", by=By.TAIL)),
        (Who(tail="1234", name="Bob"), Match(member="bob", by=By.TAIL)),
        (Who(tail="9999", name="Bob"), Match(member="bob", by=By.NAME)),
        (Who(name=" Ｂob "), Match(member="bob", by=By.NAME)),
        (Who(tail="5678", name="Bob"), Doubt(candidates=("cy", "bob"))),
        (Who(tail="1234"), Doubt(candidates=("ann", "bob"))),
        (Who(name="Ann"), Doubt(candidates=("ann", "ann2"))),
        (Who(name="ann"), Doubt()),
        (Who(name="Dan"), Doubt()),
    ],
)
def test_who_is_meant(who, right):
    assert matched(who, PEOPLE) == right


def test_several_accounts_of_one_person_are_no_doubt():
    people = People(groups=PEOPLE.groups, names=PEOPLE.names, tails={}, persons={"ann2": "ann"})
    assert matched(Who(name="Ann"), people) == Match(member="ann", by=By.NAME)


def attendance(text, **more):
    rows = read_attendance(book_of(text.encode("utf-8-sig"), "a.csv"), GROUND).rows
    return [row.code if isinstance(row, LeftRow) else row.who.name for row in rows]


def test_attendance():
    text = "昵称,是否到课,签到时间,观看时长(分钟)\nAnn,是,5/18 20:01,85\nBob,否,,\nCy,√,2026-05-18,\nDi,,,\n"
    assert attendance(text + "Eve,也许,2026-05-18,\nFay,1,2026-05-18,0\nGus,1,,\n,1,2026-05-18,\n") == [
        *("Ann", "absent", "Cy", "absent", "attended", "absent", "time", "nobody")
    ]


def test_only_last_digits_of_phones_go_on():
    text = "昵称,手机号\nBob,13800004321\nAnn,13800001111\nCy,5678\nEve,12\n"
    rows = read_tails(book_of(text.encode(), "t.csv"), GROUND).rows
    assert "1380000" not in repr(rows)
    outcomes, tails = decide_tails(rows, PEOPLE)
    assert [one.fate.value for one in outcomes] == ["taken", "rejected", "known", "rejected"]
    assert {member: list(mine) for member, mine in tails.items()} == {"bob": ["4321"]}


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", "昵称,备注\nAnn,x\n".encode(), b"PK\x03\x04rubbish", b"\x00\x01"])
def test_a_file_that_is_no_list_is_refused_in_words(data):
    with pytest.raises(GroupbotError):
        read_orders(book_of(data, "f.csv"), GROUND)


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(GroupbotError, match="two columns"):
        read_orders(book_of("订单号,金额,金额\n1,2,3\n".encode(), "f.csv"), GROUND)


SHEET = as_xlsx(dirty_orders(3, 30))


@given(st.binary(max_size=300), st.integers(0, len(SHEET)), st.booleans())
def test_no_bytes_break_the_reader(noise, at, is_workbook):
    damaged = SHEET[:at] + noise + SHEET[at + len(noise) :]
    for data in (
        damaged if is_workbook else noise,
        _repacked(noise) if is_workbook else "订单号,金额\n".encode() + noise,
    ):
        for read in (read_orders, read_attendance, read_tails):
            with suppress(GroupbotError):
                read(book_of(data, "f"), GROUND)


def _repacked(noise):
    """Return the workbook with noise within its sheet's XML."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SHEET)) as source, zipfile.ZipFile(target, "w") as made:
        for name in source.namelist():
            data = source.read(name)
            half = len(data) // 2
            made.writestr(name, data[:half] + noise[:20] + data[half:] if "sheet1" in name else data)
    return target.getvalue()


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("订单号,实付金额,昵称\n1,2,Ann\n", "/转化 导入 订单"),
        ("昵称,到课,签到时间\nAnn,是,\n", "/转化 导入 到课"),
        ("时间,话术,素材\n20:00,Hi,\n", ""),
        ("昵称,金额\nAnn,5\n", ""),
        ("", ""),
    ],
)
def test_a_file_without_a_word_tells_what_it_lists(text, command):
    assert command_for(text.encode(), "f.csv") == command
