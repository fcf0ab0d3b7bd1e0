"""The people of one campaign whose trails a chunk changes: as they were, and as they will be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.engine import Connection

from groupbot.storage.roll_reading import Staff
from groupbot.storage.trails import read_trails
from groupbot.tracking.rolling import Rolling
from groupbot.tracking.scope import Scope
from groupbot.tracking.trail import Trail


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What every campaign's folding stands on. `pruned`: by fact kind, before when facts are deleted."""

    rolling: Rolling
    staff: Staff
    aliases: Mapping[str, str]
    others: Mapping[str, Sequence[str]]
    """The other way round: the further accounts of each person."""
    pruned: Mapping[str, datetime]

    def person(self, member: str) -> str:
        """Return the member id that stands for all of a person's."""
        return self.aliases.get(member, member)

    def accounts(self, person: str) -> list[str]:
        """Return every member id of a person, theirs first."""
        return [person, *self.others.get(person, ())]


@dataclass(kw_only=True, slots=True)
class People:
    """Trails by person. `anew`: made from all their facts; `gone`: trails that became part of others."""

    conn: Connection
    scope: Scope
    ground: Ground
    old: dict[str, Trail] = field(default_factory=dict)
    new: dict[str, Trail] = field(default_factory=dict)
    anew: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    def load(self, persons: Collection[str]) -> None:
        """Read the trails of `persons`, and of those whose trails are to become part of theirs."""
        self.old |= self.read(self.accounts(persons))

    def read(self, persons: Collection[str]) -> dict[str, Trail]:
        """Return the stored trails of `persons`."""
        return read_trails(self.conn, self.scope.campaign, persons)

    def accounts(self, persons: Iterable[str]) -> set[str]:
        """Return every member id of `persons`."""
        return {one for person in persons for one in self.ground.accounts(person)}

    def is_ours(self, trail: Trail, person: str) -> bool:
        """Tell whether it is one of our people."""
        ours = self.ground.staff.ids
        return person in ours or not ours.isdisjoint(trail.members)
