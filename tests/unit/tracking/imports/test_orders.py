"""Lists as shops and operators make them: what each row of an order tells."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest

from groupbot.tracking.conversion_book import People
from groupbot.tracking.imports.deciding import Batch, Fate, Known, decide, keys_of
from groupbot.tracking.imports.orders import read_orders
from groupbot.tracking.imports.reading import book_of
from groupbot.tracking.imports.values import LeftRow
from groupbot.tracking.matching import By
from groupbot.tracking.stages import StoredConversion

from .dirty import GROUND, NOW

PEOPLE = People(
    groups=dict.fromkeys(("ann", "bob"), "g"), names={"Ann": ["ann"], "Bob": ["bob"]}, tails={"1234": ["ann"]}
)
BATCH = Batch(campaign="camp", name="b", by="Olga")


def read(*lines, ground=GROUND, encoding="utf-8"):
    return read_orders(book_of("\n".join(lines).encode(encoding), "o.csv"), ground)


def told(row):
    """Return a row in brief: the code of what is left out, else stage, amount and currency of all that it tells."""
    if isinstance(row, LeftRow):
        return row.code
    return " ".join(f"{one.key}={one.stage}:{one.amount}{one.currency}" for one in row.reached)


BILL = (
    "交易时间,微信订单号,商户订单号,用户标识,交易状态,货币种类,应结订单金额,商户退款单号,退款金额,退款状态,订单金额",
    "`2026-05-18 19:00:00,`42,`M1,`ann,`SUCCESS,`CNY,`99.00,`0,`0.00,`,`99.00",
    "`2026-05-18 19:05:00,`42,`M1,`ann,`REFUND,`CNY,`0.00,`R1,`99.00,`SUCCESS,`0.00",
)
"""A bill of payments: what went back stands in rows of its own, beside nothing paid."""
HEAD = "订单号,支付时间,实付金额,昵称,订单状态,退款状态,退款金额,退款单号"


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        ("1,2026-05-18,99,Ann,已支付,,,", "order:1=paid:99CNY"),
        ("1,2026-05-18,99,Ann,交易成功,无退款,0,", "order:1=paid:99CNY"),
        ("1,2026-05-18,99,Ann,已退款,,,", "order:1=paid:99CNY refund:1=refunded:99CNY"),
        ("1,2026-05-18,99,Ann,交易关闭,退款成功,99,", "order:1=paid:99CNY refund:1=refunded:99CNY"),
        ("1,2026-05-18,99,Ann,交易成功,退款成功,9.9,R7", "order:1=paid:99CNY refund:R7=refunded:9.90CNY"),
        ("1,2026-05-18,99,Ann,已完成,退款中,99,", "order:1=paid:99CNY"),
        ("1,2026-05-18,-99,Ann,,,,R8", "refund:R8=refunded:99CNY"),
        ("1,2026-05-18,-99,Ann,已支付,,,", "amount"),
        ("1,2026-05-18,99,Ann,部分退款,,,", "refund"),
        ("1,2026-05-18,99,Ann,部分退款,,100,", "refund"),
        ("1,2026-05-18,99,Ann,待付款,,,", "not-paid"),
        ("1,2026-05-18,99,Ann,神秘,,,", "status"),
        ("1,2026-05-18,0,Ann,已支付,,,", "order:1=paid:0CNY"),
        ("1,2026-05-18,99,合计,已支付,,,", "order:1=paid:99CNY"),
        (",,99,合计,,,,", "total"),
        ("总计：,,￥99.00,,,,,", "total"),
        ("共 12 条记录,,,,,,,", "amount"),
        (HEAD, "header"),
    ],
)
def test_one_row(cells, right):
    (row,) = read("春季课,,,", HEAD, cells).rows
    assert told(row) == right


@pytest.mark.parametrize(
    ("lines", "right"),
    [
        (("订单号;金额(分);昵称;时间", "1;9990;Ann;5/18"), ["order:1=paid:99.90CNY"]),
        (("Order ID\tTotal (USD)\tBuyer\tDate", "1\t99.9\tAnn\t2026-05-18"), ["order:1=paid:99.90USD"]),
        (("订单号,金额,昵称,时间,商品", "1,9,Ann,5/18,a", "1,9,Ann,5/18,a"), ["order:1=paid:9CNY"] * 2),
        (("订单号,金额,昵称,时间,商品", "1,9,Ann,5/18,a", "1,9,Ann,5/18,b"), ["twice"] * 2),
        (("订单号,金额,昵称,时间", "1,9,Ann,5/18", "1,9,Bob,5/18"), ["twice"] * 2),
        (("订单号,金额,昵称,时间", "1,9,Ann,5/18", "1,-9,Ann,5/19"), ["order:1=paid:9CNY", "refund:1=refunded:9CNY"]),
        (("订单号,金额,昵称,时间", "1,-9,Ann,5/18", "1,-5,Ann,5/19"), ["twice"] * 2),
        (("订单号,订单金额,订单实付金额,昵称,时间", "1,199,99,Ann,5/18"), ["order:1=paid:99CNY"]),
        (("订单号,类型,金额,昵称,时间", "1,退款,9,Ann,5/18", "2,支付,9,Ann,5/18"), ["status", "order:2=paid:9CNY"]),
        (("退款单号,订单号,金额,昵称,时间", "R1,1,9,Ann,5/18"), ["refund"]),
        (("Order,Buyer,Total,Financial Status,Created at", "1,Ann,9,voided,2026-05-18"), ["not-paid"]),
        (("订单号,金额,昵称,支付时间,下单时间", "1,9,Ann,,5/18"), ["not-paid"]),
        (("订单号,金额,昵称,时间,商品,规格", "1,9,Ann,5/18,a,大", "1,9,Ann,5/18,a,小"), ["twice"] * 2),
        (("序号,订单号,金额,昵称,时间", "1,1,9,Ann,5/18", "2,1,9,Ann,5/18"), ["order:1=paid:9CNY"] * 2),
        (
            ("订单号,金额,退款金额,昵称,时间,状态", "1,9,9,Ann,5/18,已取消"),
            ["order:1=paid:9CNY refund:1=refunded:9CNY"],
        ),
        (("订单号,金额,昵称,时间", "6912345678901230000,9,Ann,5/18"), ["cut-number"]),
        (BILL[:2], ["order:M1=paid:99CNY"]),
        (BILL[::2], ["refund:R1=refunded:99CNY"]),
        (("订单号,金额,昵称", "1,9,Ann"), ["time"]),
        (("订单号,金额,昵称,时间", "7.0,9,Ann,5/18"), ["order:7=paid:9CNY"]),
    ],
)
def test_whole_lists(lines, right):
    assert [told(row) for row in read(*lines).rows] == right


def test_a_list_without_numbers_or_times_counts_each_row_once():
    ground = replace(GROUND, at=GROUND.start)
    first, twin, other = read("昵称,金额", "Ann,9", "Ann,9", "Bob,9", ground=ground).rows
    assert first.key == twin.key != other.key
    assert first.key.startswith("row:")
    fates = [one.fate for one in decide((first, twin, other), PEOPLE, Known(), BATCH).outcomes]
    assert fates == [Fate.TAKEN, Fate.KNOWN, Fate.TAKEN]


def test_products_of_one_order_under_a_merged_amount():
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["订单号", "支付时间", "实付金额", "昵称", "商品"],
        ["1", "2026-05-18", "99", "Ann", "a"],
        [None, None, None, None, "b"],
    ):
        sheet.append(row)
    for letter in "ABCD":
        sheet.merge_cells(f"{letter}2:{letter}3")
    target = io.BytesIO()
    book.save(target)
    rows = read_orders(book_of(target.getvalue(), "o.xlsx"), GROUND).rows
    assert [one.fate for one in decide(rows, PEOPLE, Known(), BATCH).outcomes] == [Fate.TAKEN, Fate.KNOWN]


def test_amounts_in_a_workbook_keep_their_cents():
    book = openpyxl.Workbook()
    for row in (
        ["订单号", "支付时间", "实付金额", "昵称"],
        ["1", "2026-05-18", 123456789.12, "Ann"],
        ["2", 46160.5, 0.1 + 0.2, "Ann"],
    ):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    rows = read_orders(book_of(target.getvalue(), "o.xlsx"), GROUND).rows
    assert [told(row) for row in rows] == ["order:1=paid:123456789.12CNY", "order:2=paid:0.30CNY"]


def stored(one, **more):
    return {one.key: StoredConversion(id=1, conversion=one, recorded_at=NOW, **more)}


def test_what_counts_stays_its_members_when_names_change_hands():
    rows = read("订单号,金额,昵称,时间", "1,9,Ann,5/18").rows
    (first,) = decide(rows, PEOPLE, Known(), BATCH).conversions
    swapped = replace(PEOPLE, names={"Ann": ["bob"], "Bob": ["ann"]})
    again = decide(rows, swapped, Known(stored=stored(first)), BATCH)
    assert (again.conversions, again.outcomes[0].fate, again.outcomes[0].member) == ((), Fate.KNOWN, "ann")


def test_an_id_says_more_than_what_counted():
    rows = read("订单号,金额,成员ID,时间", "1,9,bob,5/18").rows
    (first,) = decide(read("订单号,金额,昵称,时间", "1,9,Ann,5/18").rows, PEOPLE, Known(), BATCH).conversions
    again = decide(rows, PEOPLE, Known(stored=stored(first)), BATCH)
    assert (again.outcomes[0].fate, again.outcomes[0].by) == (Fate.CHANGED, By.MEMBER)
    assert [one.member for one in again.conversions] == ["bob"]


def test_columns_that_are_not_understood_are_named():
    assert read("订单号,金额,昵称,时间,星座", "1,9,Ann,5/18,x").unread == ("星座",)


def test_an_order_that_is_not_paid_any_more_is_told_as_long_as_it_counts():
    head = "订单号,金额,昵称,时间,状态"
    rows = read(head, "1,9,Ann,5/18,已支付").rows
    (first,) = decide(rows, PEOPLE, Known(), BATCH).conversions
    closed = read(head, "1,9,Ann,5/18,交易关闭").rows
    assert keys_of(closed, PEOPLE, {}) == ("order:1",)
    codes = [
        decide(closed, PEOPLE, Known(stored=before), BATCH).outcomes[0].code
        for before in ({}, stored(first), stored(first, undone_at=NOW, undone_by="Olga"))
    ]
    assert codes == ["not-paid", "still-counts", "not-paid"]


def test_a_refund_changes_no_name_of_an_order_without_a_number():
    before, after = (read("金额,昵称,时间,状态", f"9,Ann,5/18,{state}").rows[0] for state in ("已支付", "已退款"))
    assert before.reached == after.reached[:1]
