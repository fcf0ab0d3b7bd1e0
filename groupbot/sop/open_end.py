"""The `at:` of a step, with one form more than a time cell: `daily 09:00 until end` repeats until the last day."""

from __future__ import annotations

from groupbot.sop.timecell.cell import read_time
from groupbot.sop.timecell.values import Scheduled, UnknownTime
from groupbot.sop.timenode import Repeat, Several, TimeNode, single_nodes
from groupbot.sop.timetext import format_time, parse_time

UNTIL_END = " until end"


def parse_at(text: str) -> TimeNode:
    """Return the time node that `text` names; raises TimeNodeError."""
    open_ended = text.replace(UNTIL_END, "")
    if open_ended == text:
        return parse_time(text)
    try:
        when = read_time(open_ended).when
    except UnknownTime:
        return parse_time(open_ended)  # says what is wrong
    is_open = isinstance(when, Scheduled) and any(map(_has_no_end, single_nodes(when.node)))
    return when.node if isinstance(when, Scheduled) and is_open else parse_time(text)


def format_at(node: TimeNode) -> str:
    """Return the text that `parse_at` reads as `node`."""
    if isinstance(node, Several):
        return ", ".join(format_at(single) for single in node.nodes)
    return format_time(node) + (UNTIL_END if _has_no_end(node) else "")


def _has_no_end(node: TimeNode) -> bool:
    return isinstance(node, Repeat) and node.until is None
