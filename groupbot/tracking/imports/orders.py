"""Lists of orders: what was paid, what went back, and which rows tell neither. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from groupbot.i18n import _
from groupbot.sop.workbook.grid import Book, Sheet
from groupbot.tracking.imports.amounts import Money, currency_of, money_of
from groupbot.tracking.imports.cells import text, value
from groupbot.tracking.imports.headings import Field, Headings
from groupbot.tracking.imports.moments import moment_of
from groupbot.tracking.imports.people_cells import detail_of, first, who_of
from groupbot.tracking.imports.reading import left_out, read_rows, unclear
from groupbot.tracking.imports.states import denies_refund, is_undone, state_of
from groupbot.tracking.imports.values import Ground, ListRow, Reached, ReadList, Unclear
from groupbot.tracking.matching import Who
from groupbot.tracking.stages import REFUNDED

NEEDED = frozenset({Field.AMOUNT})
_LONGEST_NUMBER = 120
_WHOLE = re.compile(r"(\d+)\.0")
_CUT = re.compile(r"\d+(?:\.\d+)?e\+?\d+|[1-9]\d{14}0{3,}", re.IGNORECASE)
"""A spreadsheet keeps fifteen digits of a number, and shows the others as zeros."""
_COUNTS_ROWS = frozenset({"序号", "行号", "no", "#", ""})
"""Headings of columns that number the rows, and differ where an order merely stands in the file twice."""
_OF_PAYMENT = re.compile(r"(?:订单|买家)?(?:支付|付款)|paid|pay")
"""How the heading of a time begins that only a paid order has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Said:
    """What the cells of one order say."""

    number: str
    who: Who
    paid: Money | None
    back: Money | None
    at: datetime
    back_at: datetime
    back_number: str
    product: str


def read_orders(book: Book, ground: Ground) -> ReadList:
    """Return every row of a list of orders. Raises NoList."""
    return read_rows(book, NEEDED, partial(_order, ground))


def _order(ground: Ground, sheet: Sheet, headings: Headings, row: int) -> ListRow:
    number = _number(sheet, headings, row)
    state = state_of(sheet, headings, row, number)
    amount = _money(sheet, headings, row, Field.AMOUNT, ground)
    refund = _money(sheet, headings, row, Field.REFUND, ground)
    if state in {"", "paid"} and amount is not None and amount.amount >= 0:
        _refuse_doubtful(sheet, headings, row, state, refund)
    paid, back = _settled(sheet, headings, row, state, amount, refund)
    at = _time(sheet, headings, row, Field.PAID_AT, ground) or ground.at
    back_at = _time(sheet, headings, row, Field.REFUNDED_AT, ground) or at
    if at is None or back_at is None:
        raise left_out(
            sheet.where(row),
            "time",
            _("the row has no time"),
            _("Add a column 支付时间, or say the day of all such rows: --at 5-18, in chat 时间=5-18."),
        )
    said = _Said(
        number=number,
        who=who_of(sheet, headings, row),
        paid=paid,
        back=back,
        at=at,
        back_at=back_at,
        back_number=_refund_number(sheet, headings, row),
        product=detail_of(sheet, headings, row, Field.PRODUCT),
    )
    if not said.who:
        hint = _("Fill in who it was: 昵称, 手机号 or 成员ID.")
        raise left_out(sheet.where(row), "nobody", _("the row names nobody"), hint)
    return _told(sheet, headings, row, said, ground)


def _told(sheet: Sheet, headings: Headings, row: int, said: _Said, ground: Ground) -> ListRow:
    number = said.number or _made_up(said)
    kind = "order" if said.number else "row"
    reached: list[Reached] = []
    if said.paid is not None:
        money = said.paid
        reached.append(_reached(f"{kind}:{number}", ground.stage, said.at, money))
    if said.back is not None:
        key = f"refund:{said.back_number or number}"
        reached.append(_reached(key, REFUNDED, said.back_at, said.back))
    return ListRow(
        where=sheet.where(row),
        who=said.who,
        reached=tuple(reached),
        detail=said.product,
        channel=first(sheet, headings, row, Field.CHANNEL),
        whole=_whole(sheet, headings, _origin(sheet, headings, row)),
    )


def _reached(key: str, stage: str, at: datetime, money: Money) -> Reached:
    return Reached(key=key, stage=stage, at=at, amount=money.amount, currency=money.currency)


def _refund_number(sheet: Sheet, headings: Headings, row: int) -> str:
    """Return the refund's own number, "" for none; 0 stands for none in bills."""
    number = first(sheet, headings, row, Field.REFUND_NUMBER)[:_LONGEST_NUMBER]
    return number if number.strip("0") else ""


def _number(sheet: Sheet, headings: Headings, row: int) -> str:
    if not headings.has(Field.NUMBER):
        return ""
    cells = headings.cells(sheet, row, Field.NUMBER)
    number = text(cells[0]) if cells else ""
    if not number:
        hint = _("Fill in the order's number; a remark or a footer needs nothing.")
        raise left_out(sheet.where(row, headings.columns[Field.NUMBER][0]), "no-number", _("no order number"), hint)
    if _CUT.fullmatch(number):
        hint = _("Export again with the column as text: the last digits are lost.")
        raise left_out(
            sheet.at(cells[0]), "cut-number", _("a spreadsheet cut the number {number}").format(number=number), hint
        )
    if whole := _WHOLE.fullmatch(number):
        number = whole[1]
    if len(number) > _LONGEST_NUMBER:
        hint = _("See whether another column's value stands there.")
        raise left_out(sheet.at(cells[0]), "no-number", _("that is no order number"), hint)
    return number


