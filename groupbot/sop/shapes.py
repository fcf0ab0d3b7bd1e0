"""Steps as plain values: as a YAML file has them, and so that two of them can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from groupbot.core.content import EVERYBODY, ROLE
from groupbot.core.policies import Approval, Policies, QuietHours
from groupbot.sop.document import (
    ALL_GROUPS,
    AnnouncementPart,
    CardPart,
    LinkPart,
    MediaPart,
    MiniProgramPart,
    PartSpec,
    RenamePart,
    Selector,
    Step,
    TextPart,
    Trigger,
)
from groupbot.sop.open_end import format_at
from groupbot.sop.template import Template
from groupbot.sop.timetext import WEEKDAYS, clock_text

Shape = dict[str, Any]
"""Texts, and mappings and lists of them, as they stand in a YAML file. What has no value is left out."""
DEFAULTS = Policies()


def step_shape(step: Step) -> Shape:
    """Return the values of one step, its stage too, with every policy that is not the default."""
    return (
        filled(phase=step.phase)
        | file_step(step, policy_values(DEFAULTS))
        | filled(quiet_hours=quiet_text(step.policies.quiet))
    )


def part_shape(part: PartSpec, *, with_gap: bool = True) -> Shape:
    """Return the values of one part."""
    gap = {"gap": duration_text(timedelta(seconds=part.gap_s))} if with_gap and part.gap_s else {}
    return _content(part) | gap


def duration_text(length: timedelta) -> str:
    """Return `length` as `sop.duration` reads it, to the millisecond."""
    minutes, seconds = divmod(round(length.total_seconds(), 3), 60)
    hours, minutes = divmod(int(minutes), 60)
    days, hours = divmod(hours, 24)
    pieces = ((f"{days}", "d"), (f"{hours}", "h"), (f"{minutes}", "m"), (number_text(seconds), "s"))
    return "".join(f"{number}{unit}" for number, unit in pieces if number != "0") or "0s"


def number_text(value: float) -> str:
    """Return `value` without needless zeros."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def filled(**values: Any) -> Shape:
    """Return `values` without those that are empty."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {}, ())}


def known(**values: Any) -> Shape:
    """Return `values` without those that are None; an empty text is a value."""
    return {key: value for key, value in values.items() if value is not None}


def quiet_text(quiet: QuietHours | None) -> str | None:
    """Return the window of the quiet hours, None when there are none."""
    return f"{clock_text(quiet.start_minute)}-{clock_text(quiet.end_minute)}" if quiet else None


def groups_shape(selectors: Iterable[Selector]) -> str | list[Shape]:
    """Return a choice of groups as `groups:` has it."""
    chosen = tuple(selectors)
    return "all" if chosen == ALL_GROUPS else [{selector.by: list(selector.values)} for selector in chosen]


def policy_values(policies: Policies) -> Shape:
    """Return the keys of all policies but the quiet hours."""
    return {
        "late": {"grace": duration_text(policies.grace), "then": policies.late.value},
        "unknown": policies.unknown.value,
        "on_part_failure": policies.on_part_failure.value,
        "ask_timeout": duration_text(policies.ask_timeout),
    }


def file_step(step: Step, base: Mapping[str, Any]) -> Shape:
    """Return the step's own keys; policies only where they are not those of `base`."""
    policies = {key: value for key, value in policy_values(step.policies).items() if value != base[key]}
    return (
        filled(
            id=step.id,
            at=format_at(step.at) if step.at else None,
            weekdays=None if step.weekdays is None else [WEEKDAYS[number] for number in sorted(step.weekdays)],
            holidays=None if step.holidays == "any" else step.holidays,
            trigger=_trigger(step.trigger) if step.trigger else None,
            speaker=step.speaker,
            place=None if step.place == "group" else step.place,
            audience=step.audience,
            groups=None if step.groups is None else groups_shape(step.groups),
        )
        | _parts(step)
        | filled(task=_text(step.task), assignee=step.assignee)
        | policies
        | filled(
            approval=_approval(step.policies.approval) if step.policies.approval else None,
            promo=None if step.policies.promo is None else str(step.policies.promo).lower(),
            priority=f"{step.priority}" if step.priority else None,
            assumptions=list(step.assumptions),
            lint_off=list(step.lint_off),
        )
    )


def _parts(step: Step) -> Shape:
    """Return what is posted: one part stands in the step itself, several below `parts`."""
    if len(step.parts) == 1:
        return _content(step.parts[0])
    return filled(parts=[part_shape(part, with_gap=number > 0) for number, part in enumerate(step.parts)])


def _trigger(trigger: Trigger) -> Shape:
    after = duration_text(timedelta(minutes=trigger.minutes)) if trigger.minutes else None
    return filled(kind=trigger.kind, condition=trigger.condition, after=after) | known(
        count=None if trigger.count is None else f"{trigger.count}"
    )


def _approval(approval: Approval) -> Shape:
    return {"ahead": duration_text(approval.ahead), "default": approval.default.value}


def _text(template: Template | None) -> str | None:
    return template.text if template else None


def _content(part: PartSpec) -> Shape:
    match part:
        case TextPart(text=text, mentions=mentions):
            return filled(text=text.text, mention=[_whom(who) for who in mentions])
        case MediaPart(kind=kind, material=material):
            return {kind: material}
        case LinkPart():
            return {
                "link": filled(
                    url=part.url.text,
                    title=part.title.text,
                    description=_text(part.description),
                    thumbnail=_text(part.thumbnail),
                )
            }
        case MiniProgramPart():
            return {
                "mini_program": filled(
                    app_id=part.app_id,
                    title=part.title.text,
                    page=_text(part.page),
                    username=part.username,
                    description=_text(part.description),
                    thumbnail=_text(part.thumbnail),
                )
            }
        case CardPart(contact=contact):
            return {"card": _whom(contact)}
        case AnnouncementPart(text=text):
            return {"announce": text.text}
        case RenamePart(topic=topic):
            return {"rename": topic.text}


def _whom(who: str) -> str:
    return "all" if who == EVERYBODY else who.removeprefix(ROLE)
