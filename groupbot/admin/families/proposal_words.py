"""A proposed edit in words that fit a phone. Imports the reader of SOPs: loaded when the desk is open."""

from __future__ import annotations

from collections.abc import Iterator

from groupbot.admin.families.phone import problem_lines
from groupbot.campaign.proposal import Proposal
from groupbot.i18n import _, joined
from groupbot.sop.change_words import line, step_words, summary
from groupbot.sop.difference import StepChanged, StepRemoved
from groupbot.sop.shapes import Shape

_CHANGES = 6
_WARNINGS = 3
_SIDE = 60
"""Signs of one side of a conflict."""


def diff(proposal: Proposal) -> Iterator[str]:
    """Yield what changes, how much of it, and what stays because its time is too near."""
    yield _("{campaign}: {changes}").format(
        campaign=proposal.edit.campaign, changes=summary(proposal.changes, groups=len(proposal.groups))
    )
    if len(proposal.changes) > 1:
        yield from (line(change) for change in proposal.changes[:_CHANGES])
        if len(proposal.changes) > _CHANGES:
            yield _("…{n} more").format(n=len(proposal.changes) - _CHANGES)
    counts = proposal.counts
    yield _("It touches {groups} groups: {inserted} deliveries new, {moved} changed, {cancelled} taken out.").format(
        groups=len(proposal.groups),
        inserted=len(counts.inserted),
        moved=len(counts.moved),
        cancelled=len(counts.cancelled),
    )
    yield from locked(proposal)
    yield from problem_lines(proposal.problems, "warning")[:_WARNINGS]


def says_anew(proposal: Proposal) -> bool:
    """Return whether members will read other words, or see other files, by an edit."""
    return any(
        change.aspect in {"words", "material"}
        if isinstance(change, StepChanged)
        else not isinstance(change, StepRemoved)
        for change in proposal.changes
    )


def locked(proposal: Proposal) -> Iterator[str]:
    """Yield how many deliveries are too near their time."""
    if not proposal.locked:
        return
    count = len(proposal.locked)
    if proposal.edit.force_locked:
        yield _("{count} of them change shortly before their time.").format(count=count)
    else:
        text = _("{count} are too near their time and stay as they are; with 强制=是 they change, too.")
        yield text.format(count=count)


def refusal(proposal: Proposal) -> list[str]:
    """Return why an edit can't be applied."""
    found = problem_lines(proposal.problems, "error")
    if proposal.questions or proposal.conflicts:
        found.append(question(proposal))
    return found or [_("This can't be applied.")]


def question(proposal: Proposal) -> str:
    """Return the first question, or the first conflict when nothing else is asked, and how many follow."""
    left = len(proposal.questions) + len(proposal.conflicts) - 1
    more = " " + _("(then {count} more)").format(count=left) if left else ""
    if proposal.questions:
        new = proposal.questions[0].new
        step = next((step for step in proposal.edit.sop.steps if step.id == new), None)
        return _("Which step is this? {step}").format(step=step_words(step) if step else new) + more
    return _("{place} was changed on both sides. Which counts?").format(place=proposal.conflicts[0].place) + more


def side(shape: Shape | None) -> str:
    """Return one side of a conflict in short."""
    if shape is None:
        return _("(removed)")
    text = joined(f"{key}: {value}" for key, value in shape.items()) or _("(nothing)")
    return text if len(text) <= _SIDE else text[:_SIDE] + "…"
