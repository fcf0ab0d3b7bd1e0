"""Check what no single key of config.toml shows: names used twice, accounts that don't exist, a group named twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from pydantic_core import PydanticCustomError

from groupbot.i18n import _, joined


class _Account(Protocol):
    @property
    def name(self) -> str: ...


class _Person(_Account, Protocol):
    @property
    def ids(self) -> Mapping[str, str]: ...

    @property
    def squads(self) -> Sequence[str]: ...


class _Squad(_Account, Protocol):
    @property
    def leader(self) -> str: ...

    @property
    def group(self) -> str: ...


class _Pool(_Account, Protocol):
    @property
    def groups(self) -> Sequence[str]: ...


class _Channel(Protocol):
    @property
    def greetings(self) -> Sequence[str]: ...


class _Friends(Protocol):
    @property
    def accept(self) -> str: ...

    @property
    def codes(self) -> Sequence[str]: ...


class _Admin(Protocol):
    @property
    def groups(self) -> Sequence[str]: ...


class _People(Protocol):
    @property
    def admin(self) -> _Admin: ...

    @property
    def people(self) -> Sequence[_Person]: ...

    @property
    def squads(self) -> Sequence[_Squad]: ...


class _Group(_Account, Protocol):
    @property
    def account(self) -> str: ...

    def ids(self) -> Mapping[str, str]: ...


def check_references(accounts: Sequence[_Account], groups: Sequence[_Group]) -> None:
    """Raise PydanticCustomError, with the key's `place` in its context, for the first thing that doesn't fit."""
    _check_unique("accounts", accounts)
    _check_unique("groups", groups)
    known = sorted(account.name for account in accounts)
    owners: dict[tuple[str, str], str] = {}
    for index, group in enumerate(groups):
        for account, chat_id in group.ids().items():
            is_own = account == group.account
            if account not in known:
                raise _refuse(
                    _no_such_account(account, known), "groups", index, *(("account",) if is_own else ("also", account))
                )
            other = owners.setdefault((account, chat_id), group.name)
            if other != group.name:
                message = _("the groups {one!r} and {two!r} have the same id on account {account!r}").format(
                    one=other, two=group.name, account=account
                )
                raise _refuse(message, "groups", index, *(("id",) if is_own else ("also", account)))


def check_people(settings: _People, accounts: Sequence[_Account], groups: Sequence[_Group]) -> None:
    """Raise PydanticCustomError for the first person, squad or admin group that doesn't fit."""
    _check_unique("people", settings.people)
    _check_unique("squads", settings.squads)
    names = {item.name for item in groups}
    for index, group in enumerate(settings.admin.groups):
        if group not in names:
            raise _refuse(_no_such_group(group, names), "admin", "groups", index)
    _check_ids(settings.people, sorted(account.name for account in accounts))
    taken = set(settings.admin.groups)
    people = sorted(person.name for person in settings.people)
    for index, squad in enumerate(settings.squads):
        if squad.leader and squad.leader not in people:
            message = _("nobody is called {name!r}; people: {known}").format(
                name=squad.leader, known=joined(people) or "—"
            )
            raise _refuse(message, "squads", index, "leader")
        if squad.group and squad.group not in names:
            raise _refuse(_no_such_group(squad.group, names), "squads", index, "group")
        if squad.group in taken:
            message = _("the group {name!r} has another purpose already: an admin group or another squad's").format(
                name=squad.group
            )
            raise _refuse(message, "squads", index, "group")
        taken |= {squad.group} - {""}


def check_pools(pools: Sequence[_Pool], groups: Iterable[_Account]) -> None:
    """Raise PydanticCustomError for the first pool that doesn't fit."""
    _check_unique("pools", pools)
    names = {group.name for group in groups}
    owners: dict[str, str] = {}
    for index, pool in enumerate(pools):
        for place, group in enumerate(pool.groups):
            if group not in names:
                raise _refuse(_no_such_group(group, names), "pools", index, "groups", place)
            if group in owners:
                message = _("the group {name!r} is in two pools, or twice in one").format(name=group)
                raise _refuse(message, "pools", index, "groups", place)
            owners[group] = pool.name


def check_channels(channels: Sequence[_Pool], groups: Iterable[_Account]) -> None:
    """Raise PydanticCustomError for the first channel that doesn't fit."""
    _check_unique("channels", channels)
    names = {group.name for group in groups}
    owners: dict[str, str] = {}
    for index, channel in enumerate(channels):
        for place, group in enumerate(channel.groups):
            if group not in names:
                raise _refuse(_no_such_group(group, names), "channels", index, "groups", place)
            if owners.setdefault(group, channel.name) != channel.name:
                message = _("the group {name!r} belongs to two channels").format(name=group)
                raise _refuse(message, "channels", index, "groups", place)


def check_friends(friends: _Friends, channels: Iterable[_Channel]) -> None:
    """Raise PydanticCustomError for a rule that no greeting could meet."""
    if friends.accept == "code" and not friends.codes and not any(channel.greetings for channel in channels):
        raise _refuse(_('accept = "code" needs codes'), "friends", "codes")


def _check_ids(people: Sequence[_Person], known: list[str]) -> None:
    owners: dict[tuple[str, str], str] = {}
    for index, person in enumerate(people):
        for account, member in person.ids.items():
            if account not in known:
                raise _refuse(_no_such_account(account, known), "people", index, "ids", account)
            other = owners.setdefault((account, member), person.name)
            if other != person.name:
                message = _("{one} and {two} have the same id on account {account!r}").format(
                    one=other, two=person.name, account=account
                )
                raise _refuse(message, "people", index, "ids", account)


def _check_unique(table: str, named: Iterable[_Account]) -> None:
    seen: set[str] = set()
    for index, item in enumerate(named):
        if item.name in seen:
            raise _refuse(_("the name {name!r} is used twice").format(name=item.name), table, index, "name")
        seen.add(item.name)


def _no_such_account(name: str, known: list[str]) -> str:
    return _("no account is called {name!r}; accounts: {known}").format(name=name, known=joined(known) or "—")


def _no_such_group(name: str, known: Iterable[str]) -> str:
    return _("no group is called {name!r}; groups: {known}").format(name=name, known=joined(sorted(known)) or "—")


def _refuse(message: str, *place: str | int) -> PydanticCustomError:
    return PydanticCustomError("reference", "{message}", {"message": message, "place": place})
