"""Which version came from which: an undo goes back, so what it took away is no part of what runs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from groupbot.campaign.values import SopVersion


def shared_version(history: Sequence[SopVersion], written: SopVersion) -> SopVersion:
    """Return the newest version that both what runs and `written` came from; `written` itself unless it was undone.

    `history`: every version, oldest first; the last one runs.
    """
    behind = {version.number for version in _line(history, written)}
    return next((version for version in _line(history, history[-1]) if version.number in behind), history[0])


def _line(history: Sequence[SopVersion], version: SopVersion) -> Iterator[SopVersion]:
    """Yield `version` and those that it came from, newest first."""
    by_number = {known.number: known for known in history}
    before = {after.number: known.number for known, after in pairwise(history)}
    number: int | None = version.number
    while number is not None and (found := by_number.get(number)):
        yield found
        number = found.restores if found.restores is not None else before.get(number)
