"""When a row's step is: what its time cell says, and for a row without a time what its other words wait for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import get_args

from groupbot.i18n import _
from groupbot.sop.document import Step, Trigger
from groupbot.sop.timecell.cell import read_time
from groupbot.sop.timecell.values import By, Checklist, Scheduled, TimeReading, TriggerKind, Waiting, Within
from groupbot.sop.timenode import DAY_MINUTES, AfterStep, TimeNode, TimeNodeError
from groupbot.sop.workbook.actions import sections_of
from groupbot.sop.workbook.headings import Field
from groupbot.sop.workbook.rows import Row
from groupbot.sop.workbook.words import event_in

_CLOCKED = re.compile(r"\d\s*[:：点时]|[早晚上下中]午?\d|[Xx]{1,3}[点时日]")

_WHENEVER = re.compile(
    r"(?:每?当|如果?|若|遇到?|一?旦|有(?:人|客户|用户|学员|家长|会员|群友|顾客|成员))[^\d\s，。]{1,14}"
)
_AFTERWARDS = re.compile(r"(?![最以之今然]后)[^\d\s点号日月周天年分时]{1,12}(?:之|以)?后(?:即|立即|马上)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """When a step is: at a time, after an event, or when a person finds the time.

    `note` tells a person what the time cell says beside that; `audience` is for whom, where the trigger's column says
    it of a step that has a clock.
    """

    at: TimeNode | None = None
    trigger: Trigger | None = None
    audience: str = ""
    note: str = ""
    said: tuple[str, ...] = ()
    for_person: bool = False


def event_reading(text: str, *, clocked: bool = False) -> TimeReading | None:
    """Return what a time cell waits for whose words are no time but name an event: `加顾问好友`, `未付费`.

    Words that hold a clock are none such, unless `clocked` allows it.
    """
    open_ = bool(text) and (clocked or not _CLOCKED.search(text))
    event = event_in(text) if open_ else None
    if event is None and open_ and _WHENEVER.fullmatch(text):
        event = Trigger(kind="action", condition=text)
    if event is None and open_ and _AFTERWARDS.fullmatch(text.rsplit(" ", maxsplit=1)[-1]):
        event = Trigger(kind="action", condition=text)
    if event is None:
        return None
    kinds: dict[str, TriggerKind] = {kind: kind for kind in get_args(TriggerKind)}
    return TimeReading(when=Waiting(kind=kinds[event.kind], words=text.strip(), count=event.count))


def timing_of(row: Row, reading: TimeReading, above: Step | None) -> Timing:
    """Return when the step of `row` is; `above` is the step before it."""
    match reading.when:
        case Scheduled(node=node):
            return _scheduled(row, node)
        case Waiting(kind="row", words=words) as waiting:
            return _after(row, words, waiting.days * DAY_MINUTES + waiting.minutes, above)
        case Waiting() as waiting:
            return _triggered(_trigger(waiting))
        case Within(minutes=minutes):
            event = event_in(*sections_of(row))
            note = _("within {minutes} minutes").format(minutes=minutes)
            return Timing(trigger=event, note=f"{event.condition}: {note}" if event else note, for_person=True)
        case By(node=node):
            return Timing(at=node, for_person=True)
        case Checklist(words=words):
            event = _event(row)
            return _triggered(event) if event else Timing(note=words, for_person=True)


def _scheduled(row: Row, node: TimeNode) -> Timing:
    condition = row.text(Field.TRIGGER)
    event = event_in(condition) if condition else None
    if event and event.kind != "no_action":
        said = _("The row has a clock and waits for `{event}`: the clock counts.").format(event=condition)
        return Timing(at=node, said=(said,))
    return Timing(at=node, audience=condition if event else "")


def _event(row: Row) -> Trigger | None:
    """Return the event that a row without a time names: in the column of triggers, or in its words."""
    condition = row.text(Field.TRIGGER)
    if condition:
        try:
            reading = read_time(condition)
        except TimeNodeError:
            return event_in(condition) or Trigger(kind="event", condition=condition)
        if isinstance(reading.when, Waiting):
            return _trigger(reading.when)
    return event_in(*sections_of(row))


def _triggered(trigger: Trigger) -> Timing:
    return Timing(trigger=trigger, note=trigger.condition)


def _trigger(waiting: Waiting) -> Trigger:
    minutes = waiting.days * DAY_MINUTES + waiting.minutes
    return Trigger(kind=waiting.kind, condition=waiting.words, count=waiting.count, minutes=minutes)


def _after(row: Row, words: str, minutes: int, above: Step | None) -> Timing:
    """Return the time of `约5分钟后`: after the event that the row names, else after the step above."""
    event = event_in(*sections_of(row))
    if event:
        return _triggered(Trigger(kind=event.kind, condition=f"{event.condition} {words}", minutes=minutes))
    if above and above.trigger:
        said = _("`{words}` counts from `{event}` of the row above.").format(words=words, event=above.trigger.condition)
        trigger = Trigger(
            kind=above.trigger.kind,
            condition=f"{above.trigger.condition} {words}",
            count=above.trigger.count,
            minutes=above.trigger.minutes + minutes,
        )
        return Timing(trigger=trigger, note=trigger.condition, said=(said,))
    if above and above.at is not None:
        said = _("`{words}` counts from the row above.").format(words=words)
        return Timing(at=AfterStep(step=above.id, minutes=minutes), said=(said,))
    return _triggered(Trigger(kind="row", condition=words, minutes=minutes))
