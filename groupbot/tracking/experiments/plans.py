"""What is told before an experiment begins. Imports scipy."""

from __future__ import annotations

from dataclasses import dataclass

from groupbot.i18n import _
from groupbot.tracking.experiments.design import Design
from groupbot.tracking.experiments.sizing import Needed, needed, shown_by
from groupbot.tracking.experiments.words import counted, plan_lines


@dataclass(frozen=True, kw_only=True, slots=True)
class Sized:
    """What a design needs. `shown`: the smallest effect that `have` units for each variant find, None = none."""

    needs: Needed
    lines: tuple[str, ...]
    have: int = 0
    shown: float | None = None


def sized(design: Design, have: int = 0) -> Sized:
    """Return what each variant needs; with `have` what so many would show. Raises CampaignError."""
    needs = needed(design)
    lines = plan_lines(design, units=needs.units, people=needs.people, factor=needs.factor)
    if not have:
        return Sized(needs=needs, lines=lines)
    shown = shown_by(design, have)
    if shown is None:
        more = _("{units} for each variant would show nothing, however large.")
        return Sized(needs=needs, lines=(*lines, more.format(units=counted(design.unit, have))), have=have)
    more = _("With {units} for each variant only a change of {points} points or more would be found.")
    line = more.format(units=counted(design.unit, have), points=f"{shown * 100:.1f}")
    return Sized(needs=needs, lines=(*lines, line), have=have, shown=shown)
