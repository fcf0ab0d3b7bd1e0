"""What a plugin is and says: the words of the plugin API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from groupbot.core.content import Message
from groupbot.core.events import Event
from groupbot.core.findings import Finding
from groupbot.core.policies import QuietHours
from groupbot.core.roles import Role
from groupbot.core.verdicts import Verdict
from groupbot.delivery.ports import Draft
from groupbot.delivery.values import Candidate

if TYPE_CHECKING:
    from groupbot.core.events import MessageReceived

API = 1
"""The version of the plugin API that this groupbot speaks."""


class PluginSettings(BaseModel):
    """The table [plugins.NAME]: frozen, and an unknown key is refused. A plugin adds fields by a class of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    enabled: bool = True
    """False leaves the plugin unloaded."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plugin:
    """What a plugin's file holds as PLUGIN. `setup` gets a PluginContext and registers what the plugin does.

    `name` is unique, and names the table [plugins.NAME]; `summary` is one line for people.
    """

    name: str
    setup: Callable[[Any], Awaitable[None]]
    api: int = API
    settings: type[PluginSettings] = PluginSettings
    summary: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardScope:
    """Which parts on their way out are meant; a field left empty means all."""

    campaigns: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()

    def covers(self, candidate: Candidate) -> bool:
        """Tell whether `candidate` is meant."""
        return all(
            not named or value in named
            for named, value in (
                (self.campaigns, candidate.campaign),
                (self.groups, candidate.group),
                (self.accounts, candidate.account),
            )
        )


EVERYWHERE = GuardScope()


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """Something to be posted once, now. `key` names it: the same key again changes nothing.

    `group` is the name in config.toml; `member` a platform id, for a post to one person in private. `account`: "" = the
    group's own. It waits while `quiet` lasts, and is left out once it is more than `grace` late.
    """

    key: str
    contents: tuple[Message, ...]
    group: str = ""
    member: str | None = None
    account: str = ""
    grace: timedelta = timedelta(minutes=10)
    quiet: QuietHours | None = None
    gap_s: float = 1.0
    """Seconds between its contents."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PartPosted(Event):
    """A part of a delivery went out. `group` is the name in config.toml, `part` counts from 0."""

    campaign: str
    key: str
    step: str
    group: str
    member: str | None
    part: int
    is_last: bool
    message_id: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandCall:
    """A command as it was given: `text` is what follows its name, `actor` who gave it ("" = nobody that is named).

    `squads`: those whose groups a leader or staff may act on, and no others; operators and above act on all.
    """

    text: str
    actor: str
    role: Role
    squads: frozenset[str] = frozenset()
    account: str
    group: str | None = None
    member: str = ""
    quoted_id: str | None = None


CommandHandler = Callable[[CommandCall], Awaitable[str]]
Check = Callable[[Draft], Awaitable[Verdict]]
Find = Callable[["MessageReceived"], Awaitable[list[Finding]]]
Job = Callable[[], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class PluginCommand:
    """A chat command that a plugin adds. `handler` answers in words; it raises PluginError when the plugin fails."""

    plugin: str
    name: str
    handler: CommandHandler
    role: Role
    aliases: tuple[str, ...] = ()
    help: str = ""
    example: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """An operator's word that `guard` is not asked about what `scope` covers until `until` (UTC)."""

    guard: str
    scope: GuardScope
    by: str
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PluginView:
    """How a plugin stands, for people. `state`: running, quarantined, disabled, failed.

    `resting`: handlers that failed too often and are not called; `guards` and `commands`: names.
    """

    name: str
    state: str
    summary: str = ""
    origin: str = ""
    detail: str = ""
    guards: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    resting: tuple[str, ...] = ()
    tasks: tuple[str, ...] = field(default=())
