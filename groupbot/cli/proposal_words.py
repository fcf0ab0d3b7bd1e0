"""A proposed edit on the terminal and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from groupbot.campaign.proposal import Locked, Proposal
from groupbot.campaign.values import Reconciled
from groupbot.cli.output import has_errors, place_text, print_problems, problem_json, source_json
from groupbot.i18n import _, joined
from groupbot.sop.change_words import line, step_words, summary
from groupbot.sop.document import Step
from groupbot.sop.matching import NEW
from groupbot.sop.merging import Conflict
from groupbot.sop.shapes import Shape

_SHOWN = 30
"""Changes that are listed; more are counted."""


def proposal_json(proposal: Proposal, zone: str, done: Reconciled | None = None) -> dict[str, Any]:
    """Return an edit as JSON. `applied`: whether it was carried out; the counts are what it does or did."""
    counts = proposal.counts
    reached = len(proposal.groups)
    return {
        "campaign": proposal.edit.campaign,
        "applied": done is not None,
        "summary": summary(proposal.changes, groups=reached),
        "changes": [line(change) for change in proposal.changes],
        "groups": list(proposal.groups),
        "inserted": done.inserted if done else len(counts.inserted),
        "moved": done.moved if done else len(counts.moved),
        "cancelled": done.cancelled if done else len(counts.cancelled),
        "locked": [
            {"key": row.key, "step": row.step, "group": row.group, "at": _local(row.due, zone)}
            for row in proposal.locked
        ],
        "questions": [
            {
                "step": question.new,
                "source": source_json(steps[question.new].source) if question.new in steps else {},
                "candidates": [{"step": one.old, "certainty": one.certainty} for one in question.candidates],
            }
            for steps in (_steps(proposal),)
            for question in proposal.questions
        ],
        "conflicts": [
            {"place": one.place, "about": one.facet, "mine": one.mine, "file": one.theirs} for one in proposal.conflicts
        ],
        "problems": [problem_json(problem) for problem in proposal.problems],
    }


def show_proposal(proposal: Proposal, screen: Console, zone: str) -> None:
    """Print an edit: what is wrong, what changes, what must be answered."""
    print_problems(proposal.problems, screen)
    if has_errors(proposal.problems):
        return
    _print(screen, summary(proposal.changes, groups=len(proposal.groups)))
    for change in proposal.changes[:_SHOWN]:
        _print(screen, f"  {line(change)}")
    if len(proposal.changes) > _SHOWN:
        _print(screen, "  " + _("… and {count} more").format(count=len(proposal.changes) - _SHOWN))
    counts = proposal.counts
    said = _("deliveries: {inserted} new, {moved} changed, {cancelled} taken out")
    numbers = {"inserted": len(counts.inserted), "moved": len(counts.moved), "cancelled": len(counts.cancelled)}
    _print(screen, said.format(**numbers))
    _show_locked(proposal, screen, zone)
    _show_questions(proposal, screen)
    _show_conflicts(proposal.conflicts, screen)


def _show_locked(proposal: Proposal, screen: Console, zone: str) -> None:
    if not proposal.locked:
        return
    if proposal.edit.force_locked:
        _print(screen, _("These change shortly before their time:"))
    else:
        _print(screen, _("Too near their time to be changed (--force-locked changes them all the same):"))
    times: Counter[tuple[datetime, str]] = Counter((row.due, row.step) for row in proposal.locked)
    groups = _groups(proposal.locked)
    for (due, step), number in times.items():
        named = joined(groups[due, step][:3]) + ("…" if number > len(groups[due, step][:3]) else "")
        _print(screen, f"  {_local(due, zone)[:16].replace('T', ' ')} {step}: {named}")


def _groups(locked: Sequence[Locked]) -> Mapping[tuple[datetime, str], list[str]]:
    found: dict[tuple[datetime, str], list[str]] = {}
    for row in locked:
        found.setdefault((row.due, row.step), []).append(row.group)
    return found


def _show_questions(proposal: Proposal, screen: Console) -> None:
    steps = _steps(proposal)
    for question in proposal.questions:
        step = steps.get(question.new)
        where = f"{place_text(step.source)}: {step_words(step)}" if step else question.new
        _print(screen, _("Which step is this? {where}").format(where=where))
        for one in question.candidates:
            _print(screen, f"  --answer {question.new}={one.old}  ({one.certainty:.0%})")
        _print(screen, f"  --answer {question.new}={NEW}  " + _("(a new step)"))


def _show_conflicts(conflicts: Sequence[Conflict], screen: Console) -> None:
    for one in conflicts:
        _print(
            screen, _("Changed on both sides: {place} ({about})").format(place=one.place, about=_facet_word(one.facet))
        )
        _print(screen, f"  --take {one.place}=mine  {_side(one.mine)}")
        _print(screen, f"  --take {one.place}=file  {_side(one.theirs)}")


def _facet_word(facet: str) -> str:
    """Return what of a place both sides changed; in a table of names the facet is the name itself."""
    return {
        "time": _("its time"),
        "stage": _("its stage"),
        "content": _("what it posts"),
        "assignee": _("who does it"),
        "speaker": _("who speaks"),
        "groups": _("who gets it"),
        "policy": _("its rules"),
        "notes": _("what was assumed"),
        "step": _("the step as a whole"),
        "setting": _("a setting of the SOP"),
    }.get(facet, facet)


def _side(shape: Shape | None) -> str:
    if shape is None:
        return _("(removed)")
    return joined(f"{key}: {value}" for key, value in shape.items()) or _("(nothing)")


def _steps(proposal: Proposal) -> Mapping[str, Step]:
    return {step.id: step for step in proposal.edit.sop.steps}


def _local(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).isoformat()


def _print(screen: Console, words: str) -> None:
    screen.print(Text(words), soft_wrap=True)
