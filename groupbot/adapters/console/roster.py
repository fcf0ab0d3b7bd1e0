"""Who is in the console's groups at present."""

from __future__ import annotations

from collections.abc import Iterable

from groupbot.adapters.console.scene import PRIVATE, Happening, Left
from groupbot.core.events import Person


class Roster:
    """Members by group, in the order in which they were first seen."""

    def __init__(self, groups: Iterable[str]) -> None:
        self._groups: dict[str, dict[str, Person]] = {group: {} for group in groups}

    def members(self, group: str) -> tuple[Person, ...]:
        """Return who is in `group`."""
        return tuple(self._groups[group].values())

    def named(self, group: str, name: str) -> Person | None:
        """Return the first member of `group`, of any for PRIVATE, who is called `name`."""
        rooms = self._groups.values() if group == PRIVATE else (self._groups[group],)
        return next((person for room in rooms for person in room.values() if person.name == name), None)

    def follow(self, happening: Happening) -> None:
        """Take in what happened. Who writes without having joined was there before."""
        if happening.group == PRIVATE:
            return
        members = self._groups[happening.group]
        if isinstance(happening, Left):
            members.pop(happening.member.id, None)
        else:
            members[happening.member.id] = happening.member
