"""The one decision about rights. What is not granted here is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from groupbot.admin.places import Place, PlaceKind, place_word
from groupbot.core.roles import Role
from groupbot.errors import GroupbotError
from groupbot.i18n import _, joined


class Forbidden(GroupbotError):
    """The person has no right to this, or not here; nothing was done."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Who speaks. `name` is that of [[people]], "" for everybody else, who has the role MEMBER and no squad."""

    account: str
    member_id: str
    name: str = ""
    role: Role = Role.MEMBER
    squads: frozenset[str] = frozenset()

    @property
    def is_known(self) -> bool:
        """Whether config.toml names this person."""
        return bool(self.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What a call touches: the squads of its groups, "" standing for groups that belong to none."""

    squads: frozenset[str] = frozenset()


NOTHING_YET = Scope()
"""Before its targets are known."""


class Ruled(Protocol):
    """What the decision needs of a command."""

    @property
    def role(self) -> Role:
        """The least role."""
        ...

    @property
    def places(self) -> frozenset[PlaceKind]:
        """Where it may be given."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Granted:
    """Nothing against it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """`reason` is told to the person and audited."""

    reason: str


def decide(command: Ruled, actor: Actor, place: Place, scope: Scope = NOTHING_YET) -> Granted | Refused:
    """Decide whether `actor` may give `command` at `place` on `scope`. Pure; deny by default.

    Leaders and staff act for their own squads, and in the group of another squad they do nothing.
    """
    if place.kind not in command.places or place.kind is PlaceKind.CUSTOMER_GROUP:
        where = joined(place_word(kind) for kind in PlaceKind if kind in command.places)
        return Refused(reason=_("This can't be done in this chat, only here: {places}.").format(places=where))
    if actor.role < command.role or (command.role > Role.MEMBER and not actor.is_known):
        return Refused(reason=_("You have no right to this."))
    if command.role is Role.MEMBER or actor.role >= Role.OPERATOR:
        return Granted()
    if place.kind is PlaceKind.SQUAD_GROUP and place.squad not in actor.squads:
        return Refused(reason=_("This is another squad's group."))
    if not scope.squads <= actor.squads:
        return Refused(reason=_("This touches groups outside your squad."))
    return Granted()
