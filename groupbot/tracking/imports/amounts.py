"""Amounts as people write them, to exact numbers. What could mean two amounts is refused. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from groupbot.i18n import _
from groupbot.tracking.imports.cells import clean
from groupbot.tracking.imports.values import Unclear
from groupbot.tracking.money import amount as kept
from groupbot.tracking.money import units

MOST = Decimal(1_000_000_000)
"""More than that is an order's number in the wrong column."""
_SIGNS: tuple[tuple[str, frozenset[str]], ...] = (
    (r"HK\$|港币|港元|HKD", frozenset({"HKD"})),
    (r"NT\$|新?台币|TWD", frozenset({"TWD"})),
    (r"US\$|美元|美金|USD", frozenset({"USD"})),
    (r"RMB|CNY|人民币|块钱|元|块", frozenset({"CNY"})),
    (r"欧元|EUR|€", frozenset({"EUR"})),
    (r"英镑|GBP|£", frozenset({"GBP"})),
    (r"日元|円|JPY", frozenset({"JPY"})),
    (r"¥", frozenset({"CNY", "JPY"})),
    (r"\$", frozenset({"USD", "HKD", "TWD", "SGD", "AUD", "CAD"})),
)
"""A currency's signs, and what they may stand for, the first meant when nothing else says it."""
_USUAL = {"¥": "CNY", "$": "USD"}
_ANY = re.compile("|".join(f"(?P<s{at}>{signs})" for at, (signs, _codes) in enumerate(_SIGNS)), re.IGNORECASE)
_MINUS = re.compile(r"^[-\u2212\u2013\u2014]|(?<=\d)-$")
_BRACKETS = re.compile(r"^\((.+)\)$")
_NUMBER = r"(?:\d+|\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+)(?:\.\d+)?|\.\d+"
_PLAIN = re.compile(rf"(?P<n>{_NUMBER})(?P<unit>万|[wW]|千|[kK])?")
_WAN = re.compile(r"(?:(?P<wan>\d+(?:\.\d+)?)万)?(?:(?P<qian>[1-9])千)?(?P<rest>\d{3,4}(?:\.\d+)?)?")
_TIMES = {"万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000}
_LIKE_DIGITS = re.compile(
    "[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u209f\u2150-\u218f\u2460-\u24ff\u2776-\u2793\u3192-\u319f\u3200-\u33ff]"
)
"""Raised, circled and broken digits: made plain they would stand beside the others."""
_CODE = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Money:
    """An amount, less than 0 for money that went back. `currency`: "" = nothing says it."""

    amount: Decimal
    currency: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """What a heading says of its column, as in 金额(万元). `times`: what its numbers count."""

    times: Decimal = Decimal(1)
    currency: str = ""


PLAIN = Unit()
_UNITS = {"万元": Decimal(10_000), "万": Decimal(10_000), "千元": Decimal(1_000), "分": Decimal("0.01")}


def unit_of(heading: str) -> Unit:
    """Return what stands in the brackets of a heading, or behind its last stroke."""
    for said in re.findall(r"[(\[/]([^()\[\]/]+)[)\]]?", clean(heading)):
        words = said.strip()
        if words.startswith("单位"):
            words = words.removeprefix("单位").lstrip(":： ")
        if words in _UNITS:
            return Unit(times=_UNITS[words], currency="CNY")
        if found := _ANY.fullmatch(words):
            return Unit(currency=_meant(found))
        if _CODE.fullmatch(words):
            return Unit(currency=words)
    return PLAIN


def currency_of(words: str) -> str:
    """Return the currency that a cell names; raises Unclear for what names none."""
    text = clean(words)
    if found := _ANY.fullmatch(text):
        return _meant(found)
    if _CODE.fullmatch(text.upper()):
        return text.upper()
    raise Unclear(_("{word} is no currency").format(word=text), _("Write three capitals, as in CNY."))


def money_of(words: str, *, currency: str = "", unit: Unit = PLAIN) -> Money:
    """Return the amount that `words` say; raises Unclear. `currency`: what the row or its heading says besides."""
    if _LIKE_DIGITS.search(words):
        raise _unclear(words)
    text, negative = _without_sign(clean(words))
    text, told = _without_currency(text)
    text, more = _without_sign(text)
    if (negative and more) or len(told) > 2:  # noqa: PLR2004 - `¥99元` says it twice
        raise _unclear(words)
    number, has_unit = _number(text, words)
    if (has_unit or told) and unit.times != 1:
        raise Unclear(
            _("{word} has a unit, and so has the heading").format(word=clean(words)),
            _("Write the amount in full in a column without a unit."),
        )
    if number * unit.times >= MOST:
        hint = _("See whether another column's value stands there.")
        raise Unclear(_("{word} is too much to be an amount").format(word=clean(words)), hint)
    amount = kept(units(number * unit.times))
    named = _agreed([_SIGNS[_index(found)][1] for found in told], currency or unit.currency, words)
    return Money(amount=-amount if negative or more else amount, currency=named or (_meant(told[0]) if told else ""))


def _without_currency(text: str) -> tuple[str, list[re.Match[str]]]:
    """Return `text` without the currencies at its ends; within it they part two numbers: 99元50."""
    told: list[re.Match[str]] = []
    while found := _ANY.match(text):
        told.append(found)
        text = text[found.end() :].strip()
    while found := next((one for one in _ANY.finditer(text) if one.end() == len(text)), None):
        told.append(found)
        text = text[: found.start()].strip()
    return text, told


def _without_sign(text: str) -> tuple[str, bool]:
    if found := _BRACKETS.match(text):
        return found[1].strip(), True
    if _MINUS.search(text):
        return _MINUS.sub("", text).strip(), True
    return text.removeprefix("+").strip(), False


def _number(text: str, words: str) -> tuple[Decimal, bool]:
    """Return the number, and whether it has a unit."""
    if found := _PLAIN.fullmatch(text):
        number = Decimal(found["n"].replace(",", "").replace(" ", ""))
        unit = (found["unit"] or "").casefold()
        return number * _TIMES.get(unit, 1), bool(unit)
    found = _WAN.fullmatch(text)
    if found is None or not (found["wan"] or found["qian"]) or _overlaps(found):
        raise _unclear(words)
    pieces = (Decimal(found["wan"] or 0) * 10_000, Decimal(found["qian"] or 0) * 1_000, Decimal(found["rest"] or 0))
    return sum(pieces, Decimal()), True


def _overlaps(found: re.Match[str]) -> bool:
    """Tell whether a later part says thousands again: 1.5万3千, 2千5000."""
    rest = Decimal(found["rest"] or 0)
    behind = bool(found["qian"] or found["rest"])
    return ("." in (found["wan"] or "") and behind) or (bool(found["qian"]) and rest >= 1_000)  # noqa: PLR2004 - 千


def _agreed(signs: list[frozenset[str]], currency: str, words: str) -> str:
    """Return the one currency that all that is said allows, "" when only signs say it."""
    allowed = frozenset.intersection(*signs) if signs else None
    if allowed is not None and (not allowed or (currency and currency not in allowed)):
        hint = _("Let the amount and the column of currencies say the same.")
        raise Unclear(_("{word} says two currencies").format(word=clean(words)), hint)
    if currency or allowed is None:
        return currency
    return next(iter(allowed)) if len(allowed) == 1 else ""


def _index(found: re.Match[str]) -> int:
    return int((found.lastgroup or "s0")[1:])


def _meant(found: re.Match[str]) -> str:
    codes = _SIGNS[_index(found)][1]
    return next(iter(codes)) if len(codes) == 1 else _USUAL[found[0]]


def _unclear(words: str) -> Unclear:
    return Unclear(_("{word} is no amount").format(word=clean(words)), _("Write it in digits, as in 1234.50."))
