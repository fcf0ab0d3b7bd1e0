"""Ten thousand order rows as shops and people fill them, each with the outcome that is right."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import openpyxl

from groupbot.tracking.conversion_book import People
from groupbot.tracking.imports.deciding import Fate
from groupbot.tracking.imports.values import Ground

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 5, 18, tzinfo=ZONE)
NOW = datetime(2026, 7, 1, tzinfo=UTC)
GROUND = Ground(zone=ZONE, start=START.astimezone(UTC), now=NOW)
MEMBERS = 3_000
HEADINGS = (
    "订单编号",
    "支付时间",
    "实付金额",
    "币种",
    "买家昵称",
    "手机号",
    "用户ID",
    "订单状态",
    "退款金额",
    "商品名称",
)


@dataclass(frozen=True, kw_only=True)
class Right:
    """What is right for a row. `paid`, `back`: money by currency, of rows that count."""

    fate: Fate
    member: str = ""
    at: datetime | None = None
    paid: Decimal | None = None
    back: Decimal | None = None
    currency: str = "CNY"
    code: str = ""


@dataclass
class Dirty:
    """The rows with what is right for each, in order."""

    rng: Random
    rows: list[tuple[str, ...]] = field(default_factory=list)
    right: list[Right] = field(default_factory=list)
    count: int = 0

    def add(self, right: Right, *cells: str) -> None:
        self.rows.append(cells)
        self.right.append(right)


def people() -> People:
    """Return members m0…: every tenth shares a nickname with the next, every second has a phone tail of its own."""
    ids = [f"wxid_{n}" for n in range(MEMBERS)]
    names: dict[str, list[str]] = {}
    for n, member in enumerate(ids):
        names.setdefault(name_of(n), []).append(member)
    tails = {tail_of(n): [member] for n, member in enumerate(ids) if n % 2 == 0}
    return People(groups=dict.fromkeys(ids, "camp-1"), names=names, tails=tails, shown={})


def name_of(n: int) -> str:
    return f"小鱼{n - n % 10}" if n % 10 == 1 else f"小鱼{n}"


def tail_of(n: int) -> str:
    return f"{n:04d}"


def is_alone(n: int) -> bool:
    """Tell whether nobody else is called so."""
    return n % 10 not in {0, 1}


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def amounts(rng: Random) -> tuple[str, Decimal]:
    """Return an amount as somebody wrote it, and what it is."""
    cents = rng.randrange(1, 2_000_000)
    value = Decimal(cents) / 100
    ways: list[tuple[str, Decimal]] = [
        (f"{value:.2f}", value),
        (f"¥{value:.2f}", value),
        (f"￥{value:,.2f}", value),
        (wide(f"{value:.2f}"), value),
        (wide(f"{value:,.2f}") + "元", value),
        (f"{value} RMB", value),
        (f"CNY {value}", value),
        (f" {value}\t", value),
        (f"`{value}", value),
        (f'="{value:.2f}"', value),
    ]
    return rng.choice(ways)


def big_amounts(rng: Random) -> tuple[str, Decimal]:
    """Return one in 万 or 千: in a column that says no unit."""
    tenths = Decimal(rng.randrange(1, 200)) / 10
    whole = rng.randrange(1, 9)
    ways = [
        (f"{tenths}万", tenths * 10_000),
        (wide(str(tenths)) + "万元", tenths * 10_000),
        (f"{whole}千", Decimal(whole) * 1_000),
        (f"{tenths}w", tenths * 10_000),
        (f"{whole}万{whole}千", Decimal(whole) * 11_000),
    ]
    return rng.choice(ways)


def times(rng: Random) -> tuple[str, datetime]:
    """Return a time as somebody wrote it, and what it is."""
    at = START + timedelta(minutes=rng.randrange(0, 40 * 24 * 60))
    evening = at.replace(hour=20, minute=0)
    serial = (at.replace(tzinfo=None) - datetime(1899, 12, 30)) / timedelta(days=1)  # noqa: DTZ001 - wall clock
    ways = [
        (f"{at:%Y-%m-%d %H:%M:%S}", at),
        (f"{at:%Y/%m/%d %H:%M}", at),
        (f"{at:%Y.%m.%d %H:%M}", at),
        (f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}", at),
        (f"{evening.year}年{evening.month}月{evening.day}日 晚8点", evening),
        (f"{evening.month}/{evening.day} 20:00", evening),
        (wide(f"{at:%Y-%m-%d}") + " " + wide(f"{at:%H:%M}"), at),
        (f"{serial:.8f}", at),
        (f"{at:%Y%m%d%H%M%S}", at),
        (f"{at.isoformat()}", at),
        (f"{at:%Y-%m-%d}", at.replace(hour=0, minute=0)),
    ]
    return rng.choice(ways)


def phone(rng: Random, tail: str) -> str:
    ways = [
        f"1380000{tail}",
        f"138****{tail}",
        f"+86 138 0000 {tail}",
        wide(f"1380000{tail}"),
        tail,
        f"139-1234-{tail}",
    ]
    return rng.choice(ways)


def _order(dirty: Dirty) -> str:
    dirty.count += 1
    return f"SO{dirty.count:08d}"


def _by_id(dirty: Dirty, n: int) -> tuple[Fate, str, tuple[str, str, str]]:
    return Fate.TAKEN, f"wxid_{n}", ("", "", f"wxid_{n}")


def _by_tail(dirty: Dirty, n: int) -> tuple[Fate, str, tuple[str, str, str]]:
    n -= n % 2
    return Fate.TAKEN, f"wxid_{n}", ("", phone(dirty.rng, tail_of(n)), "")


def _by_name(dirty: Dirty, n: int) -> tuple[Fate, str, tuple[str, str, str]]:
    n = n if is_alone(n) else n - n % 10 + 3
    shown = dirty.rng.choice([name_of(n), f" {name_of(n)} ", wide(name_of(n)), f"{name_of(n)}\u200b"])
    return Fate.TAKEN, f"wxid_{n}", (shown, "", "shop-user-77")


def _same_name(dirty: Dirty, n: int) -> tuple[Fate, str, tuple[str, str, str]]:
    return Fate.PROPOSED, "", (name_of(n - n % 10), "", "")


def _same_name_with_tail(dirty: Dirty, n: int) -> tuple[Fate, str, tuple[str, str, str]]:
    n -= n % 10
    return Fate.TAKEN, f"wxid_{n}", (name_of(n), phone(dirty.rng, tail_of(n)), "")


def _stranger(dirty: Dirty, n: int) -> tuple[Fate, str, tuple[str, str, str]]:
    return Fate.PROPOSED, "", (f"路人{n}", phone(dirty.rng, f"{9_000 + n % 900}"), "")


def _contradiction(dirty: Dirty, n: int) -> tuple[Fate, str, tuple[str, str, str]]:
    n -= n % 10
    return Fate.PROPOSED, "", (name_of(n + 3), phone(dirty.rng, tail_of(n)), "")


WHO: tuple[Callable[[Dirty, int], tuple[Fate, str, tuple[str, str, str]]], ...] = (
    *(_by_id, _by_tail, _by_tail, _by_name, _by_name),
    *(_same_name, _same_name_with_tail, _stranger, _contradiction),
)


def _plain(dirty: Dirty) -> None:
    rng = dirty.rng
    fate, member, (name, tail, user) = rng.choice(WHO)(dirty, rng.randrange(MEMBERS))
    (words, amount), (when, at) = rng.choice([amounts, amounts, big_amounts])(rng), times(rng)
    state = rng.choice(["已支付", "交易成功", "已完成", "", "PAID", "待发货", "退款中"])
    currency = rng.choice(["", "CNY", "人民币", "￥"])
    cells = (_order(dirty), when, words, currency, name, tail, user, state, "", f"课程{rng.randrange(5)}")
    dirty.add(Right(fate=fate, member=member, at=at, paid=amount), *cells)
    if rng.random() < 0.08:
        twin = Right(fate=Fate.KNOWN, member=member, at=at)
        dirty.add(twin, *cells)


def _refunded(dirty: Dirty) -> None:
    rng = dirty.rng
    fate, member, (name, tail, user) = rng.choice(WHO)(dirty, rng.randrange(MEMBERS))
    (words, amount), (when, at) = amounts(rng), times(rng)
    part = (amount / 2).quantize(Decimal("0.01"))
    state, back, cell = rng.choice(
        [
            ("已退款", amount, ""),
            ("退款成功", amount, words),
            ("部分退款", part, f"{part}"),
            ("部分退款", part, f"-{part}"),
        ]
    )
    cells = (_order(dirty), when, words, "", name, tail, user, state, cell, "")
    dirty.add(Right(fate=fate, member=member, at=at, paid=amount, back=back), *cells)


def _negative(dirty: Dirty) -> None:
    rng = dirty.rng
    fate, member, (name, tail, user) = rng.choice(WHO)(dirty, rng.randrange(MEMBERS))
    when, at = times(rng)
    back = Decimal(rng.randrange(1, 99_999)) / 100
    words = rng.choice([f"-{back}", f"({back})", f"（{back}）", f"-¥{back}", f"¥-{back}", f"−{back}"])
    cells = (_order(dirty), when, words, "", name, tail, user, "", "", "")
    dirty.add(Right(fate=fate, member=member, at=at, back=back), *cells)


def _dollars(dirty: Dirty) -> None:
    rng = dirty.rng
    when, at = times(rng)
    paid = Decimal(rng.randrange(1, 9_999)) / 100
    words, column = rng.choice([(f"${paid}", ""), (f"{paid}", "USD"), (f"${paid}", "美元"), (f"US${paid}", "usd")])
    n = rng.randrange(MEMBERS)
    cells = (_order(dirty), when, words, column, "", "", f"wxid_{n}", "已支付", "", "")
    dirty.add(Right(fate=Fate.TAKEN, member=f"wxid_{n}", at=at, paid=paid, currency="USD"), *cells)


BROKEN = {
    "amount": ("2千5", "1e5", "free", "12,50", "1,23,456", "99999999999", "十块", "--5", "1.2.3", "8折"),
    "time": ("昨天", "2026-02-30 10:00", "05/06/2026", "下周一", "25:00", "2062-05-18", "待定", "18:00"),
    "status": ("也许", "?", "已支付?", "状态1"),
    "not-paid": ("待付款", "已关闭", "交易关闭", "已取消", "unpaid", "未支付"),
    "currency": ("贝壳", "积分", "??"),
    "cut-number": ("1.23457E+17", "2.02605E+18"),
}


def _broken(dirty: Dirty) -> None:
    rng = dirty.rng
    code = rng.choice(sorted(BROKEN))
    bad = rng.choice(BROKEN[code])
    (words, _amount), (when, _at), n = amounts(rng), times(rng), rng.randrange(MEMBERS)
    cells = {
        "number": _order(dirty),
        "time": when,
        "amount": words,
        "currency": "",
        "name": "",
        "phone": "",
        "user": f"wxid_{n}",
        "status": "已支付",
        "refund": "",
        "product": "",
    }
    place = {"not-paid": "status", "cut-number": "number"}.get(code, code)
    dirty.add(Right(fate=Fate.REJECTED, code=code), *(cells | {place: bad}).values())


def _lacking(dirty: Dirty) -> None:
    rng = dirty.rng
    (words, _amount), (when, _at), n = amounts(rng), times(rng), rng.randrange(MEMBERS)
    user = f"wxid_{n}"
    code, cells = rng.choice(
        [
            ("no-number", ("", when, words, "", "", "", user, "已支付", "", "")),
            ("time", (_order(dirty), "", words, "", "", "", user, "已支付", "", "")),
            ("amount", (_order(dirty), when, "-", "", "", "", user, "已支付", "", "")),
            ("nobody", (_order(dirty), when, words, "", "", "", "", "已支付", "", "")),
            ("refund", (_order(dirty), when, words, "", "", "", user, "部分退款", "", "")),
            ("amount", (_order(dirty), when, "$9", "CNY", "", "", user, "已支付", "", "")),
            ("total", ("合计", "", "￥1,234,567.00", "", "", "", "", "", "", "")),
            ("total", ("", "", "9999", "", "小计", "", "", "", "", "")),
            ("header", HEADINGS),
        ]
    )
    dirty.add(Right(fate=Fate.REJECTED, code=code), *cells)


def _torn(dirty: Dirty) -> None:
    """Two rows of one order with different amounts: nobody can tell which is right."""
    number, n = _order(dirty), dirty.rng.randrange(MEMBERS)
    for paid in ("99", "199"):
        cells = (number, "2026-05-20 10:00", paid, "", "", "", f"wxid_{n}", "已支付", "", "")
        dirty.add(Right(fate=Fate.REJECTED, code="twice"), *cells)


KINDS = (_plain,) * 12 + (_refunded, _refunded, _negative, _dollars, _broken, _broken, _lacking, _torn)


def dirty_orders(seed: int, least: int) -> Dirty:
    """Return at least so many rows."""
    dirty = Dirty(rng=Random(seed))
    while len(dirty.rows) < least:
        dirty.rng.choice(KINDS)(dirty)
    return dirty


def as_csv(dirty: Dirty, *, encoding: str, delimiter: str = ",") -> bytes:
    """Return the file with two rows of titles above its headings."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(["春季训练营 订单导出"])
    writer.writerow(["导出时间", "2026-07-01 09:00"])
    writer.writerow(HEADINGS)
    writer.writerows(dirty.rows)
    return text.getvalue().encode(encoding)


def as_xlsx(dirty: Dirty) -> bytes:
    """Return the same as a workbook; every cell is text."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("订单")
    for row in (["春季训练营"], HEADINGS, *dirty.rows):
        sheet.append([cell.removeprefix("=").strip('"') or None for cell in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
