"""Changes of an SOP in the operator's words: one line for all, or one for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from groupbot.i18n import _, joined
from groupbot.sop.difference import Aspect, Change, SettingChanged, StepAdded, StepChanged, StepRemoved
from groupbot.sop.document import Step, templates_of
from groupbot.sop.open_end import format_at
from groupbot.sop.timenode import CampaignDay, FromEvent, OnDay, TimeNode
from groupbot.sop.timetext import format_time

SHOWN = 3
"""Moved steps that the summary names; more of them are counted."""
_PREVIEW = 30
"""Characters of a script in a line."""


def summary(changes: Sequence[Change], *, groups: int | None = None) -> str:
    """Return all changes in one line; `groups`: how many groups they reach."""
    moved = [change for change in changes if isinstance(change, StepChanged) and change.aspect == "time"]
    pieces = [_moved(change) for change in moved[:SHOWN]]
    if len(moved) > SHOWN:
        pieces.append(_("{count} more steps change their time").format(count=len(moved) - SHOWN))
    counts = Counter(change.aspect for change in changes if isinstance(change, StepChanged) and change.aspect != "time")
    pieces += [_aspect_counted(aspect).format(count=count) for aspect, count in counts.items()]
    added = sum(isinstance(change, StepAdded) for change in changes)
    removed = sum(isinstance(change, StepRemoved) for change in changes)
    pieces += [_("{count} steps added").format(count=added)] if added else []
    pieces += [_("{count} steps removed").format(count=removed)] if removed else []
    names = dict.fromkeys(setting_word(change.key) for change in changes if isinstance(change, SettingChanged))
    pieces += [_("settings: {names}").format(names=joined(names))] if names else []
    if not pieces:
        return _("nothing changes")
    reached = [] if groups is None else [_("{count} groups affected").format(count=groups)]
    return _("; ").join((*pieces, *reached))


def line(change: Change) -> str:
    """Return one change in words."""
    match change:
        case StepAdded(step=step):
            return _("added: {step}").format(step=step_words(step))
        case StepRemoved(step=step):
            return _("removed: {step}").format(step=step_words(step))
        case SettingChanged(key=key, name=name):
            word = setting_word(key)
            return _("changed: {setting}").format(setting=f"{word} {name}".strip())
        case StepChanged(aspect="time") as moved:
            return _("{step}: {change}").format(step=moved.new.id, change=_moved(moved))
        case StepChanged(aspect="words", old=old, new=new):
            return _("{step}: the words `{before}` become `{after}`").format(
                step=new.id, before=_preview(old), after=_preview(new)
            )
        case StepChanged(aspect=aspect, new=new):
            return _("{step}: {aspect} changes").format(step=new.id, aspect=aspect_word(aspect))


def time_words(node: TimeNode | None) -> str:
    """Return a step's time in words."""
    match node:
        case None:
            return _("no time")
        case OnDay(day=CampaignDay(number=number)):
            clocks = format_time(node).partition(" ")[2]
            return _("day {number} {clocks}").format(number=number, clocks=clocks)
        case FromEvent(days=days, minutes=minutes) if days < 0 or minutes < 0:
            length = format_time(FromEvent(days=-days, minutes=-minutes)).removeprefix("T+")
            return _("{length} before the event").format(length=length)
        case _:
            return format_at(node)


def _moved(change: StepChanged) -> str:
    if change.old.at == change.new.at:
        return _("on other days")
    before, after = time_words(change.old.at), time_words(change.new.at)
    match change.old.at, change.new.at:
        case OnDay(day=old), OnDay(day=new) as node if old == new:
            after = format_time(node).partition(" ")[2]
    return _("{before} becomes {after}").format(before=before, after=after)


def step_words(step: Step) -> str:
    """Return a step in a few words: when, and how its script begins."""
    return _("{time} {words}").format(time=time_words(step.at), words=_preview(step))


def _preview(step: Step) -> str:
    words = " ".join(" ".join(template.text for template in templates_of(step)).split()) or step.id
    return words if len(words) <= _PREVIEW else words[: _PREVIEW - 1] + "…"


def _aspect_counted(aspect: Aspect) -> str:
    return {
        "time": _("{count} steps change their time"),
        "stage": _("{count} steps change their stage"),
        "words": _("the words of {count} steps change"),
        "material": _("the materials of {count} steps change"),
        "speaker": _("the speaker of {count} steps changes"),
        "groups": _("the groups of {count} steps change"),
        "policy": _("the policies of {count} steps change"),
        "assignee": _("who does {count} tasks changes"),
        "notes": _("the notes of {count} steps change"),
    }[aspect]


def aspect_word(aspect: Aspect) -> str:
    """Return what an aspect is called."""
    return {
        "time": _("time"),
        "stage": _("stage"),
        "words": _("words"),
        "material": _("material"),
        "speaker": _("speaker"),
        "groups": _("groups"),
        "policy": _("policy"),
        "assignee": _("assignee"),
        "notes": _("notes"),
    }[aspect]


def setting_word(key: str) -> str:
    """Return what a key at the top of an SOP is called; an unknown one is called as it is written."""
    return {
        "name": _("name"),
        "title": _("title"),
        "timezone": _("time zone"),
        "goals": _("goals"),
        "roles": _("role"),
        "variables": _("variable"),
        "quiet_hours": _("quiet hours"),
        "event": _("event"),
        "last_day": _("last day"),
        "groups": _("groups"),
        "phases": _("goals of the stages"),
        "playbooks": _("playbooks"),
        "replies": _("replies"),
        "order": _("order of the steps"),
    }.get(key, key)
