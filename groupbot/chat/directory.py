"""Which group is which: config names on our side, platform ids on the adapters' side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from groupbot.settings import GroupSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """A group that config.toml names.

    `ids`: for each account that is in the group, the id by which that account's platform knows it. `account` is the
    one that posts unless a step's speaker says otherwise.
    """

    name: str
    account: str
    ids: Mapping[str, str]
    tags: frozenset[str] = frozenset()
    squad: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)

    def tells_joins(self, account: str) -> bool:
        """Tell whether a join that `account` reports counts: its own account's, and that of whoever knows the group by
        the same id. Those know its members by the same ids too, so that of two reports only the first one is news.
        """
        return account == self.account or self.ids.get(account) == self.ids.get(self.account)


class Directory:
    """Look groups up by name, or by (account, platform id)."""

    def __init__(self, groups: Iterable[Group]) -> None:
        self._by_name = {group.name: group for group in groups}
        self._by_id = {(acc, chat_id): g.name for g in self._by_name.values() for acc, chat_id in g.ids.items()}

    @classmethod
    def from_settings(cls, groups: Iterable[GroupSettings]) -> Directory:
        """Return the directory of the [[groups]] blocks."""
        return cls(
            Group(
                name=item.name,
                account=item.account,
                ids=item.ids(),
                tags=item.tags,
                squad=item.squad,
                variables=item.variables,
            )
            for item in groups
        )

    def adopt(self, other: Directory) -> None:
        """Hold the groups of `other` from now on, for everybody who was given this directory."""
        self._by_name, self._by_id = dict(other._by_name), dict(other._by_id)

    @property
    def groups(self) -> tuple[Group, ...]:
        """All groups in the order of the configuration."""
        return tuple(self._by_name.values())

    def get(self, name: str) -> Group | None:
        """Return the group called `name`, or None."""
        return self._by_name.get(name)

    def chat_id(self, account: str, group: str) -> str | None:
        """Return the platform id under which `account` knows `group`; None when it is not in it or nobody names it."""
        found = self._by_name.get(group)
        return found.ids.get(account) if found else None

    def name_of(self, account: str, chat_id: str) -> str:
        """Return the config name of a platform's group id, or the id itself when config.toml does not name it."""
        return self._by_id.get((account, chat_id), chat_id)
