"""What the columns of an order's states say: paid, asked back, refunded in part or whole, never paid. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from groupbot.i18n import _
from groupbot.sop.workbook.grid import Cell, Sheet
from groupbot.tracking.imports.cells import text
from groupbot.tracking.imports.headings import Field, Headings
from groupbot.tracking.imports.reading import Unread, left_out
from groupbot.tracking.imports.values import LeftRow

_PAID = re.compile(
    r"已支付|已付款|已付|支付成功|付款成功|交易成功|交易完成|已完成|完成|成功|待发货|已发货|待收货|已收货"
    r"|已签收|待使用|已使用|已核销|已成交|买家已付款.*|卖家已发货.*|等待卖家发货|已结算|正常|paid"
    r"|completed?|success(?:ful)?|succeeded|shipped|delivered|fulfilled|done"
)
_BACK = re.compile(
    r"(?:已全额|已|全额|全部)?退款(?:成功|完成|完毕)?|交易退款|已退货退款|退货退款成功|已退|refunded"
    r"|refund|full(?:y)?refunded"
)
_PARTLY = re.compile(r"(?:已)?部分退款(?:成功|完成)?|部分已退|(?:partial(?:ly)?|partly)refund(?:ed)?")
_NOT_PAID = re.compile(
    r"待付款|待支付|未付款|未支付|等待买家付款|支付中|支付失败|付款失败|已关闭|交易关闭|订单关闭|关闭"
    r"|已取消|取消|交易取消|已撤销|revoked|已作废|作废|已失效|unpaid|pending|closed|cancell?ed|failed|expired|void(?:ed)?"
    r"|awaitingpayment"
)
_ASKED_BACK = re.compile(r"退款中|申请退款|退款申请中|待退款|售后中|退款处理中|refunding|refundpending|refundrequested")
_NO_REFUND = re.compile(r"无退款|未退款|没有退款|无售后|未申请退款|退款关闭|退款失败|退款取消|norefund|none|无")
_ENDED = re.compile(r"(?:已|交易|订单)?(?:关闭|取消|撤销)|closed|cancell?ed|void(?:ed)?")
"""What an order is called that was paid before, as well as one that never was."""
_UNDONE = re.compile("|".join(f"(?:{one.pattern})" for one in (_BACK, _PARTLY, _NOT_PAID)))


def state_of(sheet: Sheet, headings: Headings, row: int, number: str) -> str:
    """Return paid, asked (for a refund), back or partly, "" when nothing is said; all columns of states together."""
    found = ""
    for cell in headings.cells(sheet, row, Field.STATUS):
        word = re.sub(r"[\s_\-]+", "", text(cell)).casefold()
        if not word or (_NO_REFUND.fullmatch(word)):
            continue
        if _NOT_PAID.fullmatch(word):
            if found in {"back", "partly"}:
                continue
            if _has_refund(sheet, headings, row, word):
                found = "back"
                continue
            reason, key = _("not paid: {word}").format(word=text(cell)), f"order:{number}" if number else ""
            hint = _("If it counted before, take it back: groupbot track undo.")
            raise Unread(LeftRow(where=sheet.at(cell), code="not-paid", reason=reason, hint=hint, key=key))
        said = _said_state(word)
        if not said:
            hint = _("Write 已支付, 已退款, 部分退款, 待付款 or 已关闭.")
            raise left_out(
                sheet.at(cell), "status", _("the state {word} is not understood").format(word=text(cell)), hint
            )
        found = said if found in {"", "paid", "asked"} and not (found == "asked" and said == "paid") else found
    return found


def _has_refund(sheet: Sheet, headings: Headings, row: int, ended: str) -> bool:
    """Tell whether another column says that the money went back: 交易关闭 beside 退款成功, or beside what went back."""
    if any(_BACK.fullmatch(word) for word in _words(headings.cells(sheet, row, Field.STATUS))):
        return True
    cells = headings.cells(sheet, row, Field.REFUND)
    return bool(_ENDED.fullmatch(ended) and cells and re.search(r"[1-9]", text(cells[0])))


def denies_refund(sheet: Sheet, headings: Headings, row: int) -> bool:
    """Tell whether a state says that no money went back."""
    return any(_NO_REFUND.fullmatch(word) for word in _words(headings.cells(sheet, row, Field.STATUS)))


def _words(cells: Iterable[Cell]) -> list[str]:
    """Return cells of states as they are looked up."""
    return [re.sub(r"[\s_\-]+", "", text(cell)).casefold() for cell in cells]


def _said_state(word: str) -> str:
    if _PAID.fullmatch(word):
        return "paid"
    if _ASKED_BACK.fullmatch(word):
        return "asked"
    if _PARTLY.fullmatch(word):
        return "partly"
    return "back" if _BACK.fullmatch(word) else ""


def is_undone(cell: Cell) -> bool:
    """Tell whether a cell, in whatever column, is called what an order is called that is not or no longer paid."""
    return _UNDONE.fullmatch(_words([cell])[0]) is not None
