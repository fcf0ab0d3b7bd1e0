"""Which column of a list holds what, by the words that shops, course systems and operators put above it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from groupbot.i18n import _
from groupbot.sop.workbook.grid import Cell, Sheet
from groupbot.tracking.imports.amounts import PLAIN, Unit, unit_of
from groupbot.tracking.imports.cells import clean
from groupbot.tracking.imports.values import NoList

MOST_ABOVE = 30
"""Rows of titles and remarks above the headings, at most."""
_LEAST = 2
"""Columns that must be understood before a row counts as headings."""
_ASIDE = re.compile(r"[(\[].*?[)\]]|/[^/]*$")
_GAPS = re.compile(r"[\s:*_\-.。]+")


class Field(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    REFUND_NUMBER = "refund-number"
    PAID_AT = "paid-at"
    REFUNDED_AT = "refunded-at"
    AMOUNT = "amount"
    REFUND = "refund"
    CURRENCY = "currency"
    MEMBER = "member"
    NAME = "name"
    PHONE = "phone"
    STATUS = "status"
    PRODUCT = "product"
    CHANNEL = "channel"
    ATTENDED = "attended"
    CHECKED_IN = "checked-in"
    STAYED = "stayed"
    LESSON = "lesson"


_WORDS: Mapping[Field, str] = {
    Field.NUMBER: (
        "订单号 订单编号 订单id 主订单编号 子订单编号 交易单号 商户订单号 商家订单号 平台订单号 支付单号 交易号 "
        "流水号 单号 orderid order orderno ordernumber orderref transactionid transaction invoice"
    ),
    Field.REFUND_NUMBER: "退款单号 退款编号 退款id 商户退款单号 售后单号 售后编号 refundid refundno",
    Field.PAID_AT: (
        "支付时间 付款时间 支付完成时间 付款完成时间 支付成功时间 买家付款时间 订单付款时间 成交时间 交易时间 "
        "订单支付时间 支付日期 付款日期 paidat paymenttime paytime 下单时间 订单创建时间 订单提交时间 创建时间 "
        "提交时间 时间 日期 下单日期 date time orderdate createdat orderedat datetime"
    ),
    Field.REFUNDED_AT: "退款时间 退款完成时间 退款成功时间 refundedat refundtime refunddate",
    Field.AMOUNT: (
        "实付金额 订单实付金额 实付 实付款 实际支付金额 买家实付 买家实付金额 买家实际支付金额 用户实付 实收金额 实收 "
        "支付金额 付款金额 成交金额 paidamount amountpaid 应结订单金额 订单应付金额 订单金额 订单总额 订单总金额 "
        "交易金额 收款金额 总金额 金额 总价 成交价 付款额 价格 报名费 学费 amount total ordertotal ordertotalamount "
        "price"
    ),
    Field.REFUND: (
        "退款金额 已退金额 已退款金额 退款总额 实退金额 订单退款金额 成功退款金额 累计退款金额 "
        "refundamount refunded refundedamount amountrefunded"
    ),
    Field.CURRENCY: "币种 货币 货币种类 currency",
    Field.MEMBER: (
        "成员id 微信号 用户标识 openid 微信openid 微信id wxid 用户id 用户编号 会员id 外部联系人id externaluserid "
        "memberid userid wechatid member"
    ),
    Field.NAME: (
        "微信昵称 群昵称 昵称 用户昵称 买家昵称 买家 买家会员名 用户名 用户 学员昵称 学员 姓名 学员姓名 客户 "
        "客户名称 会员名 下单人 跟团人 nickname nick buyer buyername billingname name customer customername student "
        "username"
    ),
    Field.PHONE: (
        "手机尾号 尾号 手机号后四位 手机后四位 后四位 手机号 手机号码 手机 联系手机 电话 联系电话 联系方式 "
        "买家手机 买家手机号 billingphone 收货人手机 收货人手机号 收件人手机 phone mobile tel telephone "
        "phonenumber phonetail tail"
    ),
    Field.STATUS: (
        "订单状态 支付状态 交易状态 付款状态 状态 退款状态 售后状态 financialstatus status orderstatus paymentstatus "
        "state"
    ),
    Field.PRODUCT: "商品名称 商品 商品标题 商品信息 宝贝标题 产品 产品名称 套餐 product item productname sku",
    Field.CHANNEL: "渠道 来源 来源渠道 渠道来源 推广渠道 channel source",
    Field.ATTENDED: (
        "到课 是否到课 到课情况 到课状态 出勤 是否出勤 考勤 考勤状态 是否参加 是否签到 签到状态 签到 打卡 attended "
        "attendance present"
    ),
    Field.CHECKED_IN: (
        "签到时间 到课时间 进入时间 首次进入时间 加入时间 打卡时间 观看时间 开始观看时间 进入直播间时间 "
        "首次观看时间 checkedinat checkin joinedat jointime"
    ),
    Field.STAYED: (
        "时长 观看时长 在线时长 学习时长 听课时长 参与时长 累计观看时长 累计时长 停留时长 duration minutes watchtime"
    ),
    Field.LESSON: "课程 课程名称 课节 课次 场次 直播间 直播名称 lesson course session class",
}
"""Words by field, the ones to be preferred first."""
_BY_WORD = {word: (name, rank) for name, words in _WORDS.items() for rank, word in enumerate(words.split())}
_MANY = frozenset({Field.NAME, Field.PHONE, Field.MEMBER, Field.PAID_AT, Field.STATUS, Field.PRODUCT})
"""Where a blank cell lets the next column of the field speak."""
_WHO = frozenset({Field.MEMBER, Field.NAME, Field.PHONE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Headings:
    """The columns of a list. `row`: where its headings stand; `unit`: what that of the amounts says besides."""

    row: int
    columns: Mapping[Field, tuple[int, ...]]
    unit: Unit = PLAIN
    refund_unit: Unit = PLAIN
    unread: tuple[str, ...] = ()
    words: Mapping[int, str] = field(default_factory=dict)

    def has(self, name: Field) -> bool:
        """Tell whether there is a column of this."""
        return name in self.columns

    def cells(self, sheet: Sheet, row: int, name: Field) -> list[Cell]:
        """Return the filled cells of a field in a row, the preferred first; merged ones count for all their rows."""
        found = (sheet.seen(row, column) for column in self.columns.get(name, ()))
        return [cell for cell in found if cell is not None and cell.text]

    def others(self, sheet: Sheet, row: int) -> list[Cell]:
        """Return the filled cells of a row that stand in no column of a field."""
        used = {column for chosen in self.columns.values() for column in chosen}
        return [cell for cell in sheet.filled(row) if cell.column not in used]


def find(sheet: Sheet, wanted: Iterable[Field]) -> Headings | None:
    """Return the headings of `sheet`: the first row with a column of people or numbers and one of `wanted`."""
    needed = frozenset(wanted)
    for row in sorted(sheet.rows)[:MOST_ABOVE]:
        cells = sheet.filled(row)
        known = {cell.column: place for cell in cells if (place := _BY_WORD.get(word_of(cell)))}
        fields = {name for name, _rank in known.values()}
        if len(known) >= _LEAST and fields & needed and fields & (_WHO | {Field.NUMBER}):
            return _headings(sheet, row, known)
    return None


def _headings(sheet: Sheet, row: int, known: Mapping[int, tuple[Field, int]]) -> Headings:
    columns: dict[Field, tuple[int, ...]] = {}
    for name in Field:
        ranked = sorted((rank, column) for column, (found, rank) in known.items() if found is name)
        if ranked:
            _refuse_twins(sheet, row, name, ranked)
            columns[name] = tuple(column for _rank, column in (ranked if name in _MANY else ranked[:1]))
    used = {column for chosen in columns.values() for column in chosen}
    texts = {cell.column: cell.text for cell in sheet.filled(row)}
    return Headings(
        row=row,
        columns=columns,
        unit=_unit(texts, columns.get(Field.AMOUNT)),
        refund_unit=_unit(texts, columns.get(Field.REFUND)),
        unread=tuple(text for column, text in texts.items() if column not in used),
        words={column: word for column, text in texts.items() if (word := _folded(text))},
    )


def _refuse_twins(sheet: Sheet, row: int, name: Field, ranked: list[tuple[int, int]]) -> None:
    """Raise NoList for two columns of amounts that are called the same."""
    if name in {Field.AMOUNT, Field.REFUND} and len(ranked) > 1 and ranked[0][0] == ranked[1][0]:
        cell = sheet.seen(row, ranked[0][1])
        raise NoList(
            _("{file}: two columns are called {heading}.").format(file=sheet.file, heading=cell.text if cell else ""),
            hint=_("Delete the one that is not to count."),
        )


def _unit(texts: Mapping[int, str], columns: tuple[int, ...] | None) -> Unit:
    return unit_of(texts.get(columns[0], "")) if columns else PLAIN


def word_of(cell: Cell) -> str:
    """Return a heading as it is looked up."""
    return _folded(cell.text)


def _folded(text: str) -> str:
    plain = clean(text)
    return _GAPS.sub("", _ASIDE.sub("", plain)).casefold() or _GAPS.sub("", plain).casefold()
