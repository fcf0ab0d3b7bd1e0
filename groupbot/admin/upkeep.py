"""What families call that look after groups, squads, people, accounts and plugins, as ports; groupbot/desk has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from groupbot.settings import Settings
from groupbot.settings.editing import Change


class ConfigEdits(Protocol):
    """The config.toml of the project, and what of it holds now."""

    @property
    def in_force(self) -> Settings:
        """The settings that the daemon goes by."""
        ...

    async def change(self, *changes: Change) -> bool:
        """Make `changes` in config.toml, all or none; return once the daemon goes by them.

        False = they are written and do not hold yet: they need a restart. Raises ConfigError, with nothing changed.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class UnboundChat:
    """A group that an account is in and config.toml does not name. `number` names it for people: always the same."""

    number: int
    account: str
    id: str
    topic: str
    members: int


class Chats(Protocol):
    """What the store knows of groups. Raises StoreError."""

    async def unbound(self) -> Sequence[UnboundChat]:
        """Return the groups that config.toml does not name, by account and topic."""
        ...

    async def campaigns_in(self, group: str) -> Sequence[str]:
        """Return the campaigns that still have something to post in a group, by id."""
        ...

    async def require_idle(self, group: str) -> None:
        """Raise CampaignError when a campaign still has something to post in a group: it knows it by this name."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Trait:
    """One trait of an account's persona in words: what is declared, what members see, and how that compares."""

    name: str
    declared: str
    shown: str
    verdict: str


class AccountDesk(Protocol):
    """What people do with accounts. Raises ConfigError for an account that is not there, StoreError."""

    async def pause(self, account: str, reason: str) -> None:
        """Begin no further post on `account`."""
        ...

    async def resume(self, account: str) -> None:
        """Let `account` post again."""
        ...

    async def persona(self, account: str) -> Sequence[Trait]:
        """Return who the account is to members. Raises ConfigError when nothing is declared."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class PluginLine:
    """How a plugin stands. `state`: running, quarantined, disabled, failed. `guards`: names; `resting`: handlers."""

    name: str
    state: str
    summary: str = ""
    detail: str = ""
    guards: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    resting: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Exempt:
    """What a guard is not asked about until `until`; a field left empty means all."""

    guard: str
    until: datetime
    campaigns: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()


class PluginDesk(Protocol):
    """What people do with plugins. Raises GroupbotError for one that is not there, StoreError. `by`: who does it."""

    def list(self) -> Sequence[PluginLine]:
        """Return the plugins by name."""
        ...

    def exempt(self) -> Sequence[Exempt]:
        """Return which guards are overridden now."""
        ...

    async def disable(self, name: str, by: str) -> PluginLine:
        """Unload a plugin, guards and all, until it is enabled; return how it then stands."""
        ...

    async def enable(self, name: str, by: str) -> PluginLine:
        """Bring a plugin back, or handlers of its that rest; return how it then stands."""
        ...

    async def reload(self, name: str, by: str) -> PluginLine:
        """Load a plugin anew and return how it then stands."""
        ...

    async def override(self, exempt: Exempt, by: str) -> None:
        """Let what `exempt` names pass its guard."""
        ...

    async def end_override(self, guard: str, by: str) -> int:
        """Ask `guard` about everything again; return how many overrides ended."""
        ...
