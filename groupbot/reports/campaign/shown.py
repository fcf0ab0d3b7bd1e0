"""Figures as people read them: `—` for what is not known or can't be divided. Pure."""

from __future__ import annotations

from decimal import Decimal

from groupbot.i18n import _

DASH = "—"
_SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "HKD": "HK$"}
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def number(value: Decimal | int | None) -> str:
    """Return a number with its thousands set apart, without needless zeros."""
    if value is None:
        return DASH
    whole = Decimal(value)
    return f"{whole:,.0f}" if whole == whole.to_integral_value() else f"{whole.normalize():,f}"


def share(value: float | None) -> str:
    """Return a rate in percent with one place, with two where one would hide it: 40.7%, 0.05%."""
    if value is None:
        return DASH
    percent = Decimal(str(value)) * 100
    tenth = Decimal("0.1")
    return f"{percent:.2f}%" if 0 < abs(percent) < tenth else f"{percent:.1f}%"


def money(value: Decimal | None, currency: str) -> str:
    """Return an amount with its currency: ¥204,950, or 12.50 JPY where there is no usual sign."""
    if value is None:
        return DASH
    places = 0 if value == value.to_integral_value() else 2
    sign = _SIGNS.get(currency, "")
    text = f"{abs(value):,.{places}f}"
    return f"{'-' if value < 0 else ''}{sign}{text}" + ("" if sign else f" {currency}")


def change(now: int, before: int | None) -> str:
    """Return by how much a count changed, "" where there is nothing to compare."""
    if before is None:
        return ""
    return "=" if now == before else f"{now - before:+,}"


def duration(seconds: int | None) -> str:
    """Return an upper bound of a time in words; 0 = longer than a week, None = not known."""
    match seconds:
        case None:
            return DASH
        case 0:
            return _("over a week")
        case _ if seconds < _HOUR:
            return _("{n} min").format(n=seconds // _MINUTE)
        case _ if seconds < _DAY:
            return _("{n} h").format(n=seconds // _HOUR)
    return _("{n} d").format(n=seconds // _DAY)
