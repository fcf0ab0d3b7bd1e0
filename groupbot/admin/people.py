"""Who is who: by the ids that their platforms keep, never by a name that anybody can show."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from loguru import logger

from groupbot.admin.rights import Actor, Forbidden
from groupbot.core.clock import Clock
from groupbot.core.roles import Role
from groupbot.errors import GroupbotError, StoreError
from groupbot.i18n import _, joined
from groupbot.settings.admin import PersonSettings, SquadSettings

CODE_LASTS = timedelta(hours=24)
BINDINGS_LAST = timedelta(seconds=5)
"""How long what was read of the store holds: who is forgotten by `groupbot people forget` is heard no longer."""
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""What a code is made of: nothing that reads like something else. Its length is a power of two."""
_LENGTH = 10
"""Signs of a code: 50 bits, so that a thousand guesses a day find one of ten codes in three million years."""


class UnknownPerson(GroupbotError):
    """config.toml names nobody so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Binding:
    """An id that is somebody's."""

    account: str
    member: str
    person: str
    bound_at: datetime


class PeopleStore(Protocol):
    """Keep which ids are whose, and codes as hashes. Raises StoreError."""

    async def bindings(self) -> Sequence[Binding]:
        """Return every binding by (person, account)."""
        ...

    async def forget(self, person: str) -> int:
        """Take away a person's bindings and open codes; return how many ids were bound."""
        ...

    async def issue(self, code_hash: str, person: str, expires_at: datetime) -> None:
        """Keep a code; an earlier one of the person is void."""
        ...

    async def redeem(self, code_hash: str, account: str, member: str, now: datetime) -> str | None:
        """Bind the id to the code's person and use the code up, in one transaction; return the person.

        None = no such code, or it is used or over.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A person as config.toml has them, with all squads that they act for."""

    name: str
    role: Role
    squads: frozenset[str]


class People:
    """Identify who speaks. `has_stable_ids`: whether an account's platform names a person alike tomorrow."""

    def __init__(
        self,
        *,
        people: Iterable[PersonSettings],
        squads: Iterable[SquadSettings],
        store: PeopleStore,
        clock: Clock,
        has_stable_ids: Callable[[str], bool],
    ) -> None:
        self._store = store
        self._clock = clock
        self._has_stable_ids = has_stable_ids
        self._known: Mapping[str, Known] = {}
        self._configured: Mapping[tuple[str, str], str] = {}
        self._bound: dict[tuple[str, str], str] = {}
        self._read_at: datetime | None = None
        self.adopt(people, squads)

    def adopt(self, people: Iterable[PersonSettings], squads: Iterable[SquadSettings]) -> None:
        """Hold the people of config.toml from now on."""
        people, squads = tuple(people), tuple(squads)
        self._known = {person.name: _known(person, squads) for person in people}
        self._configured = {item: person.name for person in people for item in person.ids.items()}

    async def refresh(self) -> None:
        """Read the bindings of the store. Raises StoreError."""
        self._bound = {(item.account, item.member): item.person for item in await self._store.bindings()}
        self._read_at = self._clock.now()

    async def freshen(self) -> None:
        """Read the bindings when they are not those of the last seconds: another process may have changed them.

        When they can't be read nobody is known by a binding.
        """
        if self._read_at is not None and self._clock.now() - self._read_at < BINDINGS_LAST:
            return
        try:
            await self.refresh()
        except StoreError as error:
            self._bound, self._read_at = {}, None
            logger.bind(action="people-unread").error("{}", error)

    def identify(self, account: str, member_id: str) -> Actor:
        """Return who has that id; where ids are not stable everybody is nobody."""
        nobody = Actor(account=account, member_id=member_id)
        if not self._has_stable_ids(account):
            return nobody
        key = account, member_id
        known = self._known.get(self._configured.get(key) or self._bound.get(key, ""))
        if known is None:
            return nobody
        return Actor(account=account, member_id=member_id, name=known.name, role=known.role, squads=known.squads)

    def ids_of(self, person: str) -> Mapping[str, str]:
        """Return the person's id on each account."""
        everybody = self._bound | dict(self._configured)
        return {account: member for (account, member), name in everybody.items() if name == person}

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody whom config.toml names."""
        return tuple(self._known)

    def get(self, name: str) -> Known:
        """Return the person called `name`. Raises UnknownPerson."""
        if name not in self._known:
            raise UnknownPerson(
                _("Nobody is called {name}; people: {known}.").format(name=name, known=joined(self._known) or "—"),
                hint=_("Add a [[people]] block to config.toml."),
            )
        return self._known[name]

    def of_role(self, least: Role) -> tuple[Known, ...]:
        """Return everybody of that role or a higher one."""
        return tuple(known for known in self._known.values() if known.role >= least)

    async def issue(self, name: str, *, by: Actor | None = None) -> str:
        """Return a new code that binds an id to the person called `name`; it is kept as a hash only.

        `by` issues it in chat, for people of a lower role than their own, None = at the machine itself.
        Raises UnknownPerson, Forbidden, StoreError.
        """
        person = self.get(name)
        if by is not None:
            require_above(by, person.role, name)
        code = "".join(secrets.choice(_SIGNS) for _sign in range(_LENGTH))
        await self._store.issue(hashed(code), name, self._clock.now() + CODE_LASTS)
        return code

    async def forget(self, name: str, *, by: Actor) -> int:
        """Take away the ids that codes bound to a person and their open code; return how many ids.

        Raises UnknownPerson, Forbidden, StoreError.
        """
        require_above(by, self.get(name).role, name)
        count = await self._store.forget(name)
        await self.refresh()
        return count

    async def redeem(self, code: str, account: str, member_id: str) -> Actor | None:
        """Bind an id by a code; None = the code is wrong, used or over, or ids are not stable there."""
        if not self._has_stable_ids(account):
            return None
        person = await self._store.redeem(hashed(code), account, member_id, self._clock.now())
        if person is None or person not in self._known:
            return None
        self._bound[account, member_id] = person
        return self.identify(account, member_id)


def require_above(by: Actor, role: Role, name: str) -> None:
    """Refuse, by raising Forbidden, unless `by` stands above `role`, which `name` has or is to have."""
    if by.role is not Role.OWNER and by.role <= role:
        raise Forbidden(_("Only somebody of a higher role than {name} can do this.").format(name=name))


def hashed(code: str) -> str:
    """Return what is kept of a code: case and blanks do not count."""
    return hashlib.sha256("".join(code.split()).upper().encode()).hexdigest()


def _known(person: PersonSettings, squads: Iterable[SquadSettings]) -> Known:
    led = {squad.name for squad in squads if squad.leader == person.name}
    return Known(
        name=person.name,
        role=max(person.rank, Role.LEADER) if led else person.rank,
        squads=frozenset(person.squads) | led,
    )
