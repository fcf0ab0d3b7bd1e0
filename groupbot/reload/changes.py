"""What an edit of config.toml changes, in words, and which of it counts at once. Pure.

Counts at once: pacing (caps included), budgets, warm-up and standby, groups, people, squads, pools, [admin],
[friends], [invitations], [care], [log], [recorder.retention], [plugins], [risk]. Everything else waits for a restart; a
setting that nobody sorted in here waits too, so none is ever passed over in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from groupbot.i18n import _
from groupbot.settings import AccountSettings, ConsoleAccount, GroupSettings, Settings
from groupbot.settings.admin import PersonSettings, SquadSettings
from groupbot.settings.capacity import EntryPoolSettings
from groupbot.settings.tracking import counted_by

_NEVER_SHOWN = frozenset({"database.url"})
"""Settings that may hold a password."""
_AT_ONCE = (
    *("admin", "people", "squads", "pacing", "budgets", "warm_up", "standby"),
    *("pools", "friends", "invitations", "log", "plugins", "risk"),
)
"""Tables that count at once as they are."""
_OF_ACCOUNTS = ("pacing", "budgets", "new_since")
"""Keys of an account that count at once."""
_SHOWN_CHARACTERS = 60

_Block = AccountSettings | GroupSettings | PersonSettings | SquadSettings | EntryPoolSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """The difference between two settings.

    `in_force` is what holds from now on: the new settings, with the old values where a restart is needed. `now` and
    `after_restart` say in the operator's words what changed.
    """

    in_force: Settings
    now: tuple[str, ...] = ()
    after_restart: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything differs."""
        return bool(self.now or self.after_restart)


def compare(old: Settings, new: Settings) -> Changes:
    """Sort what differs between the settings in force and those just read."""
    accounts = _accounts(old, new)
    groups = _groups(old, new, accounts)
    recorder = old.recorder.model_copy(update={"retention": new.recorder.retention})
    update = {"accounts": accounts, "groups": groups, "recorder": recorder}
    update |= {key: getattr(new, key) for key in _AT_ONCE}
    in_force = old.model_copy(update=update)
    return Changes(
        in_force=in_force,
        now=tuple(_differences(old, in_force)),
        after_restart=(*_differences(in_force, new), *_recounts(old, new)),
    )


def _recounts(old: Settings, new: Settings) -> Iterator[str]:
    """Say it when what was counted before would be counted otherwise by now."""
    if counted_by(old.tracking, old.channels) != counted_by(new.tracking, new.channels):
        yield _("what happened before stays counted as it was; `groupbot tracking rebuild CAMPAIGN` counts it anew")


def _accounts(old: Settings, new: Settings) -> tuple[AccountSettings, ...]:
    """Return the accounts that run, with their new limits where they still stand in the file."""
    edited = {account.name: account for account in new.accounts}
    return tuple(
        account.model_copy(update={key: getattr(edited[account.name], key) for key in _OF_ACCOUNTS})
        if account.name in edited
        else account
        for account in old.accounts
    )


def _groups(old: Settings, new: Settings, accounts: tuple[AccountSettings, ...]) -> tuple[GroupSettings, ...]:
    """Return the groups of the file; one that an account of its can't reach before a restart stays as it was."""
    running = {account.name for account in accounts}
    terminals = {account.name for account in accounts if isinstance(account, ConsoleAccount)}
    before = {group.name: group for group in old.groups}
    made = {seat for group in old.groups for seat in group.ids().items()}

    def is_reachable(group: GroupSettings) -> bool:
        seats = group.ids().items()  # a terminal makes its groups when it starts; elsewhere they are there already
        return all(seat[0] in running and (seat[0] not in terminals or seat in made) for seat in seats)

    chosen = (group if is_reachable(group) else before.get(group.name) for group in new.groups)
    return tuple(group for group in chosen if group is not None)


def _differences(old: Settings, new: Settings) -> Iterator[str]:
    """Yield a line for everything that differs, in the order of the settings."""
    for key in type(old).model_fields:
        before, after = getattr(old, key), getattr(new, key)
        if key in _kinds():
            yield from _named(_kinds()[key], before, after)
        else:
            yield from _values(key, before, after)


def _kinds() -> Mapping[str, str]:
    return {
        "accounts": _("account {name}"),
        "groups": _("group {name}"),
        "people": _("person {name}"),
        "squads": _("squad {name}"),
        "pools": _("pool {name}"),
    }


def _named(kind: str, old: tuple[_Block, ...], new: tuple[_Block, ...]) -> Iterator[str]:
    before, after = {item.name: item for item in old}, {item.name: item for item in new}
    for name in dict.fromkeys((*before, *after)):
        title = kind.format(name=name)
        if name not in after:
            yield _("{thing} removed").format(thing=title)
        elif name not in before:
            yield _("{thing} added").format(thing=title)
        elif type(before[name]) is not type(after[name]):
            yield _("{thing} has another adapter").format(thing=title)
        else:
            yield from _values(title, before[name], after[name])


def _values(name: str, before: Any, after: Any) -> Iterator[str]:
    """Yield a line for each value that differs at `name` or below."""
    if before == after:
        return
    if isinstance(before, BaseModel) and type(before) is type(after):
        for key in type(before).model_fields:
            yield from _values(f"{name}.{key.rstrip('_')}", getattr(before, key), getattr(after, key))
    elif name in _NEVER_SHOWN or name.startswith("plugins"):
        yield _("{name} changed").format(name=name)
    else:
        yield _("{name}: {old} → {new}").format(name=name, old=_shown(before), new=_shown(after))


def _shown(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, BaseModel):
        value = value.model_dump(exclude_unset=True)
    if isinstance(value, frozenset):
        value = sorted(value)
    text = str(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"
