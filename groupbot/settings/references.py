"""Check what no single key of config.toml shows: names used twice, accounts that don't exist, a group named twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from pydantic_core import PydanticCustomError

from groupbot.i18n import _, joined


class _Account(Protocol):
    @property
    def name(self) -> str: ...


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


def _check_unique(table: str, named: Iterable[_Account]) -> None:
    seen: set[str] = set()
    for index, item in enumerate(named):
        if item.name in seen:
            raise _refuse(_("the name {name!r} is used twice").format(name=item.name), table, index, "name")
        seen.add(item.name)


def _no_such_account(name: str, known: list[str]) -> str:
    return _("no account is called {name!r}; accounts: {known}").format(name=name, known=joined(known) or "—")


def _refuse(message: str, *place: str | int) -> PydanticCustomError:
    return PydanticCustomError("reference", "{message}", {"message": message, "place": place})
