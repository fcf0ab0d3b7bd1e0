"""Checks across a whole SOP, whatever file it came from: names that lead nowhere, circles, posts at night."""

from __future__ import annotations

from collections.abc import Iterator

from groupbot.core.content import EVERYBODY, ROLE
from groupbot.core.policies import QuietHours
from groupbot.i18n import _
from groupbot.sop.document import CardPart, MediaPart, Sop, Step, TextPart, templates_of
from groupbot.sop.lint.staged import staged
from groupbot.sop.material_plan import note_unfinished
from groupbot.sop.notes import Notes
from groupbot.sop.planned import Source
from groupbot.sop.schema_errors import did_you_mean, nearest
from groupbot.sop.timenode import DAY_MINUTES, AfterStep, needs_event, slots_of
from groupbot.sop.timetext import clock_text


def check(sop: Sop, notes: Notes) -> None:
    """Note what is wrong in the SOP as a whole."""
    if not sop.steps:
        message = _("The SOP has no steps.")
        notes.error("no-steps", message, sop.source, hint=_("Add one below `phases:`, `steps:`."))
    _duplicates(sop, notes)
    _followers(sop, notes)
    for step in sop.steps:
        _speaker(step, sop, notes)
        _named(step, sop, notes)
        _posted(step, sop, notes)
        _event(step, sop, notes)
        _quiet(step, notes)
    for name, where in _pictures(sop):
        if name not in sop.materials:
            message = _("`{name}` is none of the materials.").format(name=name)
            notes.error("unknown-material", message, where, hint=did_you_mean(name, sop.materials))
    note_unfinished(sop, notes)
    staged(sop, notes)
    _unused(sop, notes)


def _duplicates(sop: Sop, notes: Notes) -> None:
    seen: dict[str, Step] = {}
    for step in sop.steps:
        first = seen.setdefault(step.id, step)
        if first is not step:
            message = _("The step id `{id}` is used twice (first on line {line}).").format(
                id=step.id, line=first.source.line or first.source.row
            )
            notes.error("duplicate-id", message, step.source, hint=_("Give each step an id of its own."))


def _followers(sop: Sop, notes: Notes) -> None:
    order = {step.id: number for number, step in enumerate(sop.steps)}
    following = {step.id: step.at.step for step in sop.steps if isinstance(step.at, AfterStep)}
    for number, step in enumerate(sop.steps):
        if not isinstance(step.at, AfterStep):
            continue
        target = step.at.step
        if target not in order:
            message = _("The step follows `{step}`, which does not exist.").format(step=target)
            notes.error("unknown-step", message, step.source, hint=did_you_mean(target, order))
        elif _circles(step.id, following):
            message = _("The step `{id}` follows itself by way of other steps.").format(id=step.id)
            notes.error("step-cycle", message, step.source, hint=_("Give one of them a clock."))
        elif order[target] > number and step.at.minutes == 0:
            message = _("The step stands above `{step}`, which it is to follow at once.").format(step=target)
            notes.error("step-order", message, step.source, hint=_("Move it below that step, or add `+1m`."))


def _circles(start: str, following: dict[str, str]) -> bool:
    """Return whether `start` is reached again by going from step to step."""
    seen = set()
    at: str | None = start
    while at is not None and at not in seen:
        seen.add(at)
        at = following.get(at)
    return at == start


def _speaker(step: Step, sop: Sop, notes: Notes) -> None:
    if step.speaker and step.speaker not in sop.roles:
        message = _("The speaker `{role}` is none of the roles.").format(role=step.speaker)
        notes.error("unknown-role", message, step.source, hint=did_you_mean(step.speaker, sop.roles))


def _named(step: Step, sop: Sop, notes: Notes) -> None:
    """Look at whom the step mentions and whose cards it posts; any word may be a platform's id."""
    for part in step.parts:
        if isinstance(part, TextPart):
            for who in part.mentions:
                _whom(who, part.source or step.source, sop, notes)
        elif isinstance(part, CardPart):
            _whom(part.contact, part.source, sop, notes)


