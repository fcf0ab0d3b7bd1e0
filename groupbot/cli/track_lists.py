"""What is told of a list that was read: how many rows became what, and each that was left out, with its way out."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from groupbot.admin.conversion_desk import ReadFile
from groupbot.admin.families.conversion_words import early_words
from groupbot.cli.output import console, place_text, print_json, source_json
from groupbot.i18n import _, joined
from groupbot.tracking.imports.deciding import Fate, Outcome

MOST = 200
"""Lines of one fate; --json has all."""


def tell(found: ReadFile, *, as_json: bool) -> None:
    """Print what became of each row."""
    if as_json:
        print_json(document(found))
        return
    screen = console()
    head = _("{file}: {campaign}.") if found.is_written else _("{file}: {campaign}; nothing is written yet.")
    screen.print(Text(head.format(file=found.file, campaign=found.campaign), style="bold"))
    screen.print(" · ".join(f"{fate_word(fate)} {n}" for fate, n in found.counts.items()))
    for currency, (came, went) in sorted(found.money.items()):
        text = _("{came} {currency} came in, {went} went back.")
        screen.print(text.format(came=f"{came:f}", went=f"{went:f}", currency=currency))
    if found.early:
        screen.print(early_words(found), style="bold")
    if found.unread:
        screen.print(_("Not read: {columns}.").format(columns=joined(found.unread)))
    if found.strange_channels:
        screen.print(_("No channels of config.toml: {names}.").format(names=joined(found.strange_channels)))
    _tell_rows(found, screen)
    if found.counts[Fate.PROPOSED] and found.is_written:
        screen.print(_("Whose the doubtful rows are: `groupbot track proposals list`."))


def _tell_rows(found: ReadFile, screen: Console) -> None:
    for rows in (found.left_out, [one for one in found.outcomes if one.fate is Fate.PROPOSED]):
        for one in rows[:MOST]:
            reason = one.reason or _may_be(one)
            screen.print(Text(f"{place_text(one.where)}: {reason}"), soft_wrap=True)
            if one.hint:
                screen.print(Text(f"    {one.hint}", style="dim"), soft_wrap=True)
        if len(rows) > MOST:
            screen.print(_("…{n} more").format(n=len(rows) - MOST))


def _may_be(one: Outcome) -> str:
    if not one.candidates:
        return _("nobody in the campaign's groups fits its id, nickname or phone number")
    return _("candidates: {members}").format(members=joined(one.candidates))


def document(found: ReadFile) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "campaign": found.campaign,
        "file": found.file,
        "written": found.is_written,
        "batch": found.batch or None,
        "rows": len(found.outcomes),
        "counts": {fate.value: n for fate, n in found.counts.items()},
        "money": {
            currency: {"paid": money_text(came), "refunded": money_text(went)}
            for currency, (came, went) in sorted(found.money.items())
        },
        "early": found.early,
        "unread": list(found.unread),
        "strange_channels": list(found.strange_channels),
        "outcomes": [_outcome(one) for one in found.outcomes],
    }


def money_text(money: Any) -> str:
    """Return an amount as JSON holds it: digits in a text, since a number would lose some."""
    return f"{money:f}"


def _outcome(one: Outcome) -> dict[str, Any]:
    more = {
        "key": one.key,
        "member": one.member,
        "matched_by": one.by.value if one.by else "",
        "code": one.code,
        "reason": one.reason,
        "hint": one.hint,
    }
    told: dict[str, Any] = {"where": source_json(one.where), "outcome": one.fate.value}
    told |= {name: value for name, value in more.items() if value}
    return told | ({"candidates": list(one.candidates)} if one.fate is Fate.PROPOSED else {})


def fate_word(fate: Fate) -> str:
    """Return what a fate is called."""
    return {
        Fate.TAKEN: _("taken"),
        Fate.CHANGED: _("changed"),
        Fate.KNOWN: _("known"),
        Fate.PROPOSED: _("proposed"),
        Fate.REJECTED: _("left out"),
    }[fate]
