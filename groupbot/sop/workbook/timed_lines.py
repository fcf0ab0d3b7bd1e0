"""Words of a row whose time is only a day, or open: lines that begin with a clock are posts of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from groupbot.i18n import _
from groupbot.sop.schema import MAX_PHASE
from groupbot.sop.timecell.block import read_block
from groupbot.sop.timecell.values import Checklist, Scheduled, TimeContext, TimeReading
from groupbot.sop.timenode import FromEvent, Several, TimeNode, TimeNodeError

_TIMED_LINE = re.compile(r"^\s*\S{0,12}?\d{1,2}\s*(?:[:：]\s*\d{2}|点)\S{0,12}?\s*[:：]", re.MULTILINE)
_CLOCK = r"\d{1,2}(?:[:：]\d{2}|点(?:半|\d{1,2}分?)?)"
_PART = r"(?:[早晚]上?|清晨|凌晨|上午|中午|下午|傍晚)"
_SPACED_LINE = re.compile(rf"^\s*{_PART}?\s*{_CLOCK}(?:\s*[-~—～]\s*{_CLOCK})?[ \t\u3000]+\S", re.MULTILINE)
_AT_FIRST = re.compile(rf"{_PART}?\s*{_CLOCK}")
_GLUED = re.compile(
    rf"^\s*(?P<clock>{_PART}?\s*{_CLOCK}整?(?:\s*[-~—～至到]\s*{_CLOCK})?)(?=[^\W\d_])"
    r"(?![点半整分时]|之?[前后]|以[前内]|截|结束|为止|建议|提[示醒]|注意|要[求点]|好处|理由|原因|优势|技巧|心得|am\b|pm\b)"
)
"""A clock with its words right behind it; `8点前`, `20:00截止` and `3点建议` are none such."""


def timed_lines(reading: TimeReading, words: str) -> Iterator[tuple[TimeReading, str]]:
    """Yield the words with their times, all of them at `reading` when no line has one of its own."""
    open_time = isinstance(reading.when, Checklist) and not reading.when.words
    if isinstance(reading.when, Scheduled) and reading.when.part_only:
        yield from _within_part(reading, words)
        return
    day = isinstance(reading.when, Scheduled) and (not reading.when.has_clock or _is_event_day(reading.when.node))
    first = (_TIMED_LINE.search(words) or _SPACED_LINE.search(words)) if open_time or day else None
    try:
        opened = first is not None and first.start() <= MAX_PHASE
        lines = read_block(words, TimeContext(above=None if open_time else reading)) if opened else ()
    except TimeNodeError:
        lines = ()
    if lines:
        yield from ((line, line.script) for line in lines)
    elif day and (glued := _GLUED.match(words)):
        yield from _from_clock(reading, words, glued["clock"].strip())
    else:
        yield reading, words


def _within_part(reading: TimeReading, words: str) -> Iterator[tuple[TimeReading, str]]:
    """Yield words of a row that names only a part of the day, by the clocks at the beginning of their lines."""
    if not opens_with_clock(words):
        yield reading, words
        return
    open_ = replace(reading, carried=replace(reading.carried, last=None))  # the default clock is none of the cell's
    clock = _AT_FIRST.match(words.strip())
    yield from _from_clock(open_, words, clock[0].strip() if clock else words.strip()[:MAX_PHASE])


def opens_with_clock(words: str) -> bool:
    """Return whether words begin with a clock that would be taken for the time of their post."""
    first = _TIMED_LINE.search(words) or _SPACED_LINE.search(words)
    return (first is not None and first.start() <= MAX_PHASE) or _GLUED.match(words) is not None


def _is_event_day(node: TimeNode) -> bool:
    """Return whether a time is so many whole days before or after the event."""
    nodes = node.nodes if isinstance(node, Several) else (node,)
    return all(isinstance(one, FromEvent) and not one.minutes for one in nodes)


def _from_clock(reading: TimeReading, words: str, clock: str) -> Iterator[tuple[TimeReading, str]]:
    """Yield words that begin with a clock in a row of a day, and the lines below that begin with one likewise."""
    lines = [_GLUED.sub(r"\g<clock>：", line) for line in words.splitlines()]
    try:
        found = read_block("\n".join(lines), TimeContext(above=reading))
    except TimeNodeError:
        yield reading, words
        return
    said = _("The row names only a day: the words begin with `{clock}`, which sets the time.").format(clock=clock)
    if not found:
        yield reading, words
    for line in found:
        yield replace(line, assumptions=(*line.assumptions, said)), line.script