def _whom(who: str, where: Source, sop: Sop, notes: Notes) -> None:
    if who.startswith(ROLE) and who.removeprefix(ROLE) not in sop.roles:
        message = _("`{role}` is none of the roles.").format(role=who.removeprefix(ROLE))
        notes.error("unknown-role", message, where, hint=did_you_mean(who.removeprefix(ROLE), sop.roles))
    if who == EVERYBODY or who.startswith(ROLE):
        return
    by_title = {title: name for name, title in sop.roles.items()}
    meant = by_title.get(who) or nearest(who, sop.roles)
    if meant:
        message = _("`{who}` is none of the roles, so it is taken for a member's id.").format(who=who)
        notes.warn("not-a-role", message, where, hint=_("Did you mean `{near}`?").format(near=meant))


def _posted(step: Step, sop: Sop, notes: Notes) -> None:
    for part in step.parts:
        if not isinstance(part, MediaPart):
            continue
        material = sop.materials.get(part.material)
        if material is None:
            message = _("The step posts `{name}`, which is none of the materials.").format(name=part.material)
            notes.error("unknown-material", message, part.source, hint=did_you_mean(part.material, sop.materials))
        elif part.kind not in {"file", material.kind}:
            message = _("`{name}` is no {kind}.").format(name=part.material, kind=part.kind)
            hint = _("Post it as `{kind}: {name}`.").format(kind=material.kind, name=part.material)
            notes.error("wrong-material-kind", message, part.source, hint=hint)


def _event(step: Step, sop: Sop, notes: Notes) -> None:
    if step.at and needs_event(step.at) and sop.event is None:
        message = _("The step counts from an event, and the SOP has none.")
        hint = _("Add `event:` with a name, and `at:` unless each launch says when.")
        notes.error("no-event", message, step.source, hint=hint)


def _quiet(step: Step, notes: Notes) -> None:
    if step.at is None or not step.parts or step.policies.quiet is None:
        return
    for slot in slots_of(step.at):
        if in_quiet(slot.start, step.policies.quiet):
            note_quiet(step, clock_text(slot.start), notes)


def note_quiet(step: Step, clock: str, notes: Notes) -> None:
    """Note that a post of `step` at `clock` falls into the quiet hours."""
    message = _("The step `{id}` posts at {clock}, in the quiet hours: it will wait and may be late.").format(
        id=step.id, clock=clock
    )
    notes.warn("in-quiet-hours", message, step.source, hint=_("Move it, or write `quiet_hours: off` in the step."))


def in_quiet(minute: int, quiet: QuietHours) -> bool:
    """Return whether a minute of the local day lies in the quiet hours."""
    at = minute % DAY_MINUTES
    if quiet.start_minute > quiet.end_minute:
        return at >= quiet.start_minute or at < quiet.end_minute
    return quiet.start_minute <= at < quiet.end_minute


def _unused(sop: Sop, notes: Notes) -> None:
    posted = {part.material for step in sop.steps for part in step.parts if isinstance(part, MediaPart)}
    posted |= {name for name, _where in _pictures(sop)}
    for name, material in sop.materials.items():
        if name not in posted:
            message = _("No step posts the material `{name}`.").format(name=name)
            notes.warn("unused-material", message, material.source, hint=_("Remove it, or add it to a step."))
    named = set(_names(sop))
    for name, variable in sop.variables.items():
        if name not in named:
            message = _("No script uses the variable `{name}`.").format(name=name)
            notes.warn("unused-variable", message, variable.source, hint=_("Remove it, or use it in a script."))


def _pictures(sop: Sop) -> Iterator[tuple[str, Source]]:
    """Yield the pictures of playbooks and replies."""
    told = ((book.picture, book.source) for book in sop.playbooks)
    answered = ((reply.picture, reply.source) for reply in sop.replies)
    yield from ((name, where) for name, where in (*told, *answered) if name)


def _names(sop: Sop) -> Iterator[str]:
    for step in sop.steps:
        for template in templates_of(step):
            yield from template.names
    for reply in sop.replies:
        yield from reply.text.names