def _refuse_doubtful(sheet: Sheet, headings: Headings, row: int, state: str, refund: Money | None) -> None:
    """Refuse a row that would count as paid, though something beside its columns of states says otherwise."""
    blank = [column for column in headings.columns.get(Field.PAID_AT, ()) if value(sheet.seen(row, column)) == ""]
    if not state and any(_OF_PAYMENT.match(headings.words.get(column, "")) for column in blank):
        hint = _("Fill in the time of the payment, or a column 订单状态.")
        raise left_out(sheet.where(row, blank[0]), "not-paid", _("no state, and no time of a payment"), hint)
    if _refund_number(sheet, headings, row) and refund is None and not denies_refund(sheet, headings, row):
        reason = _("it has a refund's number, and nothing says how much went back")
        raise left_out(sheet.where(row), "refund", reason, _("Add a column 退款金额."))
    for cell in headings.others(sheet, row):
        if is_undone(cell):
            heading = sheet.seen(headings.row, cell.column)
            reason = _("{word} stands in a column that is not understood: {heading}")
            reason = reason.format(word=text(cell), heading=heading.text if heading else "—")
            hint = _("Call the column 订单状态 if it tells the order's state; else delete it.")
            raise left_out(sheet.at(cell), "status", reason, hint)


def _money(sheet: Sheet, headings: Headings, row: int, name: Field, ground: Ground) -> Money | None:
    cells = headings.cells(sheet, row, name)
    words = text(cells[0]) if cells else ""
    if not words:
        return None
    unit = headings.unit if name is Field.AMOUNT else headings.refund_unit
    try:
        money = money_of(cells[0].text, currency=_currency(sheet, headings, row), unit=unit)
    except Unclear as error:
        raise unclear(sheet, cells[0], "amount", error) from error
    return money if money.currency else replace(money, currency=ground.currency)


def _currency(sheet: Sheet, headings: Headings, row: int) -> str:
    cells = headings.cells(sheet, row, Field.CURRENCY)
    words = text(cells[0]) if cells else ""
    if not words:
        return ""
    try:
        return currency_of(words)
    except Unclear as error:
        raise unclear(sheet, cells[0], "currency", error) from error


def _settled(
    sheet: Sheet, headings: Headings, row: int, state: str, amount: Money | None, refund: Money | None
) -> tuple[Money | None, Money | None]:
    """Return what was paid and what went back, both positive, None = nothing."""
    back = Money(amount=abs(refund.amount), currency=refund.currency) if refund and refund.amount else None
    if amount is None:
        raise left_out(sheet.where(row, headings.columns[Field.AMOUNT][0]), "amount", _("no amount"), _("Fill it in."))
    if amount.amount < 0:
        if state in {"paid", "asked"} or back is not None:
            reason = _("a negative amount, and the row says paid or names a refund, too")
            hint = _("Write a refund as a row of its own, or in a column 退款金额.")
            raise left_out(sheet.where(row, headings.columns[Field.AMOUNT][0]), "amount", reason, hint)
        return None, Money(amount=-amount.amount, currency=amount.currency)
    if state == "asked":
        return amount, None
    if not amount.amount and back is not None and _refund_number(sheet, headings, row):
        return None, back  # a bill's row of a refund alone
    if state == "partly" and back is None:
        raise left_out(
            sheet.where(row), "refund", _("partly refunded, and nothing says how much"), _("Add a column 退款金额.")
        )
    if state == "back":
        back = back or amount
    _check_refund(sheet, row, amount, back)
    return amount, back


def _check_refund(sheet: Sheet, row: int, amount: Money, back: Money | None) -> None:
    if back is not None and (back.amount > amount.amount or back.currency != amount.currency):
        reason = _("more went back than was paid, or in another currency")
        raise left_out(
            sheet.where(row), "refund", reason, _("See what was really paid; 实付金额 counts before refunds.")
        )


def _time(sheet: Sheet, headings: Headings, row: int, name: Field, ground: Ground) -> datetime | None:
    cell = next((cell for cell in headings.cells(sheet, row, name) if value(cell) != ""), None)
    if cell is None:
        return None
    try:
        return moment_of(value(cell), ground)
    except Unclear as error:
        raise unclear(sheet, cell, "time", error) from error


def _whole(sheet: Sheet, headings: Headings, row: int) -> str:
    """Return what tells two lines of one order from one that stands in the file twice: all but what is counted."""
    counts = (cell for cell in headings.others(sheet, row) if headings.words.get(cell.column) not in _COUNTS_ROWS)
    return "\0".join((detail_of(sheet, headings, row, Field.PRODUCT), *(text(cell) for cell in counts)))


def _origin(sheet: Sheet, headings: Headings, row: int) -> int:
    """Return the row that a row's amount is merged with, the first of an order's products; else the row itself."""
    return sheet.covered.get((row, headings.columns[Field.AMOUNT][0]), (row, 0))[0]


def _made_up(said: _Said) -> str:
    """Return what names an order in a list without numbers: who, when, how much, of what; not what went back later."""
    money = said.paid or said.back
    amounts = (str(money.amount), "") if said.paid and money else ("", str(money.amount) if money else "")
    told = (said.who.member, said.who.tail, said.who.name, said.at.isoformat(), *amounts, said.product)
    return hashlib.sha256("\0".join(told).encode()).hexdigest()[:24]
