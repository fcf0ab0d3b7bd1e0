"""The `at:` of a step: what `sop.timetext` reads and writes, repetitions `until end` included."""

from __future__ import annotations

from groupbot.sop.timenode import TimeNode
from groupbot.sop.timetext import format_time, parse_time


def parse_at(text: str) -> TimeNode:
    """Return the time node that `text` names; raises TimeNodeError."""
    return parse_time(text)


def format_at(node: TimeNode) -> str:
    """Return the text that `parse_at` reads as `node`."""
    return format_time(node)
