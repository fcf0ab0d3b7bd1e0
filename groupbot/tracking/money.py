"""Money as whole ten-thousandths of a currency's unit: what databases add up exactly. Pure."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

SCALE = 10_000
_STEP = Decimal(1) / SCALE


def units(amount: Decimal) -> int:
    """Return `amount` in ten-thousandths; what is finer is rounded to even."""
    return int(amount.quantize(_STEP, rounding=ROUND_HALF_EVEN) * SCALE)


def amount(stored: int) -> Decimal:
    """Return what `units` made, without needless zeros, with at least two places when it has any."""
    value = Decimal(stored) / SCALE
    whole = value.to_integral_value()
    return whole if value == whole else value.quantize(Decimal("0.01")) if stored % 100 == 0 else value.quantize(_STEP)
