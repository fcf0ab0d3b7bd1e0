"""When a person sat in which group, worked out of a trail. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from groupbot.tracking.trail import Move, Trail

_LEFT, _CAME, _FOUND = range(3)
"""A leave before a join of the same instant: who comes and goes is seen going first."""


class Sitting(NamedTuple):
    """A stay in a group. `until`: None = they are still there; `join`: what began it, None = that was not seen."""

    since: int
    group: str
    until: int | None = None
    join: Move | None = None
    present: bool = False
    """They were there before anybody noted who came."""


def sittings(trail: Trail, began: int) -> Sequence[Sitting]:
    """Return a person's stays by their beginning. `began`: when the campaign did.

    Who leaves without having come was there when it began; who writes before they came had come unseen by then.
    """
    signs: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for group, at in trail.joins:
        signs[group].append((at, _CAME))
    for group, at in trail.leaves:
        signs[group].append((at, _LEFT))
    for group, at in trail.present.items():
        signs[group].append((at, _FOUND))
    found: list[Sitting] = []
    for group in signs.keys() | trail.spoke.keys():
        found += _in_group(group, sorted(signs.get(group, ())), trail.spoke.get(group), began)
    return sorted(found, key=lambda sitting: (sitting.since, sitting.group))


def _in_group(group: str, signs: Sequence[tuple[int, int]], spoke: int | None, began: int) -> list[Sitting]:
    stays: list[Sitting] = []
    here = _unseen(group, signs, spoke, began)
    for at, kind in signs:
        if kind == _LEFT:
            if here is not None:
                stays.append(here._replace(until=max(at, here.since)))
            here = None
        elif here is None:
            here = Sitting(at, group, join=(group, at) if kind == _CAME else None, present=kind == _FOUND)
    return stays if here is None else [*stays, here]


def _unseen(group: str, signs: Sequence[tuple[int, int]], spoke: int | None, began: int) -> Sitting | None:
    """Return the open stay of somebody whose coming was not seen, None when their first sign is a join."""
    first, kind = signs[0] if signs else (None, _CAME)
    if first is not None and kind == _FOUND:
        return Sitting(first if spoke is None else min(first, spoke), group, present=True)
    if first is not None and kind == _LEFT and (spoke is None or first <= spoke):
        return Sitting(began, group, present=True)
    if spoke is not None and (first is None or spoke < first):
        return Sitting(spoke, group)
    return None


def breaks(stays: Sequence[Sitting]) -> tuple[int | None, int | None]:
    """Return when a person first came back after having been in no group, and when they left the last of all.

    None: they never did. `stays` by their beginning.
    """
    back: int | None = None
    until: int | None = None
    for count, stay in enumerate(stays):
        if count and until is not None:
            if stay.since > until and back is None:
                back = stay.since
            until = None if stay.until is None else max(until, stay.until)
        elif not count:
            until = stay.until
    return back, until


def seated(stays: Sequence[Sitting], group: str, at: int) -> bool:
    """Tell whether a person sat in `group` at `at`."""
    return any(stay.group == group and stay.since <= at and (stay.until is None or at < stay.until) for stay in stays)


def places(trail: Trail) -> set[str]:
    """Return every group in which a person may have sat."""
    found = {group for group, _at in trail.joins} | {group for group, _at in trail.leaves}
    return found | trail.present.keys() | trail.spoke.keys()
