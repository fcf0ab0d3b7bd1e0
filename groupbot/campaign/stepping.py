"""Edits by command: one step moved, reworded or left out, and the version that an undo brings back. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches

from groupbot.campaign.values import SopVersion
from groupbot.errors import CampaignError
from groupbot.i18n import _, joined
from groupbot.sop.document import Sop, Step, TextPart
from groupbot.sop.open_end import parse_at
from groupbot.sop.template import parse_template
from groupbot.sop.timenode import AfterStep


def moved(sop: Sop, step: str, at: str) -> Sop:
    """Return `sop` with `step` at another time; raises CampaignError, TimeNodeError."""
    node = parse_at(at)
    return _changed(sop, step, lambda found: replace(found, at=node))


def skipped(sop: Sop, step: str) -> Sop:
    """Return `sop` without `step`; raises CampaignError where another step counts from it."""
    _found(sop, step)
    followers = [other.id for other in sop.steps if isinstance(other.at, AfterStep) and other.at.step == step]
    if followers:
        raise CampaignError(
            _("{followers} come after {step}, so it can't be left out alone.").format(
                followers=joined(followers), step=step
            ),
            hint=_("Give them a time of their own first: `groupbot campaign step … --at TIME`."),
        )
    return replace(sop, steps=tuple(other for other in sop.steps if other.id != step))


def reworded(sop: Sop, step: str, words: str) -> Sop:
    """Return `sop` with the one text of `step` replaced; raises CampaignError, ScriptError."""
    script = parse_template(words)

    def change(found: Step) -> Step:
        if found.task is not None:
            return replace(found, task=script)
        places = [number for number, part in enumerate(found.parts) if isinstance(part, TextPart)]
        if len(places) != 1:
            raise CampaignError(
                _("{step} has {count} texts, not one.").format(step=step, count=len(places)),
                hint=_("Edit the file instead: `groupbot campaign edit`."),
            )
        parts = tuple(replace(part, text=script) if isinstance(part, TextPart) else part for part in found.parts)
        return replace(found, parts=parts)

    return _changed(sop, step, change)


def undo_target(campaign: str, history: Sequence[SopVersion], number: int | None) -> SopVersion:
    """Return the version called `number`; without one the version before what runs now.

    An undo that is undone again goes one further back, not to and fro. Raises CampaignError when there is none.
    """
    by_number = {version.number: version for version in history}
    now = history[-1]
    shown = now.restores or now.number
    before = max((known for known in by_number if known < shown), default=0)
    found = by_number.get(before if number is None else number)
    if found is None:
        raise CampaignError(
            _("{campaign} has no such older version.").format(campaign=campaign),
            hint=_("`groupbot campaign versions {campaign}` shows all.").format(campaign=campaign),
        )
    return found


def _changed(sop: Sop, step: str, change: Callable[[Step], Step]) -> Sop:
    _found(sop, step)
    return replace(sop, steps=tuple(change(other) if other.id == step else other for other in sop.steps))


def _found(sop: Sop, step: str) -> Step:
    known = {other.id: other for other in sop.steps}
    if step in known:
        return known[step]
    near = get_close_matches(step, known, n=1)
    hint = _("Did you mean {near}?").format(near=near[0]) if near else _("`deliveries list` shows the steps.")
    raise CampaignError(_("The campaign has no step called {step}.").format(step=step), hint=hint)
