"""Whose ears count in a group that several accounts are in: its own account's, and another's while that one is away."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from groupbot.chat.adapter import Adapter
from groupbot.chat.directory import Group
from groupbot.core.events import AccountState

Ears = Callable[[Group], str]
"""Gives the account whose ears count in a group."""
_HEARS = frozenset({AccountState.ONLINE, AccountState.LIMITED})


def ears(adapters: Mapping[str, Adapter]) -> Ears:
    """Return who hears: one account for each group at a time, so that nothing is heard twice."""

    def listener(group: Group) -> str:
        names = (group.account, *group.ids)
        able = (name for name in names if name in adapters and adapters[name].state in _HEARS)
        return next(able, group.account)

    return listener
