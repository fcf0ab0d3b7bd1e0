"""Read time cells. `read_time` is the one parser behind YAML's `at:` and the time columns of sheets."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from groupbot.i18n import _
from groupbot.sop.timecell.folding import Folded, fold
from groupbot.sop.timecell.head import Head, read_head
from groupbot.sop.timecell.lexing import words_of
from groupbot.sop.timecell.named import deed_clock
from groupbot.sop.timecell.plain import read as read_plain
from groupbot.sop.timecell.rest import PLACEHOLDER, Rest, is_material, loose_rest, placeholder, script_rest
from groupbot.sop.timecell.scheduling import Scheduler
from groupbot.sop.timecell.stored import text_of
from groupbot.sop.timecell.tokens import Clock, Weekdays
from groupbot.sop.timecell.values import Carried, PlaceholderLeft, TimeContext, TimeReading, UnknownTime
from groupbot.sop.timecell.waiting import Found, waiting
from groupbot.sop.timenode import TimeNodeError

Cell = str | datetime | date | time | timedelta | None
"""What a workbook stores: a text, a true date or time, or nothing."""
PLAIN = TimeContext()
_ASIDE = re.compile(r"\s*\(([^()]{0,80})\)")


def read_time(cell: Cell, context: TimeContext = PLAIN) -> TimeReading:
    """Return what `cell` says, with the assumptions made.

    Raises PlaceholderLeft for a blank that was not filled in, UnknownTime for what is not understood, TimeNodeError for
    a day, clock or window that does not exist; each with a hint in the operator's language.
    """
    if cell is None or isinstance(cell, str):
        return read_text(cell or "", context, words=False)
    text, said = text_of(cell)
    reading = read_text(text, context, words=False)
    return replace(reading, assumptions=(*said, *reading.assumptions))


def read_text(text: str, context: TimeContext, *, words: bool) -> TimeReading:
    """Read a cell of text; `words`: what follows a time is script even without a colon. Raises as `read_time` does."""
    if plain := read_plain(text.strip(), context):
        return plain
    return read_fully(text, context, words=words)


def read_fully(text: str, context: TimeContext, *, words: bool) -> TimeReading:
    """Read a cell of text by the whole grammar, or a clock behind a name (`早读 7:45`). Raises as `read_time` does."""
    try:
        return _read(text, context, words=words)
    except PlaceholderLeft:
        raise
    except TimeNodeError:
        if (named := deed_clock(text)) is None:
            raise
        name, clock = named
        reading = _read(clock, context, words=words)
        said = _("`{name}` is taken for a name: the clock behind it counts.").format(name=name)
        return replace(reading, label=name, assumptions=(*reading.assumptions, said))


def _read(text: str, context: TimeContext, *, words: bool) -> TimeReading:
    folded = fold(text.strip())
    if found := waiting(folded.text):
        return _waiting(found, folded, context)
    head = read_head(folded, context.event)
    if not head.timely:
        raise _unknown(folded)
    known = folded.written(0, head.end).strip(" :：\n")
    scheduler = Scheduler(text=known, folded=folded.text, context=context)
    when, carried = scheduler.schedule(head.words)
    rest = _rest(folded, head, known, words=words)
    told = (rest.told,) if rest.told else ()
    return TimeReading(
        when=when,
        script=rest.script,
        materials=(*head.materials, *rest.materials),
        stage="；".join(head.stages),
        label=rest.label or head.label,
        place=scheduler.place,
        assumptions=tuple(dict.fromkeys((*scheduler.said, *told))),
        carried=carried,
    )


def read_weekdays(heading: str) -> frozenset[int] | None:
    """Return the weekdays (0 = Monday) that the heading of a column names (`周三`, `周一至周五`, `周末`), or None."""
    folded = fold(heading.strip())
    words = list(words_of(folded.text))
    if len(words) != 1 or words[0].end < len(folded.text) or not isinstance(words[0].token, Weekdays):
        return None
    return frozenset(words[0].token.days)


def _waiting(found: Found, folded: Folded, context: TimeContext) -> TimeReading:
    """Return the reading of what is no time; the date of the row above goes on to the row below."""
    at = found.end
    stages: list[str] = [found.stage] if found.stage else []
    materials: list[str] = []
    while match := _ASIDE.match(folded.text, at):
        note = folded.written(*match.span(1)).strip()
        (materials if is_material(note) else stages).append(note)
        at = match.end()
    rest = script_rest(folded.written(at).lstrip(":： \n"))
    return TimeReading(
        when=found.when,
        script=rest.script,
        materials=(*materials, *rest.materials),
        stage="；".join(stages),
        assumptions=_unkept(found),
        carried=context.above.carried if context.above else Carried(),
    )


def _unkept(found: Found) -> tuple[str, ...]:
    if not found.clock:
        return ()
    said = _("`{clock}`: what waits for an event comes whole days after it, and keeps no clock.")
    return (said.format(clock=found.clock),)


def _rest(folded: Folded, head: Head, known: str, *, words: bool) -> Rest:
    written = folded.written(head.end)
    if not written.strip():
        return Rest()
    if head.colon:
        if _HALF_CLOCK.match(folded.text, head.end) and not any(isinstance(word.token, Clock) for word in head.words):
            raise _unknown(folded)
        return script_rest(written.lstrip(":： \n"))
    return loose_rest(written, understood=known, words=words)


def _unknown(folded: Folded) -> UnknownTime:
    line = folded.text.split("\n", maxsplit=1)[0][:_LINE]
    written = folded.written(0, len(line))
    if found := PLACEHOLDER.search(line):
        return placeholder(written, found[0])
    return UnknownTime(
        _("`{text}` is no time that groupbot understands.").format(text=written),
        hint=_("Write for example `D1 20:00`, `5月18日晚8点`, `每天早9点` or `活动前2小时`."),
    )


_LINE = 60
_HALF_CLOCK = re.compile(r"[: ]*\d{1,2} *(?=\n|$)")
"""What is left of a clock behind the colon of `D3 ：00`."""
